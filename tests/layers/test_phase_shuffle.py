"""Phase shuffle against its definition: pad one end by reflection, keep as many from the other."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer

from tfgan_audio.errors import InputError
from tfgan_audio.layers.phase_shuffle import PhaseShuffle, shifted

SHIFTS = range(-3, 4)


@pytest.fixture
def frames(rng) -> np.ndarray:
    """Four examples of 12 frames of 3 channels."""
    return rng.standard_normal([4, 12, 3]).astype(np.float32)


def by_definition(frames: np.ndarray, shift: int) -> np.ndarray:
    """One shift of all examples."""
    before, after = max(shift, 0), max(-shift, 0)
    padded = np.pad(frames, [(0, 0), (before, after), (0, 0)], mode="reflect")
    return padded[:, after : after + frames.shape[1]]


def shift_of(moved: np.ndarray, frames: np.ndarray) -> int:
    """The only shift that explains what came out."""
    (shift,) = [n for n in SHIFTS if np.array_equal(by_definition(frames, n), moved)]
    return shift


@pytest.mark.parametrize("num_steps", [4, 11, 12, 13, 40])
def test_every_shift(rng, num_steps: int) -> None:
    """Of few steps, and of so many that the ends are apart from the middle."""
    frames = rng.standard_normal([4, num_steps, 3]).astype(np.float32)
    for shift in SHIFTS:
        found = shifted(frames, tf.constant(shift), 3)
        np.testing.assert_array_equal(found, by_definition(frames, shift))


def test_every_shift_of_each_example(frames) -> None:
    for shift in SHIFTS:
        own = [shift, 0, -shift, 1]
        found = shifted(frames, tf.constant(own), 3)
        for example, expected in enumerate(own):
            one = slice(example, example + 1)
            np.testing.assert_array_equal(found[one], by_definition(frames[one], expected))


@pytest.mark.parametrize("num_steps", [4, 11, 12, 40])
@pytest.mark.parametrize("shift", [-3, 1, 3, [2, 0, -1, 3]])
def test_derivatives_are_those_of_a_matrix(rng, num_steps: int, shift) -> None:
    """Of half the square of what is moved: A'A x, and A'A w for the second along w."""
    frames, weights = rng.standard_normal([2, 4, num_steps, 3]).astype(np.float32)
    shifts = np.broadcast_to(shift, 4)
    steps = np.arange(float(num_steps))[None, :, None]
    sources = [by_definition(steps, each)[0, :, 0].astype(int) for each in shifts]
    squares = [np.eye(num_steps)[rows].T @ np.eye(num_steps)[rows] for rows in sources]
    inputs = tf.constant(frames)
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            half_square = 0.5 * tf.reduce_sum(tf.square(shifted(inputs, tf.constant(shift), 3)))
        slope = inner.gradient(half_square, inputs)
        product = tf.reduce_sum(slope * weights)
    for found, values in ((slope, frames), (outer.gradient(product, inputs), weights)):
        expected = [square @ example for square, example in zip(squares, values, strict=True)]
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("per_example", [False, True])
def test_what_every_layer_owes(tmp_path, per_example: bool) -> None:
    kwargs = {"max_shift": 3, "per_example": per_example, "seed": 2}
    check_layer(PhaseShuffle, kwargs, (2, 24, 5), (2, 24, 5), tmp_path)


def test_one_shift_a_pass_in_training_alone(frames) -> None:
    """All shifts alike, and none without training."""
    layer = PhaseShuffle(3, seed=1)
    np.testing.assert_array_equal(layer(frames), frames)
    seen = [shift_of(layer(frames, training=True).numpy(), frames) for _ in range(140)]
    assert set(seen) == set(SHIFTS)
    assert 8 < min(map(seen.count, SHIFTS)) and max(map(seen.count, SHIFTS)) < 36
    again = PhaseShuffle(3, seed=1)
    again(frames)
    np.testing.assert_array_equal([int(again.draw(4)) for _ in range(140)], seen)
    other = PhaseShuffle(3, seed=2)
    other(frames)
    assert [int(other.draw(4)) for _ in range(20)] != seen[:20]


def test_a_shift_for_each_example(frames) -> None:
    layer = PhaseShuffle(3, per_example=True)
    passes = [layer(frames, training=True).numpy() for _ in range(40)]
    shifts = np.array(
        [
            [shift_of(moved[one : one + 1], frames[one : one + 1]) for one in range(4)]
            for moved in passes
        ]
    )
    assert set(shifts.ravel()) == set(SHIFTS)
    assert (shifts != shifts[:, :1]).any(axis=1).mean() > 0.9


def test_the_draws_go_on_after_loading(tmp_path, frames) -> None:
    inputs = keras.Input([12, 3])
    model = keras.Model(inputs, PhaseShuffle(3)(inputs))
    for _ in range(5):
        model(frames, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for _ in range(10):
        expected = model(frames, training=True)
        np.testing.assert_array_equal(loaded(frames, training=True), expected)


@pytest.mark.parametrize("per_example", [False, True])
def test_xla_has_both_derivatives(frames, per_example: bool) -> None:
    layer = PhaseShuffle(2, per_example=per_example)
    layer.build(frames.shape)

    def run(inputs):
        layer.num_draws.assign(0)
        with tf.GradientTape() as outer:
            outer.watch(inputs)
            with tf.GradientTape() as inner:
                inner.watch(inputs)
                cubes = tf.reduce_sum(layer(inputs, training=True) ** 3)
            slope = inner.gradient(cubes, inputs)
            square = tf.reduce_sum(slope**2)
        return slope, outer.gradient(square, inputs)

    for found, expected in zip(
        tf.function(run, jit_compile=True)(tf.constant(frames)), run(tf.constant(frames))
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_wrong_arguments() -> None:
    with pytest.raises(InputError, match="max_shift: got 0, expected at least 1"):
        PhaseShuffle(0)
    with pytest.raises(InputError, match="got 3 for 3 steps of a layer"):
        PhaseShuffle(3)(np.zeros([1, 3, 1], np.float32))
