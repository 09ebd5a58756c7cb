"""Distances between sequences of several lengths, padded to one.

Letters: B batch, F frames or symbols, M values of each.
"""

from __future__ import annotations

import tensorflow as tf

from tfgan_audio.losses.tensors import float32_pair


def masked_l1(reference: tf.Tensor, estimate: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Return the mean absolute difference over all frames that are no padding.

    Args:
        reference: What the estimate should be.
        estimate: Sequences of the same shape.
        lengths: Frames of each example.

    Shape:
        [B, F] or [B, F, M] twice, and [B] -> scalar float32.

    Raises:
        InputError: Shapes that differ.
    """
    reference, estimate = float32_pair(reference, estimate)
    return _mean(tf.abs(estimate - reference), lengths)


def masked_l2(reference: tf.Tensor, estimate: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Return the mean squared difference over all frames that are no padding.

    Args:
        reference: What the estimate should be.
        estimate: Sequences of the same shape.
        lengths: Frames of each example.

    Shape:
        [B, F] or [B, F, M] twice, and [B] -> scalar float32.

    Raises:
        InputError: Shapes that differ.
    """
    reference, estimate = float32_pair(reference, estimate)
    return _mean(tf.square(estimate - reference), lengths)


def _mean(values: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
    """Return the mean of what is no padding."""
    if len(values.shape) == 3:
        values = tf.reduce_mean(values, axis=2)
    inside = tf.sequence_mask(lengths, tf.shape(values)[1])
    total = tf.reduce_sum(tf.where(inside, values, 0.0))
    return total / tf.cast(tf.reduce_sum(lengths), tf.float32)
