"""The convolutions for inference are Keras' own."""

import keras
import numpy as np
import pytest
from layer_checks import check_layer

from tfgan_audio.layers.direct_conv import DirectConv1D, DirectConv1DTranspose


@pytest.mark.parametrize(("kernel_size", "dilation_rate"), [(1, 1), (7, 1), (3, 1), (3, 9), (4, 2)])
def test_it_is_the_convolution_of_keras(rng, kernel_size: int, dilation_rate: int) -> None:
    inputs = rng.standard_normal([2, 20, 5]).astype(np.float32)
    layer = DirectConv1D(6, kernel_size, dilation_rate)
    other = keras.layers.Conv1D(6, kernel_size, dilation_rate=dilation_rate)
    for each in (layer, other):
        each.build(inputs.shape)
        each.set_weights([rng.standard_normal(each.kernel.shape), rng.standard_normal(6)])
    other.set_weights(layer.get_weights())
    np.testing.assert_allclose(layer(inputs), other(inputs), rtol=0, atol=1e-5)


def test_a_sum_and_the_rectifier_follow(rng) -> None:
    inputs, addend = rng.standard_normal([2, 2, 20, 6]).astype(np.float32)
    layer = DirectConv1D(6, 1, negative_slope=0.3)
    outputs = layer(inputs, addend)
    total = inputs @ layer.kernel.numpy()[0] + addend
    np.testing.assert_allclose(outputs, np.where(total < 0, 0.3 * total, total), rtol=0, atol=1e-5)


def test_what_every_layer_owes(tmp_path) -> None:
    kwargs = {"filters": 6, "kernel_size": 3, "dilation_rate": 4, "negative_slope": 0.2}
    check_layer(DirectConv1D, kwargs, (2, 24, 4), (2, 16, 6), tmp_path)


@pytest.mark.parametrize(("num_samples", "strides"), [(1, 3), (5, 1), (7, 4)])
def test_it_is_the_transposed_convolution_of_keras(rng, num_samples: int, strides: int) -> None:
    inputs = rng.standard_normal([2, num_samples, 5]).astype(np.float32)
    other = keras.layers.Conv1DTranspose(6, 2 * strides, strides)
    other.build(inputs.shape)
    other.set_weights([rng.standard_normal(other.kernel.shape), rng.standard_normal(6)])
    layer = DirectConv1DTranspose(6, strides)
    layer.build(inputs.shape)
    layer.set_weights([layer.arranged(other.kernel), other.bias])
    np.testing.assert_allclose(layer(inputs), other(inputs), rtol=0, atol=1e-5)


def test_what_the_transposed_one_owes(tmp_path) -> None:
    kwargs = {"filters": 6, "strides": 3}
    check_layer(DirectConv1DTranspose, kwargs, (2, 8, 4), (2, 27, 6), tmp_path)
