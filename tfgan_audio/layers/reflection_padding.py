"""Padding by reflection along the time axis."""

import keras
from keras import ops

from tfgan_audio.errors import InputError


@keras.saving.register_keras_serializable(package="tfgan_audio")
class ReflectionPadding1D(keras.layers.Layer):
    """Extend a signal at both ends by its mirror image; the outermost sample is not repeated.

    Args:
        left: Samples before the first.
        right: Samples behind the last.

    Shape:
        [B, T, C] -> [B, left + T + right, C]; T above both.
    """

    def __init__(self, left: int, right: int, **kwargs) -> None:
        super().__init__(**kwargs)
        for name, value in (("left", left), ("right", right)):
            if value < 0:
                raise InputError(name, value, "at least 0")
        self.left, self.right = left, right

    def build(self, input_shape) -> None:
        num_samples = input_shape[1]
        if num_samples is not None and num_samples <= max(self.left, self.right):
            expected = f"more than the padding of {self.left} and {self.right}"
            raise InputError("padded signal", f"{num_samples} samples", expected)

    def call(self, inputs):
        return ops.pad(inputs, [[0, 0], [self.left, self.right], [0, 0]], mode="reflect")

    def compute_output_shape(self, input_shape):
        batch, num_samples, num_channels = input_shape
        if num_samples is not None:
            num_samples += self.left + self.right
        return batch, num_samples, num_channels

    def get_config(self) -> dict:
        return {**super().get_config(), "left": self.left, "right": self.right}
