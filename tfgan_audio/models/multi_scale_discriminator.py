"""Discriminators of waveforms at several rates."""

from __future__ import annotations

import keras

from tfgan_audio.layers.average_pooling import HalfRate
from tfgan_audio.layers.reflection_padding import ReflectionPadding1D
from tfgan_audio.layers.weight_norm import WeightNormConv1D
from tfgan_audio.models.melgan_sizes import MelGANSizes

_SLOPE = 0.2


def judge_scales(waveform: keras.KerasTensor, sizes: MelGANSizes) -> list[list[keras.KerasTensor]]:
    """Build a discriminator for each scale: the waveform, and it at half of the rate before.

    Args:
        waveform: Symbolic waveform [B, T, 1].
        sizes: What they are made of.

    Returns:
        For each scale its feature maps, after their rectifier, and its score [B, T', 1].

    Reference:
        Kumar et al. 2019, arXiv:1910.06711, section 2.2.
    """
    scales = []
    for scale in range(sizes.num_scales):
        if scale:
            waveform = HalfRate(name=f"scale_{scale}_pooling")(waveform)
        scales.append(_judge(waveform, sizes, f"scale_{scale}_layer"))
    return scales


def _judge(hidden: keras.KerasTensor, sizes: MelGANSizes, name: str) -> list[keras.KerasTensor]:
    """Build the discriminator of one scale: reflected at the ends, then with zeros around."""
    *inner, (_, last_kernel_size, _, _) = sizes.scale_layers
    maps = []
    for index, (channels, kernel_size, stride, groups) in enumerate(inner):
        half = kernel_size // 2
        padding = keras.layers.ZeroPadding1D(half) if index else ReflectionPadding1D(half, half)
        convolution = WeightNormConv1D(
            channels, kernel_size, stride, groups=groups, name=f"{name}_{index}"
        )
        hidden = keras.layers.LeakyReLU(_SLOPE)(convolution(padding(hidden)))
        maps.append(hidden)
    hidden = keras.layers.ZeroPadding1D(last_kernel_size // 2)(hidden)
    score = WeightNormConv1D(1, last_kernel_size, dtype="float32", name=f"{name}_{len(inner)}")
    return [*maps, score(hidden)]
