"""Convolutions whose weights are a direction times a length."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import ops

from tfgan_audio.errors import InputError

_SMALLEST_SQUARE = 1e-24


class _WeightNormConvolution(keras.layers.Layer):
    """What both have in common: `kernel = gain * direction / ||direction||`, and a bias.

    The kernel is computed at every pass, in float32 under mixed policies too, and nothing is
    assigned: so it trains, saves and runs on replicas as any other weight.
    """

    def __init__(self, filters: int, kernel_size: int, strides: int = 1, **kwargs) -> None:
        super().__init__(**kwargs)
        _check_counts(filters=filters, kernel_size=kernel_size, strides=strides)
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides

    def _add_weights(self, kernel_shape: tuple[int, int, int], gain_axis: int) -> None:
        """Create the weights, drawn as PyTorch draws those of a convolution."""
        uniform = keras.initializers.VarianceScaling(1.0 / 3.0, "fan_in", "uniform")
        self._gain_shape = [1, 1, 1]
        self._gain_shape[gain_axis] = kernel_shape[gain_axis]
        self._norm_axes = [axis for axis in range(3) if axis != gain_axis]
        self.direction = self.add_weight(
            name="direction", shape=kernel_shape, initializer=uniform, autocast=False
        )
        self.gain = self.add_weight(
            name="gain",
            shape=(kernel_shape[gain_axis],),
            initializer=lambda shape, dtype: ops.reshape(self._norm(), shape),
            autocast=False,
        )
        # Keras' own rule for kernels [taps, ., fan] gives the fan of PyTorch's biases too.
        bound = (kernel_shape[0] * kernel_shape[1]) ** -0.5
        self.bias = self.add_weight(
            name="bias",
            shape=(self.filters,),
            initializer=keras.initializers.RandomUniform(-bound, bound),
        )

    def _norm(self):
        """Return the length of the direction of each gain."""
        square = ops.sum(ops.square(self.direction), axis=self._norm_axes, keepdims=True)
        return ops.sqrt(ops.maximum(square, _SMALLEST_SQUARE))

    @property
    def kernel(self):
        """The weights that are in force, float32, in Keras' layout."""
        return self.direction * (ops.reshape(self.gain, self._gain_shape) / self._norm())

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
        }


@keras.saving.register_keras_serializable(package="tfgan_audio")
class WeightNormConv1D(_WeightNormConvolution):
    """`keras.layers.Conv1D` without padding, its weights normalised for each output channel.

    Args:
        filters: Number of output channels.
        kernel_size: Number of taps.
        strides: Samples between two outputs.
        dilation_rate: Samples between two taps; 1 where `strides` or `groups` is above 1.
        groups: Groups of channels that see nothing of each other.

    Shape:
        [B, T, C] -> [B, T', `filters`].

    Reference:
        Salimans and Kingma 2016, arXiv:1602.07868. Initial values are those of the plain
        convolution.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        strides: int = 1,
        dilation_rate: int = 1,
        groups: int = 1,
        **kwargs,
    ) -> None:
        super().__init__(filters, kernel_size, strides, **kwargs)
        _check_counts(dilation_rate=dilation_rate, groups=groups)
        if groups > 1 and dilation_rate > 1:
            raise InputError("dilation_rate", dilation_rate, "1 where there are groups")
        if filters % groups:
            raise InputError("groups", groups, f"a divisor of the {filters} output channels")
        self.dilation_rate = dilation_rate
        self.groups = groups

    def build(self, input_shape) -> None:
        num_channels = input_shape[-1]
        if num_channels % self.groups:
            expected = f"a divisor of the {num_channels} input channels"
            raise InputError("groups", self.groups, expected)
        shape = (self.kernel_size, num_channels // self.groups, self.filters)
        self._add_weights(shape, gain_axis=2)

    def call(self, inputs):
        kernel = ops.cast(self.kernel, inputs.dtype)
        if self.groups > 1:
            # Keras takes XLA for groups on a CPU, where gradients of many of them take minutes.
            outputs = tf.nn.conv1d(inputs, kernel, self.strides, "VALID")
        else:
            outputs = ops.conv(inputs, kernel, self.strides, dilation_rate=self.dilation_rate)
        return outputs + self.bias

    def compute_output_shape(self, input_shape):
        batch, num_samples, _ = input_shape
        if num_samples is not None:
            reach = (self.kernel_size - 1) * self.dilation_rate
            num_samples = (num_samples - reach - 1) // self.strides + 1
        return batch, num_samples, self.filters

    def get_config(self) -> dict:
        own = {"dilation_rate": self.dilation_rate, "groups": self.groups}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="tfgan_audio")
class WeightNormConv1DTranspose(_WeightNormConvolution):
    """`keras.layers.Conv1DTranspose`, its weights normalised for each input channel.

    The axis is that of PyTorch's weight norm, which takes the first of its kernel whatever it
    stands for.

    Args:
        filters: Number of output channels.
        kernel_size: Number of taps, at least `strides`.
        strides: Outputs for each input.
        padding: "valid", or "same" to cut the outputs down to `strides` for each input.

    Shape:
        [B, T, C] -> [B, T * `strides`, `filters`], and `kernel_size - strides` more if "valid".
    """

    def __init__(
        self, filters: int, kernel_size: int, strides: int = 1, padding: str = "valid", **kwargs
    ) -> None:
        super().__init__(filters, kernel_size, strides, **kwargs)
        if kernel_size < strides:
            raise InputError("kernel_size", kernel_size, f"at least the stride, {strides}")
        if padding not in ("valid", "same"):
            raise InputError("padding", padding, "one of valid, same")
        self.padding = padding

    def build(self, input_shape) -> None:
        self._add_weights((self.kernel_size, self.filters, input_shape[-1]), gain_axis=2)

    def call(self, inputs):
        kernel = ops.cast(self.kernel, inputs.dtype)
        return ops.conv_transpose(inputs, kernel, self.strides, self.padding) + self.bias

    def compute_output_shape(self, input_shape):
        batch, num_samples, _ = input_shape
        if num_samples is not None:
            surplus = self.kernel_size - self.strides if self.padding == "valid" else 0
            num_samples = num_samples * self.strides + surplus
        return batch, num_samples, self.filters

    def get_config(self) -> dict:
        return {**super().get_config(), "padding": self.padding}


def _check_counts(**counts: int) -> None:
    """Refuse numbers below 1."""
    for name, count in counts.items():
        if count < 1:
            raise InputError(name, count, "an integer of at least 1")
