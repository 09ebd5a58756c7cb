"""What the sections `model` and `losses` of MelGAN hold.

How mel spectrograms are made, the section `data` says.
"""

import math
from dataclasses import dataclass
from typing import Literal

from tfgan_audio.config.choices import Objective
from tfgan_audio.config.ranges import check, check_at_least


@dataclass(frozen=True, kw_only=True)
class MelGANConfig:
    """Keywords of `MelGAN(...)`.

    Args:
        base_channels: Width of the generator before its first upsampling, which halves it.
        upsample_factors: How much finer each stage becomes; with `num_bands`, their product is
            `data.features.hop_samples`.
        residual_layers: Dilated layers of each stage.
        kernel_size: Taps of the first and the last convolution.
        residual_kernel_size: Taps of the dilated ones.
        num_bands: Bands that the generator makes; 1: the waveform itself.
        causal: Whether the generator sees no later frame.
        pqmf_cutoff: Cutoff of the filters that join the bands, from 0 to 1.
        output_activation: Of the last convolution.
        upsample_alignment: Where the outputs of odd factors lie, as in `torch` or in `tensorflow`.
        num_scales: Discriminators of the waveform, each of one half as fine as the one before.
        discriminator_channels: Width of a discriminator's first layer.
        discriminator_max_channels: Largest width in it.
        discriminator_strides: Stride of each of its grouped layers.
        discriminator_kernel_sizes: Taps of its first layer as a product of both, and of its last
            two.
        mel_discriminator: Whether as many discriminators judge mel spectrograms.
        periods: Periods in samples at which further discriminators look.
    """

    base_channels: int = 512
    upsample_factors: tuple[int, ...] = (8, 8, 2, 2)
    residual_layers: int = 3
    kernel_size: int = 7
    residual_kernel_size: int = 3
    num_bands: int = 1
    causal: bool = False
    pqmf_cutoff: float = 0.142
    output_activation: Literal["tanh", "linear"] = "tanh"
    upsample_alignment: Literal["torch", "tensorflow"] = "torch"
    num_scales: int = 3
    discriminator_channels: int = 16
    discriminator_max_channels: int = 1024
    discriminator_strides: tuple[int, ...] = (4, 4, 4, 4)
    discriminator_kernel_sizes: tuple[int, int] = (5, 3)
    mel_discriminator: bool = False
    periods: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values out of range; how sizes fit each other, the networks check."""
        check_at_least(
            1,
            base_channels=self.base_channels,
            kernel_size=self.kernel_size,
            residual_kernel_size=self.residual_kernel_size,
            num_bands=self.num_bands,
            num_scales=self.num_scales,
            discriminator_channels=self.discriminator_channels,
            discriminator_max_channels=self.discriminator_max_channels,
        )
        check_at_least(0, residual_layers=self.residual_layers)
        check("pqmf_cutoff", self.pqmf_cutoff, 0 < self.pqmf_cutoff < 1, "above 0 and below 1")
        for key in ("upsample_factors", "discriminator_strides", "discriminator_kernel_sizes"):
            values = getattr(self, key)
            positive = len(values) > 0 and min(values) >= 1
            check(key, list(values), positive, "whole numbers of at least 1")
        is_set = len({*self.periods}) == len(self.periods) and min(self.periods, default=2) >= 2
        check("periods", list(self.periods), is_set, "whole numbers of at least 2, each once")

    @property
    def hop_samples(self) -> int:
        """Samples that the generator makes for each frame."""
        return math.prod(self.upsample_factors) * self.num_bands


@dataclass(frozen=True, kw_only=True)
class MelGANLossesConfig:
    """Keywords of `MelGAN.compile(...)`. A weight is at least 0; null: what the family has.

    Args:
        objective: What the discriminators and the generator play.
        critic_steps: Discriminator updates for each of the generator; null: the objective's.
        adversarial_weight: Of the objective's generator term; null: 1.
        feature_matching_weight: Of the distance between discriminator features; null: the paper's.
        mel_l1_weight: Of the mean |difference| of log-mel spectrograms; null: 0.
        mel_l2_weight: Of the mean squared difference of the same; null: 0.
        waveform_l1_weight: Of mean |x - y|; null: 0.
        waveform_l2_weight: Of mean (x - y)^2; null: 0.
        multi_resolution_stft_weight: Of the multi-resolution STFT distance; null: 0.
        sub_band_stft_weight: Of the same of the bands, where there are several; null: 0.
    """

    objective: Objective = "hinge"
    critic_steps: int | None = None
    adversarial_weight: float | None = None
    feature_matching_weight: float | None = None
    mel_l1_weight: float | None = None
    mel_l2_weight: float | None = None
    waveform_l1_weight: float | None = None
    waveform_l2_weight: float | None = None
    multi_resolution_stft_weight: float | None = None
    sub_band_stft_weight: float | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.critic_steps is not None:
            check_at_least(1, critic_steps=self.critic_steps)
        check_at_least(0, **{key: value for key, value in self.weights().items() if value})

    def weights(self) -> dict[str, float | None]:
        """Return the weights by key."""
        return {key: value for key, value in vars(self).items() if key.endswith("_weight")}

    @property
    def judged(self) -> bool:
        """Whether the generator learns from the discriminators."""
        return self.adversarial_weight != 0 or self.feature_matching_weight != 0

    @property
    def reconstructs(self) -> bool:
        """Whether it learns from the recordings themselves."""
        judged = ("adversarial_weight", "feature_matching_weight")
        return any(value for key, value in self.weights().items() if key not in judged)
