"""Feed-forward transformer: attention and convolutions over sequences with padding."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from tfgan_audio.layers.counted_dropout import CountedDropout
from tfgan_audio.layers.masked_attention import MaskedSelfAttention


@keras.saving.register_keras_serializable(package="tfgan_audio")
class FeedForwardBlock(keras.layers.Layer):
    """One block of a feed-forward transformer: attention, then two convolutions.

    Each is added to what it reads normalised, so a deep stack trains without a warm-up.

    Args:
        num_heads: Heads of the attention, a divisor of the number of channels.
        hidden_channels: Channels between the convolutions.
        kernel_size: Taps of each of them, an odd number.
        dropout: Part of the channels that is dropped in training, in [0, 1).
        seed: Key of what is dropped.
        **kwargs: As in Keras.

    Shape:
        [sequence [B, T, C], mask [B, T] of ones and zeros] -> [B, T, C], zero in the padding.

    Reference:
        Ren et al. 2019, arXiv:1905.09263, section 3.1. Differs: normalised before, not behind.
    """

    def __init__(
        self,
        num_heads: int,
        hidden_channels: int,
        kernel_size: int = 3,
        dropout: float = 0.1,
        seed: int = 0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.num_heads = num_heads
        self.hidden_channels = hidden_channels
        self.kernel_size = kernel_size
        self.dropout = dropout
        self.seed = seed

    def build(self, input_shape) -> None:
        sequence, mask = input_shape
        policy = {"dtype": self.dtype_policy}
        wide = (*sequence[:-1], self.hidden_channels)
        self.attend = MaskedSelfAttention(self.num_heads, **policy)
        self.attend.build([sequence, mask])
        self.widen = keras.layers.Conv1D(
            self.hidden_channels, self.kernel_size, padding="same", **policy
        )
        self.widen.build(sequence)
        self.narrow = keras.layers.Conv1D(sequence[-1], self.kernel_size, padding="same", **policy)
        self.narrow.build(wide)
        self.norms = [keras.layers.LayerNormalization(epsilon=1e-5, **policy) for _ in range(2)]
        for norm in self.norms:
            norm.build(sequence)
        self.drop = CountedDropout(self.dropout, self.seed, **policy)
        self.drop.build(sequence)

    def call(self, inputs, training: bool = False):
        sequence, mask = inputs
        is_inside = ops.expand_dims(ops.cast(mask, sequence.dtype), -1)
        heard = self.attend([self.norms[0](sequence), mask])
        sequence = sequence + self.drop(heard, training=training)
        hidden = ops.relu(self.widen(self.norms[1](sequence) * is_inside))
        refined = self.narrow(self.drop(hidden, training=training) * is_inside)
        return (sequence + self.drop(refined, training=training)) * is_inside

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self) -> dict:
        names = ("num_heads", "hidden_channels", "kernel_size", "dropout", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


@keras.saving.register_keras_serializable(package="tfgan_audio")
class Positions(keras.layers.Layer):
    """Add sines and cosines that tell places in a sequence apart.

    Shape:
        [B, T, C] -> [B, T, C], C even.

    Reference:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
    """

    def call(self, sequence):
        half = sequence.shape[-1] // 2
        rates = np.exp(-np.log(1e4) * np.arange(half) / half).astype(np.float32)
        places = ops.cast(ops.arange(ops.shape(sequence)[1]), "float32")
        angles = ops.expand_dims(places, -1) * rates
        waves = ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)
        return sequence + ops.cast(waves, sequence.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape
