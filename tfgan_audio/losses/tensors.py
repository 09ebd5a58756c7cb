"""Preparation shared by the losses that compare two signals."""

from __future__ import annotations

import tensorflow as tf

from tfgan_audio.errors import InputError


def float32_pair(
    reference: tf.Tensor, estimate: tf.Tensor, name: str = "estimate"
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return both signals in float32, refusing shapes that would only agree by broadcasting.

    `[B, T, 1] - [B, T]` is a legal `[B, T, T]` tensor and a meaningless loss.

    Args:
        reference: What the estimate should be, any float type.
        estimate: Signal of the same shape, any float type.
        name: What the caller's user knows the estimate as.

    Returns:
        `(reference, estimate)` in float32.

    Raises:
        InputError: Shapes that differ.
    """
    reference, estimate = tf.convert_to_tensor(reference), tf.convert_to_tensor(estimate)
    if not estimate.shape.is_compatible_with(reference.shape):
        raise InputError(name, f"shape {estimate.shape}", f"the shape {reference.shape}")
    return tf.cast(reference, tf.float32), tf.cast(estimate, tf.float32)


def as_signals(waveform: tf.Tensor) -> tf.Tensor:
    """Return every channel as a signal of its own.

    Args:
        waveform: Samples.

    Shape:
        [B, T] as it is, [B, T, C] -> [B * C, T].
    """
    if len(waveform.shape) == 2:
        return waveform
    return tf.reshape(tf.transpose(waveform, [0, 2, 1]), [-1, tf.shape(waveform)[1]])
