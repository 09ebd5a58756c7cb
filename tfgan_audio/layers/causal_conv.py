"""Causal dilated convolution with an explicit history."""

import keras
from keras import ops

from tfgan_audio.errors import InputError


@keras.saving.register_keras_serializable(package="tfgan_audio")
class CausalConv1D(keras.layers.Layer):
    """Dilated convolution that sees no future and can continue where it stopped.

    Kernel and result are those of `keras.layers.Conv1D` with `padding="causal"`.

    Args:
        filters: Number of output channels.
        kernel_size: Number of taps.
        dilation_rate: Frames between two taps.

    Shape:
        inputs [B, F, C]; history [B, (kernel_size - 1) * dilation_rate, C], zeros where absent;
        outputs [B, F, filters] and the history for the frames that follow.
    """

    def __init__(self, filters: int, kernel_size: int, dilation_rate: int = 1, **kwargs) -> None:
        super().__init__(**kwargs)
        for name, value in (
            ("filters", filters),
            ("kernel_size", kernel_size),
            ("dilation_rate", dilation_rate),
        ):
            if value < 1:
                raise InputError(name, value, "an integer of at least 1")
        self.filters = filters
        self.kernel_size = kernel_size
        self.dilation_rate = dilation_rate
        self.history_frames = (kernel_size - 1) * dilation_rate

    def build(self, inputs_shape, history_shape=None) -> None:
        num_channels = inputs_shape[-1]
        self.kernel = self.add_weight(
            name="kernel", shape=(self.kernel_size, num_channels, self.filters)
        )
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs, history=None):
        num_frames = ops.shape(inputs)[1]
        if history is None:
            extended = ops.pad(inputs, [[0, 0], [self.history_frames, 0], [0, 0]])
            outputs = ops.conv(extended, self.kernel, dilation_rate=self.dilation_rate)
        else:
            extended = ops.concatenate([ops.cast(history, inputs.dtype), inputs], axis=1)
            # For the few frames of a stream one matrix product costs a third less.
            taps = [
                extended[:, tap * self.dilation_rate : tap * self.dilation_rate + num_frames]
                for tap in range(self.kernel_size)
            ]
            kernel = ops.reshape(self.kernel, [-1, self.filters])
            outputs = ops.matmul(ops.concatenate(taps, axis=-1), kernel)
        return outputs + self.bias, extended[:, num_frames:]

    def compute_output_shape(self, inputs_shape, history_shape=None):
        batch, num_frames, num_channels = inputs_shape
        return (batch, num_frames, self.filters), (batch, self.history_frames, num_channels)

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
        }
