"""Padding by the first sample along the time axis."""

import keras
from keras import ops

from tfgan_audio.errors import InputError


@keras.saving.register_keras_serializable(package="tfgan_audio")
class ReplicationPadding1D(keras.layers.Layer):
    """Repeat the first sample of a signal before it.

    Args:
        left: Samples before the first.

    Shape:
        [B, T, C] -> [B, left + T, C].
    """

    def __init__(self, left: int, **kwargs) -> None:
        super().__init__(**kwargs)
        if left < 0:
            raise InputError("left", left, "at least 0")
        self.left = left

    def call(self, inputs):
        return ops.concatenate([inputs[:, :1]] * self.left + [inputs], axis=1)

    def compute_output_shape(self, input_shape):
        batch, num_samples, num_channels = input_shape
        return batch, None if num_samples is None else num_samples + self.left, num_channels

    def get_config(self) -> dict:
        return {**super().get_config(), "left": self.left}
