"""Differentiable changes to what a critic sees, real and generated alike, for small data sets.

Each is linear in its input, so a point between two examples becomes the point between the changed
ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import tensorflow as tf

from tfgan_audio.layers.randomness import draw_for_examples

_LARGEST_SHIFT = 1 / 8
_LARGEST_MASK = 1 / 4
_LARGEST_GAIN_DB = 6.0


def random_shift(inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Move each example in time by up to an eighth of its length; zeros move in.

    Args:
        inputs: Examples with time on axis 1.
        seed: Two integers.

    Shape:
        [B, T, ...] -> [B, T, ...].
    """
    num_steps = inputs.shape[1]
    largest = int(num_steps * _LARGEST_SHIFT)
    (position,) = _draw(inputs, seed, 1)
    shifts = tf.cast(tf.floor(position * (2 * largest + 1)), tf.int32) - largest
    places = tf.range(num_steps) - shifts[:, None]
    moved = tf.gather(inputs, tf.clip_by_value(places, 0, num_steps - 1), axis=1, batch_dims=1)
    return moved * _per_step((places >= 0) & (places < num_steps), inputs)


def random_gain(inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Make each example up to 6 dB louder or softer.

    Args:
        inputs: Examples.
        seed: Two integers.

    Shape:
        [B, ...] -> [B, ...].
    """
    (position,) = _draw(inputs, seed, 1)
    gain_db = _LARGEST_GAIN_DB * (2.0 * position - 1.0)
    return inputs * _per_example(10.0 ** (gain_db / 20.0), inputs)


def random_polarity(inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Turn half of the examples upside down.

    Args:
        inputs: Examples.
        seed: Two integers.

    Shape:
        [B, ...] -> [B, ...].
    """
    (position,) = _draw(inputs, seed, 1)
    return inputs * _per_example(tf.where(position < 0.5, -1.0, 1.0), inputs)


def random_mask(inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Set a piece of each example, of up to a quarter of its length, to zero.

    Args:
        inputs: Examples with time on axis 1.
        seed: Two integers.

    Shape:
        [B, T, ...] -> [B, T, ...].
    """
    num_steps = inputs.shape[1]
    length, position = _draw(inputs, seed, 2)
    length = tf.round(length * _LARGEST_MASK * num_steps)[:, None]
    first = tf.floor(position[:, None] * (num_steps - length + 1.0))
    steps = tf.range(num_steps, dtype=tf.float32)
    return inputs * _per_step((steps < first) | (steps >= first + length), inputs)


AUGMENTATIONS: Mapping[str, Callable[[tf.Tensor, tf.Tensor], tf.Tensor]] = MappingProxyType(
    {"shift": random_shift, "gain": random_gain, "polarity": random_polarity, "mask": random_mask}
)
"""The changes by name."""


def _draw(inputs: tf.Tensor, seed: tf.Tensor, num_draws: int) -> list[tf.Tensor]:
    """Numbers from 0 to below 1, each [B]."""
    uniform = tf.random.stateless_uniform
    drawn = draw_for_examples(uniform, tf.shape(inputs)[0], (num_draws,), seed)
    return tf.unstack(drawn, axis=1)


def _per_example(factors: tf.Tensor, inputs: tf.Tensor) -> tf.Tensor:
    """Return [B] factors in a shape and type to be multiplied with."""
    return tf.cast(tf.reshape(factors, [-1] + [1] * (len(inputs.shape) - 1)), inputs.dtype)


def _per_step(keeps: tf.Tensor, inputs: tf.Tensor) -> tf.Tensor:
    """Return [B, T] truth values as factors of one and zero, in a shape to be multiplied with."""
    axes = [1] * (len(inputs.shape) - 2)
    return tf.cast(tf.reshape(keeps, [-1, inputs.shape[1], *axes]), inputs.dtype)
