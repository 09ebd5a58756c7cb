"""The networks of the causal variant: a streaming mask on spectra, and a judge of spectra."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import keras

from tfgan_audio.layers.block_fourier import LogPowerFrames
from tfgan_audio.layers.causal_enhancer import CausalEnhancer


@dataclass(frozen=True, kw_only=True)
class CausalSizes:
    """What the causal networks are made of.

    Args:
        frame_samples: Samples of a Fourier frame; equals the algorithmic latency.
        hop_samples: Samples between two frames.
        channels: Width of the generator.
        kernel_size: Frames that one of its convolutions sees.
        dilations: Distance between those frames, one entry a convolution.
        recurrent: Whether a recurrent unit follows the noise for longer than they see.
        discriminator_channels: Width of the discriminator.
    """

    frame_samples: int = 512
    hop_samples: int = 256
    channels: int = 256
    kernel_size: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16)
    recurrent: bool = False
    discriminator_channels: int = 64

    def __post_init__(self) -> None:
        """Make a tuple of a list."""
        object.__setattr__(self, "dilations", tuple(self.dilations))


def build_causal_generator(sizes: CausalSizes) -> keras.Model:
    """Build the causal generator.

    Args:
        sizes: What it is made of.

    Shape:
        noisy [B, T, 1] -> [B, T, 1].
    """
    arguments = asdict(sizes)
    del arguments["discriminator_channels"]
    noisy = keras.Input([None, 1], name="noisy")
    return keras.Model(noisy, CausalEnhancer(name="enhancer", **arguments)(noisy), name="generator")


def build_spectral_discriminator(channels: int) -> keras.Model:
    """Build a convolutional discriminator of log-power spectra.

    Args:
        channels: Width of its three hidden convolutions.

    Shape:
        [candidate [B, T, 1], noisy [B, T, 1]] -> maps [B, F, channels] ..., score [B, F', 1].
    """
    candidate = keras.Input([None, 1], name="candidate")
    noisy = keras.Input([None, 1], name="noisy")
    frames = LogPowerFrames(512, 256, name="log_power")
    hidden = keras.layers.Concatenate()([frames(candidate), frames(noisy)])
    maps = []
    for index, stride in enumerate((1, 2, 2)):
        convolution = keras.layers.Conv1D(
            channels, 5, strides=stride, padding="same", name=f"conv_{index}"
        )
        hidden = keras.layers.LeakyReLU(0.2)(convolution(hidden))
        maps.append(hidden)
    score = keras.layers.Conv1D(1, 3, padding="same", dtype="float32", name="score")(hidden)
    return keras.Model([candidate, noisy], [*maps, score], name="discriminator")
