"""Convolutions with normalised weights: values, gradients, initial values."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer

from tfgan_audio.errors import InputError
from tfgan_audio.layers.weight_norm import WeightNormConv1D, WeightNormConv1DTranspose

CASES = [
    (WeightNormConv1D, keras.layers.Conv1D, {"filters": 6, "kernel_size": 3}, 22),
    (WeightNormConv1D, keras.layers.Conv1D, {"filters": 6, "kernel_size": 5, "strides": 3}, 7),
    (
        WeightNormConv1D,
        keras.layers.Conv1D,
        {"filters": 4, "kernel_size": 3, "dilation_rate": 4},
        16,
    ),
    (WeightNormConv1D, keras.layers.Conv1D, {"filters": 8, "kernel_size": 3, "groups": 2}, 22),
    (
        WeightNormConv1D,
        keras.layers.Conv1D,
        {"filters": 4, "kernel_size": 11, "strides": 4, "groups": 2},
        4,
    ),
    (
        WeightNormConv1DTranspose,
        keras.layers.Conv1DTranspose,
        {"filters": 3, "kernel_size": 6, "strides": 3},
        75,
    ),
    (
        WeightNormConv1DTranspose,
        keras.layers.Conv1DTranspose,
        {"filters": 3, "kernel_size": 4, "strides": 2, "padding": "same"},
        48,
    ),
]


@pytest.mark.parametrize(("kind", "plain", "kwargs", "num_outputs"), CASES)
def test_what_every_layer_owes(tmp_path, kind, plain, kwargs: dict, num_outputs: int) -> None:
    check_layer(kind, kwargs, (2, 24, 4), (2, num_outputs, kwargs["filters"]), tmp_path)


@pytest.mark.parametrize(("kind", "plain", "kwargs", "num_outputs"), CASES)
def test_it_is_the_plain_layer_with_the_product(
    rng, kind, plain, kwargs: dict, num_outputs: int
) -> None:
    inputs = rng.standard_normal([2, 24, 4]).astype(np.float32)
    layer, other = kind(**kwargs), plain(**kwargs)
    layer.build(inputs.shape)
    other.build(inputs.shape)
    direction = rng.standard_normal(layer.direction.shape)
    gain, bias = rng.standard_normal(layer.gain.shape), rng.standard_normal(layer.bias.shape)
    layer.set_weights([direction, gain, bias])
    # The last axis of the kernel is the output of one and the input of the other.
    kernel = gain * direction / np.sqrt(np.sum(direction**2, axis=(0, 1)))
    other.set_weights([kernel, bias])
    np.testing.assert_allclose(layer(inputs), other(inputs), rtol=0, atol=1e-5)
    np.testing.assert_allclose(layer.kernel, kernel, rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", [WeightNormConv1D, WeightNormConv1DTranspose])
def test_gradients_are_those_of_the_product(rng, kind) -> None:
    """Salimans and Kingma 2016, equation 3."""
    inputs = tf.constant(rng.standard_normal([2, 24, 4]), tf.float32)
    layer = kind(5, 3)
    layer.build(inputs.shape)
    layer.gain.assign(rng.uniform(0.5, 2.0, layer.gain.shape))
    kernel = tf.Variable(layer.kernel)
    convolve = keras.ops.conv if kind is WeightNormConv1D else keras.ops.conv_transpose
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(layer(inputs)))
    of_direction, of_gain = tape.gradient(loss, [layer.direction.value, layer.gain.value])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(convolve(inputs, kernel, 1) + layer.bias))
    of_kernel = tape.gradient(loss, kernel).numpy()
    direction, gain = layer.direction.numpy(), layer.gain.numpy()
    norm = np.sqrt(np.sum(direction**2, axis=(0, 1)))
    along = np.sum(of_kernel * direction, axis=(0, 1)) / norm
    np.testing.assert_allclose(of_gain, along, rtol=1e-4)
    expected = gain / norm * of_kernel - gain * along / norm**2 * direction
    np.testing.assert_allclose(
        of_direction, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max()
    )


@pytest.mark.parametrize(
    ("layer", "num_channels", "fan"),
    [
        (WeightNormConv1D(64, 5), 32, 32 * 5),
        (WeightNormConv1D(64, 9, groups=8), 32, 4 * 9),
        (WeightNormConv1DTranspose(64, 16, 8), 32, 64 * 16),
    ],
)
def test_initial_values_are_those_of_pytorch(layer, num_channels: int, fan: int) -> None:
    """Uniform within one over the root of what PyTorch counts as the fan, biases too."""
    keras.utils.set_random_seed(0)
    layer.build([None, None, num_channels])
    bound = fan**-0.5
    for values in (layer.direction.numpy(), layer.bias.numpy()):
        assert 0.9 * bound < np.abs(values).max() <= bound
        np.testing.assert_allclose(values.std(), bound / 3**0.5, rtol=0.15)
    np.testing.assert_allclose(layer.kernel, layer.direction, rtol=1e-6)


def test_a_direction_of_zeros_gives_zeros() -> None:
    layer = WeightNormConv1D(2, 3)
    layer.build([None, None, 1])
    layer.set_weights([np.zeros([3, 1, 2]), np.zeros([2]), np.ones([2])])
    with tf.GradientTape() as tape:
        outputs = layer(tf.ones([1, 5, 1]))
        loss = tf.reduce_sum(outputs)
    np.testing.assert_array_equal(outputs, np.ones([1, 3, 2]))
    for gradient in tape.gradient(loss, layer.trainable_variables):
        assert np.isfinite(gradient).all()


def test_the_norm_is_that_of_float32_under_half_precision() -> None:
    """Values whose squares float16 does not know."""
    layer = WeightNormConv1D(1, 2, dtype="mixed_float16")
    layer.build([None, None, 1])
    layer.set_weights([np.reshape([3e-5, 4e-5], [2, 1, 1]), np.ones([1]), np.zeros([1])])
    outputs = layer(tf.constant([[[1.0], [0.0], [1.0]]]))
    assert outputs.dtype == tf.float16
    np.testing.assert_allclose(tf.squeeze(outputs), [0.6, 0.8], rtol=1e-3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WeightNormConv1D(0, 3), "filters: got 0, expected an integer of at least 1"),
        (lambda: WeightNormConv1D(6, 3, groups=4), "groups: got 4, expected a divisor of the 6"),
        (
            lambda: WeightNormConv1D(6, 3, groups=2).build([None, None, 3]),
            "groups: got 2, expected a divisor of the 3 input",
        ),
        (lambda: WeightNormConv1DTranspose(2, 3, 4), "kernel_size: got 3, expected at least the"),
        (lambda: WeightNormConv1DTranspose(2, 4, 2, "causal"), "padding: got causal, expected one"),
    ],
)
def test_what_no_convolution_is(make, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()
