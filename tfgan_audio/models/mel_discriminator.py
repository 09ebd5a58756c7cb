"""Discriminators of log-mel spectrograms at several rates of frames."""

from __future__ import annotations

import keras

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.layers.average_pooling import HalfRate
from tfgan_audio.layers.log_mel import LogMel
from tfgan_audio.layers.weight_norm import WeightNormConv1D
from tfgan_audio.models.melgan_sizes import MelGANSizes

_SLOPE = 0.2
_WIDENING = 8
# (width, taps, stride) of each layer, the width in units of the first one's.
_LAYERS = ((1, 5, 1), (2, 5, 2), (4, 5, 2), (4, 3, 1))


def judge_mels(
    waveform: keras.KerasTensor, sizes: MelGANSizes, features: MelFeatures
) -> list[list[keras.KerasTensor]]:
    """Build a discriminator for each scale: the log-mel spectrogram, and ever fewer frames of it.

    The mels of a frame are its channels, so each layer sees all frequencies of a few frames.

    Args:
        waveform: Symbolic waveform [B, T, 1].
        sizes: What they are made of; the first layer is eight times as wide as the waveform's.
        features: Definition of the spectrogram.

    Returns:
        For each scale its feature maps, after their rectifier, and its score [B, F', 1].
    """
    bound, unit = sizes.discriminator_max_channels, _WIDENING * sizes.discriminator_channels
    mel = LogMel(features, name="log_mel")(waveform)
    return judge_mel_scales(mel, sizes.num_scales, unit, bound)


def judge_mel_scales(
    mel: keras.KerasTensor, num_scales: int, channels: int, max_channels: int
) -> list[list[keras.KerasTensor]]:
    """Build a discriminator of log-mel spectrograms for each scale.

    Args:
        mel: Symbolic spectrogram [B, F, M].
        num_scales: How many, each at half the rate of frames of the one before.
        channels: Width of each one's first layer.
        max_channels: Bound on the width of its others.

    Returns:
        For each scale its feature maps, after their rectifier, and its score [B, F', 1].
    """
    scales = []
    for scale in range(num_scales):
        if scale:
            mel = HalfRate(name=f"mel_scale_{scale}_pooling", dtype="float32")(mel)
        hidden, maps, name = mel, [], f"mel_scale_{scale}_layer"
        for index, (widening, kernel_size, stride) in enumerate(_LAYERS):
            width = min(widening * channels, max_channels)
            hidden = keras.layers.ZeroPadding1D(kernel_size // 2)(hidden)
            convolution = WeightNormConv1D(width, kernel_size, stride, name=f"{name}_{index}")
            hidden = keras.layers.LeakyReLU(_SLOPE)(convolution(hidden))
            maps.append(hidden)
        hidden = keras.layers.ZeroPadding1D(1)(hidden)
        score = WeightNormConv1D(1, 3, dtype="float32", name=f"{name}_{len(_LAYERS)}")
        scales.append([*maps, score(hidden)])
    return scales
