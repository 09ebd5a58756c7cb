"""The generator of MelGAN: a stack of upsamplings, each with dilated residual layers behind it."""

from __future__ import annotations

import math

import keras

from tfgan_audio.layers.direct_conv import DirectConv1D, DirectConv1DTranspose
from tfgan_audio.layers.pqmf import PQMFSynthesis
from tfgan_audio.layers.reflection_padding import ReflectionPadding1D
from tfgan_audio.layers.replication_padding import ReplicationPadding1D
from tfgan_audio.layers.weight_norm import WeightNormConv1D, WeightNormConv1DTranspose
from tfgan_audio.models.melgan_sizes import MelGANSizes

BANDS = "bands"
"""Name of the layer that gives the sub-bands."""

_SLOPE = 0.2
_PQMF_TAPS = 62


def build_generator(sizes: MelGANSizes, num_mels: int, weight_norm: bool = True) -> keras.Model:
    """Build the generator, the filter bank of its sub-bands included.

    Args:
        sizes: What it is made of.
        num_mels: Mels of a frame.
        weight_norm: Whether the weights are normalised; otherwise layers of the same names have the
            place of those that do it, in the form that is fastest for inference.

    Shape:
        mel [B, F, M] -> waveform [B, F * hop, 1], any F from 1 on.
    """
    net = _Convolutions(sizes.causal, weight_norm)
    mel = keras.Input([None, num_mels], name="mel")
    hidden = net.convolve(mel, sizes.base_channels, sizes.kernel_size, "first")
    for stage, (factor, channels) in enumerate(zip(sizes.upsample_factors, sizes.stage_channels)):
        name = f"upsample_{stage}"
        cut = (factor + (sizes.upsample_alignment == "torch")) // 2
        hidden = net.upsample(_rectified(hidden, name), channels, factor, cut, name)
        for layer, dilation in enumerate(sizes.dilations):
            name = f"residual_{stage}_{layer}"
            hidden = net.residual(hidden, sizes.residual_kernel_size, dilation, name)
    hidden = _rectified(hidden, "last")
    hidden = net.convolve(hidden, sizes.num_bands, sizes.kernel_size, "last")
    bands = keras.layers.Activation(sizes.output_activation, dtype="float32", name=BANDS)(hidden)
    waveform = bands
    if sizes.num_bands > 1:
        joining = PQMFSynthesis(sizes.num_bands, _PQMF_TAPS, sizes.pqmf_cutoff, name="join")
        waveform = joining(bands)
    return keras.Model(mel, waveform, name="generator")


def receptive_frames(sizes: MelGANSizes) -> tuple[int, int]:
    """Return how many frames before its own, and behind, a sample of the waveform can depend on.

    Reflections apart, by which what is near an end depends on as many frames on the other side.

    Args:
        sizes: What the generator is made of.
    """
    first, last = 0, sizes.hop_samples - 1  # of frame 0, at the rate of the layer in question
    if sizes.num_bands > 1:
        reach = _PQMF_TAPS // 2
        first = math.ceil((first - reach) / sizes.num_bands)
        last = (last + reach) // sizes.num_bands
    first, last = _before(first, last, sizes.kernel_size - 1, sizes.causal)
    spans = [dilation * (sizes.residual_kernel_size - 1) for dilation in sizes.dilations]
    for factor in reversed(sizes.upsample_factors):
        for span in spans:
            first, last = _before(first, last, span, sizes.causal)
        if sizes.causal:
            first, last = first // factor - 1, last // factor
            continue
        cut = (factor + (sizes.upsample_alignment == "torch")) // 2
        first = math.ceil((first + cut - 2 * factor + 1) / factor)
        last = (last + cut) // factor
    first, last = _before(first, last, sizes.kernel_size - 1, sizes.causal)
    return -first, last


class _Convolutions:
    """Convolutions that keep the length of a signal or multiply it."""

    def __init__(self, causal: bool, weight_norm: bool) -> None:
        self.causal = causal
        self.weight_norm = weight_norm
        self.layer = WeightNormConv1D if weight_norm else DirectConv1D

    def convolve(self, hidden, filters: int, kernel_size: int, name: str, **options):
        """Convolve a signal, reflected at its ends."""
        if kernel_size > 1:
            span = (kernel_size - 1) * options.get("dilation_rate", 1)
            sides = (span, 0) if self.causal else (span // 2, span // 2)
            hidden = ReflectionPadding1D(*sides, name=f"{name}_padding")(hidden)
        return self.layer(filters, kernel_size, name=name, **options)(hidden)

    def residual(self, hidden, kernel_size: int, dilation: int, name: str):
        """Add what two convolutions make of a signal to its shortcut."""
        channels = hidden.shape[-1]
        dilated, mix = f"{name}_dilated", f"{name}_mix"
        shortcut = self.convolve(hidden, channels, 1, f"{name}_shortcut")
        inner = _rectified(hidden, dilated)
        if not self.weight_norm:
            options = {"dilation_rate": dilation, "negative_slope": _SLOPE}
            inner = self.convolve(inner, channels, kernel_size, dilated, **options)
            return self.layer(channels, 1, name=mix)(inner, shortcut)
        inner = self.convolve(inner, channels, kernel_size, dilated, dilation_rate=dilation)
        inner = self.convolve(_rectified(inner, mix), channels, 1, mix)
        return keras.layers.Add(name=name)([shortcut, inner])

    def upsample(self, hidden, filters: int, factor: int, cut: int, name: str):
        """Give `factor` samples for each, of which `cut` more are dropped at the left."""
        if self.causal:
            hidden = ReplicationPadding1D(1, name=f"{name}_padding")(hidden)
            sides = (factor, factor)
        else:
            sides = (cut, factor - cut)
        if not self.weight_norm:
            hidden = DirectConv1DTranspose(filters, factor, name=name)(hidden)
        elif not self.causal and cut == factor // 2:
            same = WeightNormConv1DTranspose(filters, 2 * factor, factor, "same", name=name)
            return same(hidden)
        else:
            hidden = WeightNormConv1DTranspose(filters, 2 * factor, factor, name=name)(hidden)
        return keras.layers.Cropping1D(sides, name=f"{name}_cut")(hidden)


def _rectified(hidden, name: str):
    """Apply the rectifier that is before every layer but the first and the shortcuts."""
    return keras.layers.LeakyReLU(_SLOPE, name=f"rectified_{name}")(hidden)


def _before(first: int, last: int, span: int, causal: bool) -> tuple[int, int]:
    """Return the samples that a convolution of so wide a span makes some others of."""
    return (first - span, last) if causal else (first - span // 2, last + span // 2)
