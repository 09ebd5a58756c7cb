"""Gradient penalty against analytic slopes and finite differences."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.losses.gradient_penalty import gradient_penalty

WEIGHTS = np.array([[1.0], [-2.0], [2.0], [4.0]], np.float32)  # Euclidean norm 5


def linear(x: tf.Tensor) -> tf.Tensor:
    """f(x) = w.x, slope 5 everywhere."""
    return tf.reduce_sum(x * WEIGHTS, axis=[1, 2])[:, None]


def bowl(x: tf.Tensor) -> tf.Tensor:
    """f(x) = ||x||^2 / 2, slope ||x||."""
    return 0.5 * tf.reduce_sum(tf.square(x), axis=[1, 2])[:, None]


@pytest.fixture
def batch(rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Real and fake examples [3, 4, 1] and one mixing factor each."""
    real, fake = rng.normal(size=[2, 3, 4, 1]).astype(np.float32)
    return real, fake, rng.uniform(size=[3, 1, 1]).astype(np.float32)


def test_linear_judge_has_its_weights_as_slope(batch) -> None:
    np.testing.assert_allclose(gradient_penalty(linear, *batch), (5.0 - 1.0) ** 2, rtol=1e-6)


def test_slope_one_costs_nothing(batch) -> None:
    assert float(gradient_penalty(lambda x: linear(x) / 5.0, *batch)) < 1e-12


def test_bowl_is_penalised_at_the_mixture() -> None:
    real = np.array([3.0, 4.0], np.float32).reshape(1, 2, 1)
    for alpha, norm in ((1.0, 5.0), (0.5, 2.5), (0.25, 1.25), (0.0, 0.0)):
        penalty = gradient_penalty(bowl, real, 0.0 * real, np.full([1, 1, 1], alpha))
        np.testing.assert_allclose(penalty, (norm - 1.0) ** 2, rtol=1e-5)


def test_each_example_has_its_own_mixture_and_norm(batch) -> None:
    real, fake, alpha = batch
    norms = np.linalg.norm((alpha * real + (1 - alpha) * fake).reshape(3, -1), axis=1)
    np.testing.assert_allclose(gradient_penalty(bowl, *batch), np.mean((norms - 1) ** 2), rtol=1e-5)


@pytest.mark.parametrize("shape", [[3], [3, 1, 1], [3, 1, 1, 1]])
def test_alpha_belongs_to_examples_whatever_the_rank(shape: list[int], rng) -> None:
    real, fake = rng.normal(size=[2, 3, 2, 5, 1]).astype(np.float32)
    alpha = rng.uniform(size=[3, 1, 1, 1])
    norms = np.sqrt(np.sum((alpha * real + (1 - alpha) * fake) ** 2, axis=(1, 2, 3)))
    penalty = gradient_penalty(
        lambda x: 0.5 * tf.reduce_sum(x**2, axis=[1, 2, 3]), real, fake, alpha.reshape(shape)
    )
    np.testing.assert_allclose(penalty, np.mean((norms - 1) ** 2), rtol=1e-5)


def test_score_maps_are_averaged_and_scales_are_added(batch) -> None:
    """Maps [x_t * 8]: their mean over 4 positions has slope 2 * sqrt(4) = 4; the second has 5."""
    penalty = gradient_penalty(lambda x: [[x, 8.0 * x], [x, linear(x)]], *batch)
    np.testing.assert_allclose(penalty, (4.0 - 1) ** 2 + (5.0 - 1) ** 2, rtol=1e-6)


