"""Attention of a sequence to itself, padding left out."""

from __future__ import annotations

import math

import keras
import tensorflow as tf
from keras import ops

_EXCLUDED = -1e4  # within float16; its exponential is zero


@keras.saving.register_keras_serializable(package="tfgan_audio")
class MaskedSelfAttention(keras.layers.Layer):
    """Attention with several heads, out of matrix products that every device has.

    Args:
        num_heads: Heads, a divisor of the number of channels.
        **kwargs: As in Keras.

    Shape:
        [sequence [B, T, C], mask [B, T] of ones and zeros] -> [B, T, C].

    Reference:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
    """

    def __init__(self, num_heads: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.num_heads = num_heads

    def build(self, input_shape) -> None:
        channels = input_shape[0][-1]
        self.project = keras.layers.Dense(3 * channels, name="project", dtype=self.dtype_policy)
        self.project.build(input_shape[0])
        self.join = keras.layers.Dense(channels, name="join", dtype=self.dtype_policy)
        self.join.build(input_shape[0])

    def call(self, inputs):
        sequence, mask = inputs
        channels = sequence.shape[-1]
        query, key, value = map(self._heads, ops.split(self.project(sequence), 3, axis=-1))
        scores = ops.matmul(query, ops.transpose(key, [0, 1, 3, 2]))
        scores = scores / math.sqrt(channels // self.num_heads)
        scores = scores + (1.0 - ops.expand_dims(ops.cast(mask, scores.dtype), [1, 2])) * _EXCLUDED
        heard = ops.transpose(ops.matmul(tf.nn.softmax(scores), value), [0, 2, 1, 3])
        return self.join(ops.reshape(heard, [-1, ops.shape(sequence)[1], channels]))

    def _heads(self, sequence):
        """Return [B, H, T, C / H] of [B, T, C]."""
        size = sequence.shape[-1] // self.num_heads
        split = ops.reshape(sequence, [-1, ops.shape(sequence)[1], self.num_heads, size])
        return ops.transpose(split, [0, 2, 1, 3])

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self) -> dict:
        return {**super().get_config(), "num_heads": self.num_heads}
