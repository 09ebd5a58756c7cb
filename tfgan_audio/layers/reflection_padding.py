"""Padding by reflection along the time axis."""

import keras
from keras import ops

from tfgan_audio.errors import InputError


@keras.saving.register_keras_serializable(package="tfgan_audio")
class ReflectionPadding1D(keras.layers.Layer):
    """Extend a signal at both ends by its mirror image; the outermost sample is not repeated.

    What is longer than the signal is reflected at its other end again, as `numpy.pad` does it; a
    signal of one sample is repeated.

    Args:
        left: Samples before the first.
        right: Samples behind the last.

    Shape:
        [B, T, C] -> [B, left + T + right, C], T from 1 on.
    """

    def __init__(self, left: int, right: int, **kwargs) -> None:
        super().__init__(**kwargs)
        for name, value in (("left", left), ("right", right)):
            if value < 0:
                raise InputError(name, value, "at least 0")
        self.left, self.right = left, right

    def call(self, inputs):
        return reflected(inputs, self.left, self.right)

    def compute_output_shape(self, input_shape):
        batch, num_samples, num_channels = input_shape
        if num_samples is not None:
            num_samples += self.left + self.right
        return batch, num_samples, num_channels

    def get_config(self) -> dict:
        return {**super().get_config(), "left": self.left, "right": self.right}


def reflected(inputs, left: int, right: int):
    """Return what the layer gives: [B, T, C] -> [B, `left` + T + `right`, C]."""
    num_samples = inputs.shape[1]
    if num_samples is not None and num_samples > max(left, right):
        return ops.pad(inputs, [[0, 0], [left, right], [0, 0]], mode="reflect")
    num_samples = ops.shape(inputs)[1]
    before = _inside(ops.arange(-left, 0, dtype="int32"), num_samples)
    behind = _inside(ops.arange(right, dtype="int32") + num_samples, num_samples)
    parts = [ops.take(inputs, before, axis=1), inputs, ops.take(inputs, behind, axis=1)]
    return ops.concatenate(parts, axis=1)


def _inside(positions, num_samples):
    """Return where a signal has what it reflects to any positions, by running to and fro."""
    period = ops.maximum(2 * (num_samples - 1), 1)
    positions = ops.mod(positions, period)
    return ops.minimum(positions, period - positions)
