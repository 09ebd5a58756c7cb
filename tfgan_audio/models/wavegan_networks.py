"""The networks of WaveGAN: latents to waveforms by transposed convolutions, and their critic."""

from __future__ import annotations

import math
from dataclasses import dataclass

import keras
from keras import layers

from tfgan_audio.errors import InputError
from tfgan_audio.layers.batch_norm import BatchNorm
from tfgan_audio.layers.phase_shuffle import PhaseShuffle
from tfgan_audio.models.label_conditioning import label_input, project_labels, with_labels
from tfgan_audio.nearest import one_of

FIRST_FRAMES = 16
PUBLISHED_STRIDES = {
    16384: (4, 4, 4, 4, 4),
    32768: (4, 4, 4, 4, 4, 2),
    65536: (4, 4, 4, 4, 4, 4),
}
UPSAMPLINGS = ("transposed", "nearest")
_MOST_SHUFFLES = 4
_SLOPE = 0.2


@dataclass(frozen=True, kw_only=True)
class WaveGANSizes:
    """What the networks are made of; the keywords of `WaveGAN` of the same names."""

    slice_samples: int = 16384
    latent_dim: int = 100
    base_channels: int = 64
    kernel_size: int = 25
    num_channels: int = 1
    num_classes: int = 0
    phase_shuffle: int = 2
    phase_shuffle_per_example: bool = False
    batch_norm: bool = False
    upsampling: str = "transposed"
    postfilter_taps: int = 0
    strides: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        """Find the strides, and refuse what no network can have."""
        for name in ("latent_dim", "base_channels", "kernel_size", "num_channels"):
            _check(name, getattr(self, name), 1)
        for name in ("num_classes", "phase_shuffle", "postfilter_taps"):
            _check(name, getattr(self, name), 0)
        if self.upsampling not in UPSAMPLINGS:
            raise InputError("upsampling", self.upsampling, one_of(UPSAMPLINGS))
        strides = PUBLISHED_STRIDES.get(self.slice_samples, self.strides)
        if self.strides is not None:
            strides = tuple(self.strides)
        if strides is None:
            expected = f"{one_of(map(str, PUBLISHED_STRIDES))}, or strides for it"
            raise InputError("slice_samples", self.slice_samples, expected)
        object.__setattr__(self, "strides", strides)
        for stride in strides:
            _check("strides", stride, 1)
        if not strides or self.slice_samples != FIRST_FRAMES * math.prod(strides):
            seen = f"{list(strides)}, which make {FIRST_FRAMES * math.prod(strides)} samples"
            raise InputError("strides", seen, f"strides that make {self.slice_samples}")
        if max(strides) > self.kernel_size:
            expected = f"at least the largest stride, {max(strides)}"
            raise InputError("kernel_size", self.kernel_size, expected)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the critic's layers, each twice the one before."""
        return tuple(self.base_channels * 2**index for index in range(len(self.strides)))


def build_generator(sizes: WaveGANSizes) -> keras.Model:
    """Build the generator.

    The latent becomes 16 frames, which each layer makes `stride` times more of and halves in width.
    Behind the last layer's tanh may stand a filter, which is not bounded by 1.

    Args:
        sizes: What it is made of.

    Shape:
        latent [B, `latent_dim`], or [latent, label [B]] where there are classes -> [B, T, C].
    """
    latent = keras.Input([sizes.latent_dim], name="latent")
    widths = sizes.widths[::-1]
    hidden = layers.Dense(FIRST_FRAMES * widths[0], name="project")(latent)
    inputs, hidden = with_labels(latent, hidden, sizes.num_classes)
    hidden = layers.Reshape([FIRST_FRAMES, widths[0]], name="frames")(hidden)
    outputs = (*widths[1:], sizes.num_channels)
    for index, (channels, stride) in enumerate(zip(outputs, sizes.strides, strict=True)):
        if sizes.batch_norm:
            hidden = BatchNorm(name=f"norm_{index}")(hidden)
        hidden = layers.ReLU(name=f"relu_{index}")(hidden)
        hidden = _up(sizes, hidden, channels, stride, f"up_{index}")
    hidden = layers.Activation("tanh", name="tanh", dtype="float32")(hidden)
    if sizes.postfilter_taps:
        hidden = layers.DepthwiseConv1D(
            sizes.postfilter_taps,
            padding="same",
            use_bias=False,
            name="postfilter",
            dtype="float32",
        )(hidden)
    return keras.Model(inputs, hidden, name="generator")


def build_discriminator(sizes: WaveGANSizes) -> keras.Model:
    """Build the critic.

    Args:
        sizes: What it is made of.

    Shape:
        waveform [B, T, C], or [waveform, label [B]] where there are classes -> score [B, 1].
    """
    waveform = keras.Input([sizes.slice_samples, sizes.num_channels], name="waveform")
    hidden = waveform
    num_shuffles = min(_MOST_SHUFFLES, len(sizes.strides) - 1) if sizes.phase_shuffle else 0
    for index, (channels, stride) in enumerate(zip(sizes.widths, sizes.strides, strict=True)):
        hidden = layers.Conv1D(
            channels, sizes.kernel_size, strides=stride, padding="same", name=f"down_{index}"
        )(hidden)
        if sizes.batch_norm and index > 0:
            hidden = BatchNorm(momentum=None, name=f"norm_{index}")(hidden)
        hidden = layers.LeakyReLU(_SLOPE, name=f"relu_{index}")(hidden)
        if index < num_shuffles:
            hidden = PhaseShuffle(
                sizes.phase_shuffle,
                per_example=sizes.phase_shuffle_per_example,
                seed=index,
                name=f"shuffle_{index}",
            )(hidden)
    flat = layers.Flatten(name="flatten")(hidden)
    score = layers.Dense(1, name="score", dtype="float32")(flat)
    if not sizes.num_classes:
        return keras.Model(waveform, score, name="discriminator")
    label = label_input()
    score = project_labels(score, flat, label, sizes.num_classes)
    return keras.Model([waveform, label], score, name="discriminator")


def _up(sizes: WaveGANSizes, hidden, channels: int, stride: int, name: str):
    """Make `stride` times more frames."""
    if sizes.upsampling == "transposed":
        return layers.Conv1DTranspose(
            channels, sizes.kernel_size, strides=stride, padding="same", name=name
        )(hidden)
    repeated = layers.UpSampling1D(stride, name=f"{name}_repeat")(hidden)
    return layers.Conv1D(channels, sizes.kernel_size, padding="same", name=name)(repeated)


def _check(name: str, value: int, least: int) -> None:
    """Refuse anything but a whole number from `least` on."""
    if not isinstance(value, int) or value < least:
        raise InputError(name, value, f"a whole number of at least {least}")
