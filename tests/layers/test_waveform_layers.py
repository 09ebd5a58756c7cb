"""The layers of the waveform variants, each against its definition in NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer

from tfgan_audio.layers.batch_norm import UnbiasedBatchNorm
from tfgan_audio.layers.channel_scale import ChannelScale
from tfgan_audio.layers.circular_shift import CircularShift
from tfgan_audio.layers.reflection_padding import ReflectionPadding1D
from tfgan_audio.layers.spectral_norm import SpectralNorm
from tfgan_audio.layers.virtual_batch_norm import VirtualBatchNorm


@pytest.fixture
def frames(rng) -> np.ndarray:
    """Four examples of 12 frames of 3 channels, neither centred nor of unit variance."""
    return (2.0 + 3.0 * rng.standard_normal([4, 12, 3])).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "kwargs", "output_shape"),
    [
        (ChannelScale, {}, (2, 24, 5)),
        (CircularShift, {"max_samples": 3, "seed": 2}, (2, 24, 5)),
        (ReflectionPadding1D, {"left": 3, "right": 4}, (2, 31, 5)),
        (UnbiasedBatchNorm, {"momentum": 0.8, "epsilon": 1e-3}, (2, 24, 5)),
    ],
)
def test_what_every_layer_owes(tmp_path, kind, kwargs: dict, output_shape: tuple) -> None:
    check_layer(kind, kwargs, (2, 24, 5), output_shape, tmp_path)


def test_virtual_batch_norm_without_a_reference_is_batch_norm(frames) -> None:
    layer = VirtualBatchNorm(epsilon=1e-5)
    layer.build(frames.shape)
    layer.gamma.assign([1.0, 2.0, 0.5])
    layer.beta.assign([0.0, 1.0, -1.0])
    mean, variance = frames.mean(axis=(0, 1)), frames.var(axis=(0, 1))
    expected = (frames - mean) / np.sqrt(variance + 1e-5) * [1.0, 2.0, 0.5] + [0.0, 1.0, -1.0]
    np.testing.assert_allclose(layer(frames), expected, atol=1e-5)


def test_virtual_batch_norm_counts_the_batch_as_one_example(frames, rng) -> None:
    reference = rng.standard_normal([7, 12, 3]).astype(np.float32)
    layer = VirtualBatchNorm(epsilon=0.0)
    layer.build(frames.shape)
    layer.gamma.assign(np.ones(3))
    mean = (frames.mean(axis=(0, 1)) + 7 * reference.mean(axis=(0, 1))) / 8
    square = ((frames**2).mean(axis=(0, 1)) + 7 * (reference**2).mean(axis=(0, 1))) / 8
    expected = (frames - mean) / np.sqrt(square - mean**2)
    np.testing.assert_allclose(layer(frames, reference), expected, atol=1e-5)


def test_virtual_batch_norm_starts_near_one_and_comes_back(frames) -> None:
    keras.utils.set_random_seed(0)
    layer = VirtualBatchNorm(1e-4, name="norm")
    layer.build((None, None, 4000))
    assert np.mean(layer.gamma) == pytest.approx(1.0, abs=2e-3)
    assert np.std(layer.gamma) == pytest.approx(0.02, rel=0.1)
    assert VirtualBatchNorm.from_config(layer.get_config()).get_config() == layer.get_config()


def test_running_moments_are_those_of_the_population(frames) -> None:
    """The variance of 48 values estimates that of all with 47 in the denominator."""
    layer = UnbiasedBatchNorm(momentum=0.9)
    keras_layer = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
    np.testing.assert_allclose(
        layer(frames, training=True), keras_layer(frames, training=True), atol=1e-5
    )
    np.testing.assert_allclose(layer.running_mean, 0.1 * frames.mean(axis=(0, 1)), rtol=1e-5)
    variance = np.var(frames.reshape(-1, 3), axis=0, ddof=1)
    np.testing.assert_allclose(layer.running_variance, 0.9 + 0.1 * variance, rtol=1e-5)
    expected = (frames - layer.running_mean) / np.sqrt(layer.running_variance + 1e-5)
    np.testing.assert_allclose(layer(frames), expected, atol=1e-5)


@pytest.mark.parametrize("num_frames", [1, 2, 3, 5, 6, 12])
def test_reflection_is_that_of_numpy(frames, num_frames: int) -> None:
    """Of any length, known or not: what is too short is reflected again and again."""
    frames, layer = frames[:, :num_frames], ReflectionPadding1D(5, 11)
    expected = np.pad(frames, [(0, 0), (5, 11), (0, 0)], mode="reflect")
    np.testing.assert_array_equal(layer(frames), expected)
    spec = tf.TensorSpec([None, None, 3], tf.float32)
    of_any_length = tf.function(layer, input_signature=[spec])
    np.testing.assert_array_equal(of_any_length(frames), expected)
    symbolic = layer(keras.Input([num_frames, 3]))
    assert symbolic.shape == (None, 5 + num_frames + 11, 3)


def test_gradients_of_reflected_samples_add_up() -> None:
    frames = tf.Variable(tf.zeros([1, 2, 1]))
    with tf.GradientTape() as tape:
        padded = ReflectionPadding1D(0, 3)(frames)  # a b | a b a
        loss = tf.reduce_sum(padded[0, :, 0] * [1.0, 10.0, 100.0, 1000.0, 10000.0])
    np.testing.assert_array_equal(tf.squeeze(tape.gradient(loss, frames)), [10101.0, 1010.0])


def test_shifts_are_drawn_once_a_pass_in_training_alone(frames) -> None:
    layer = CircularShift(3, seed=1)
    np.testing.assert_array_equal(layer(frames), frames)
    seen = []
    for _ in range(60):
        shifted = layer(frames, training=True).numpy()
        (shift,) = [n for n in range(-3, 4) if np.array_equal(np.roll(frames, n, axis=1), shifted)]
        seen.append(shift)
    assert set(seen) == {-3, -2, -1, 1, 2, 3}
    assert min(map(seen.count, set(seen))) > 2
    again = CircularShift(3, seed=1)
    again(frames)
    np.testing.assert_array_equal([int(again.draw()) for _ in range(60)], seen)


def test_spectral_norm_finds_the_largest_singular_value(frames) -> None:
    keras.utils.set_random_seed(1)
    inner = keras.layers.Conv1D(6, 2)
    layer = SpectralNorm(inner)
    kernel = None
    for _ in range(200):
        layer(frames, training=True)
        kernel = inner.kernel.numpy() if kernel is None else kernel
    np.testing.assert_array_equal(inner.kernel, kernel)
    largest = np.linalg.svd(kernel.reshape(-1, 6), compute_uv=False)[0]
    plain = keras.layers.Conv1D(6, 2)
    plain.build(frames.shape)
    plain.set_weights([kernel / largest, inner.bias])
    np.testing.assert_allclose(layer(frames), plain(frames), atol=1e-5)


def test_a_spectral_norm_comes_back_with_its_vectors(tmp_path, frames) -> None:
    inputs = keras.Input([12, 3])
    model = keras.Model(inputs, SpectralNorm(keras.layers.Dense(5), name="dense")(inputs))
    model(frames, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(frames), model(frames))
    assert len(loaded.weights) == 4 and len(loaded.trainable_weights) == 2
