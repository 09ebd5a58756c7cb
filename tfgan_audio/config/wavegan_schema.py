"""What the sections `model` and `losses` of WaveGAN and SpecGAN hold.

How many channels and classes a model has, follows from the data.
"""

import math
from dataclasses import dataclass
from typing import Literal

from tfgan_audio.config.choices import Objective
from tfgan_audio.config.ranges import check, check_above_0, check_at_least

_PAPER_LENGTHS = (16384, 32768, 65536)
_FIRST_SAMPLES = 16


@dataclass(frozen=True, kw_only=True)
class WaveGANConfig:
    """Keywords of `WaveGAN(...)`.

    Args:
        slice_samples: Length of a sound.
        latent_dim: Numbers that a sound is made from.
        base_channels: Width of the last hidden layer; each one before is twice as wide.
        kernel_size: Taps of every convolution.
        phase_shuffle: Largest shift between the critic's layers, in samples; 0: none.
        batch_norm: Whether both networks normalise over the batch.
        upsampling: How the generator becomes finer.
        postfilter_taps: Length of a learnt filter behind the generator; 0: none.
        strides: Stride of each layer, whose product times 16 is `slice_samples`; null: the paper's
            for 16384, 32768 or 65536 samples.
        phase_shuffle_per_example: Whether each example has a shift of its own.
    """

    slice_samples: int = 16384
    latent_dim: int = 100
    base_channels: int = 64
    kernel_size: int = 25
    phase_shuffle: int = 2
    batch_norm: bool = False
    upsampling: Literal["transposed", "nearest"] = "transposed"
    postfilter_taps: int = 0
    strides: tuple[int, ...] | None = None
    phase_shuffle_per_example: bool = False

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            slice_samples=self.slice_samples,
            latent_dim=self.latent_dim,
            base_channels=self.base_channels,
            kernel_size=self.kernel_size,
        )
        check_at_least(0, phase_shuffle=self.phase_shuffle, postfilter_taps=self.postfilter_taps)
        if self.strides is None:
            expected = "16384, 32768, 65536, or strides whose product times 16 it is"
            check(
                "slice_samples", self.slice_samples, self.slice_samples in _PAPER_LENGTHS, expected
            )
            return
        positive = len(self.strides) > 0 and min(self.strides) >= 1
        check("strides", list(self.strides), positive, "whole numbers of at least 1")
        num_samples = _FIRST_SAMPLES * math.prod(self.strides)
        expected = f"16 times the product of strides, {num_samples}"
        check("slice_samples", self.slice_samples, self.slice_samples == num_samples, expected)


@dataclass(frozen=True, kw_only=True)
class SpecGANConfig:
    """Keywords of `SpecGAN(...)`.

    Args:
        latent_dim: Numbers that a sound is made from.
        base_channels: Width of the last hidden layer; each one before is twice as wide.
        kernel_size: Taps of every convolution, in time and in frequency.
    """

    latent_dim: int = 100
    base_channels: int = 64
    kernel_size: int = 5

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            latent_dim=self.latent_dim,
            base_channels=self.base_channels,
            kernel_size=self.kernel_size,
        )

    @property
    def slice_samples(self) -> int:
        """Length of a sound, which is no choice."""
        return 16384


@dataclass(frozen=True, kw_only=True)
class WaveGANLossesConfig:
    """Keywords of `WaveGAN.compile(...)`.

    Args:
        objective: What the critic and the generator play.
        critic_steps: Critic updates for each of the generator; null: 5, the paper's.
        gradient_penalty_weight: Of the distance of the critic's slope from 1, at least 0; null: the
            objective's.
        adversarial_weight: Of the generator's only term, above 0.
        augment: Changes made to all that the critic sees, real and made alike, so that it does not
            learn a small set by heart.
    """

    objective: Objective = "wgan-gp"
    critic_steps: int | None = None
    gradient_penalty_weight: float | None = None
    adversarial_weight: float = 1.0
    augment: tuple[Literal["shift", "gain", "polarity", "mask"], ...] = ()

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.critic_steps is not None:
            check_at_least(1, critic_steps=self.critic_steps)
        if self.gradient_penalty_weight is not None:
            check_at_least(0, gradient_penalty_weight=self.gradient_penalty_weight)
        check_above_0(adversarial_weight=self.adversarial_weight)
        is_set = len(set(self.augment)) == len(self.augment)
        check("augment", list(self.augment), is_set, "each change once")


@dataclass(frozen=True, kw_only=True)
class SpecGANLossesConfig(WaveGANLossesConfig):
    """Keywords of `SpecGAN.compile(...)`; also all keys of `WaveGANLossesConfig`.

    Args:
        augment: As there; a spectrogram knows neither gain nor polarity.
    """

    augment: tuple[Literal["shift", "mask"], ...] = ()
