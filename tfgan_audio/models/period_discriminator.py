"""Discriminators of what repeats in a waveform at given periods."""

from __future__ import annotations

import keras

from tfgan_audio.layers.periodic_rows import PeriodicRows
from tfgan_audio.layers.weight_norm import WeightNormConv1D
from tfgan_audio.models.melgan_sizes import MelGANSizes

_SLOPE = 0.1
# (width in units of the waveform discriminators', stride); all have five taps.
_LAYERS = ((2, 3), (8, 3), (32, 3), (64, 3), (64, 1))


def judge_periods(waveform: keras.KerasTensor, sizes: MelGANSizes) -> list[list[keras.KerasTensor]]:
    """Build a discriminator for each period, of the samples that lie so far apart.

    Args:
        waveform: Symbolic waveform [B, T, 1].
        sizes: What they are made of.

    Returns:
        For each period its feature maps, after their rectifier, and its score [B * period, T', 1].

    Reference:
        Kong et al. 2020, arXiv:2010.05646, section 2.3. Its widths are those of 16 channels at
        first and 1024 at most.
    """
    judgement = []
    for period in sizes.periods:
        hidden, maps, name = PeriodicRows(period)(waveform), [], f"period_{period}_layer"
        for index, (widening, stride) in enumerate(_LAYERS):
            width = min(widening * sizes.discriminator_channels, sizes.discriminator_max_channels)
            hidden = keras.layers.ZeroPadding1D(2)(hidden)
            convolution = WeightNormConv1D(width, 5, stride, name=f"{name}_{index}")
            hidden = keras.layers.LeakyReLU(_SLOPE)(convolution(hidden))
            maps.append(hidden)
        hidden = keras.layers.ZeroPadding1D(1)(hidden)
        score = WeightNormConv1D(1, 3, dtype="float32", name=f"{name}_{len(_LAYERS)}")
        judgement.append([*maps, score(hidden)])
    return judgement