def test_gradient_in_the_weights_agrees_with_finite_differences(batch) -> None:
    """f(x) = a.tanh(Wx): slope W^T(a (1 - tanh^2)), differentiated again in W."""
    rng = np.random.default_rng(5)
    matrix, out = rng.normal(size=[6, 4]), rng.normal(size=[6])
    real, fake, alpha = batch
    mixed = (alpha * real + (1 - alpha) * fake)[:, :, 0].astype(np.float64)

    def penalty_of(matrix: np.ndarray) -> float:
        slopes = (out * (1 - np.tanh(mixed @ matrix.T) ** 2)) @ matrix
        return np.mean((np.linalg.norm(slopes, axis=1) - 1) ** 2)

    expected, step = np.zeros_like(matrix), 1e-6
    for index in np.ndindex(*matrix.shape):
        shift = np.zeros_like(matrix)
        shift[index] = step
        expected[index] = (penalty_of(matrix + shift) - penalty_of(matrix - shift)) / (2 * step)

    weights = tf.Variable(matrix, dtype=tf.float32)

    @tf.function
    def traced() -> tuple[tf.Tensor, tf.Tensor]:
        def judge(x: tf.Tensor) -> tf.Tensor:
            hidden = tf.tanh(tf.matmul(x[:, :, 0], weights, transpose_b=True))
            return tf.linalg.matvec(hidden, tf.constant(out, tf.float32))[:, None]

        with tf.GradientTape() as tape:
            penalty = gradient_penalty(judge, *batch)
        return penalty, tape.gradient(penalty, weights)

    penalty, gradient = traced()
    np.testing.assert_allclose(penalty, penalty_of(matrix), rtol=1e-5)
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


def test_zero_slope_has_a_finite_gradient(batch) -> None:
    scale = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(lambda x: scale * linear(x), *batch)
    assert np.isfinite(tape.gradient(penalty, scale))
    np.testing.assert_allclose(penalty, 1.0, atol=1e-5)


def test_a_judge_that_ignores_its_input_has_slope_zero(batch) -> None:
    penalty = gradient_penalty(lambda x: tf.ones([3, 1]), *batch)
    np.testing.assert_allclose(penalty, 1.0, atol=1e-5)


def test_bfloat16_examples_are_mixed_in_float32(batch) -> None:
    low = [tf.cast(x, tf.bfloat16) for x in batch]
    exact = gradient_penalty(bowl, *[tf.cast(x, tf.float32) for x in low])
    penalty = gradient_penalty(bowl, *low)
    assert penalty.dtype == tf.float32
    np.testing.assert_array_equal(penalty, exact)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_convolutional_critic_descends_to_slope_one(policy: str, batch) -> None:
    """The double gradient of a real network points the right way, in either precision."""
    keras.utils.set_random_seed(3)
    critic = keras.Sequential(
        [
            keras.layers.Conv1D(8, 3, padding="same", activation=keras.ops.tanh, dtype=policy),
            keras.layers.Flatten(dtype=policy),
            keras.layers.Dense(1, dtype=policy),
        ]
    )
    critic.build([None, 4, 1])
    weights = critic.trainable_variables

    @tf.function
    def step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            penalty = gradient_penalty(critic, *batch)
        for weight, slope in zip(weights, tape.gradient(penalty, weights), strict=True):
            if slope is not None:
                weight.assign_sub(0.1 * slope)
        return penalty

    before = float(step())
    for _ in range(60):
        after = float(step())
    assert before > 0.02 and after < 0.1 * before


def test_different_shapes_are_refused(batch) -> None:
    real, fake, alpha = batch
    with pytest.raises(InputError, match=r"fake: got shape \(3, 3, 1\)"):
        gradient_penalty(linear, real, fake[:, :3], alpha)


@pytest.mark.golden
def test_penalty_of_wavegan_from_its_input_gradient(golden) -> None:
    arrays = np.load(golden("wavegan_tf1/arrays.npz"))
    slopes = arrays["gp_input_gradient"]
    penalty = gradient_penalty(
        lambda x: tf.reduce_sum(x * slopes, axis=[1, 2]),
        arrays["in_x"],
        arrays["G_z"],
        1.0 - arrays["in_alpha"],
    )
    np.testing.assert_allclose(penalty, arrays["ps0_gradient_penalty"], rtol=1e-5)
