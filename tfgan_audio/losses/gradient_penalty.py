"""Gradient penalty: keep the critic's slope near 1 between real and generated examples."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from tfgan_audio.losses.judgement import Judgement, scores_of
from tfgan_audio.losses.tensors import float32_pair

# Added under the square root: an exactly zero gradient then has a finite derivative. It moves the
# norm by less than 1e-6.
_SQUARED_NORM_FLOOR = 1e-12


def gradient_penalty(
    judge: Callable[[tf.Tensor], Judgement], real: tf.Tensor, fake: tf.Tensor, alpha: tf.Tensor
) -> tf.Tensor:
    """Return `E[(||grad f(x_hat)||_2 - 1)^2]` at `x_hat = alpha * real + (1 - alpha) * fake`.

    The norm is taken per example over all other axes. A score map is averaged per example first,
    as the Wasserstein loss does. Every scale of a multi-scale judge is a critic of its own, so
    each gets its own penalty and the penalties are added, like the losses of `over_scales`. A
    judge that mixes examples (batch normalisation) has no gradient per example: use none here.

    Args:
        judge: Critic of one tensor; close over conditions: `lambda x: critic([x, noisy])`.
        real: Real examples `[B, ...]`.
        fake: Generated examples of the same shape.
        alpha: Mixing factors `[B, 1, 1]` in [0, 1], one per example, drawn by the caller;
            uniform in the paper.

    Returns:
        Scalar float32, at least 0, before its weight.

    Raises:
        InputError: `real` and `fake` of different shapes.

    Reference:
        Gulrajani et al. 2017, arXiv:1704.00028, equation 3.

    Example:
        >>> x = tf.zeros([2, 4, 1])
        >>> float(gradient_penalty(lambda x: tf.reduce_sum(x, [1, 2]), x, x, tf.ones([2, 1, 1])))
        1.0
    """
    real, fake = float32_pair(real, fake, "fake")
    # One factor per example whatever the rank, so that [B, 1, 1] serves spectrogram images too.
    alpha = tf.reshape(tf.cast(alpha, tf.float32), [-1] + [1] * (len(real.shape) - 1))
    mixed = alpha * real + (1.0 - alpha) * fake
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(mixed)
        values = [tf.reduce_sum(_mean_per_example(score)) for score in scores_of(judge(mixed))]
    slopes = [
        tape.gradient(value, mixed, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        for value in values
    ]
    return tf.add_n([tf.reduce_mean(tf.square(_norm_per_example(s) - 1.0)) for s in slopes])


def _mean_per_example(score: tf.Tensor) -> tf.Tensor:
    """Return [B] means of a float32 score."""
    score = tf.cast(score, tf.float32)
    return tf.reduce_mean(score, axis=list(range(1, len(score.shape))))


def _norm_per_example(gradient: tf.Tensor) -> tf.Tensor:
    """Return [B] Euclidean norms, never exactly zero."""
    squared = tf.reduce_sum(tf.square(gradient), axis=list(range(1, len(gradient.shape))))
    return tf.sqrt(squared + _SQUARED_NORM_FLOOR)
