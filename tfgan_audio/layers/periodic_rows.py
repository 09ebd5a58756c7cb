"""Samples that lie a period apart, as signals of their own."""

import keras
from keras import ops

from tfgan_audio.errors import InputError
from tfgan_audio.layers.reflection_padding import reflected


@keras.saving.register_keras_serializable(package="tfgan_audio")
class PeriodicRows(keras.layers.Layer):
    """Take every p-th sample, from each of the first p on, the end reflected to whole periods.

    Args:
        period: Samples p between two that stand side by side.

    Shape:
        [B, T, C] -> [B * p, ceil(T / p), C].
    """

    def __init__(self, period: int, **kwargs) -> None:
        super().__init__(**kwargs)
        if period < 1:
            raise InputError("period", period, "an integer of at least 1")
        self.period = period

    def call(self, inputs):
        num_rows = (ops.shape(inputs)[1] + self.period - 1) // self.period
        padded = reflected(inputs, 0, self.period - 1)[:, : num_rows * self.period]
        num_channels = inputs.shape[2]
        rows = ops.reshape(padded, [-1, num_rows, self.period, num_channels])
        return ops.reshape(ops.transpose(rows, [0, 2, 1, 3]), [-1, num_rows, num_channels])

    def compute_output_shape(self, input_shape):
        batch, num_samples, num_channels = input_shape
        num_rows = None if num_samples is None else -(-num_samples // self.period)
        return None if batch is None else batch * self.period, num_rows, num_channels

    def get_config(self) -> dict:
        return {**super().get_config(), "period": self.period}
