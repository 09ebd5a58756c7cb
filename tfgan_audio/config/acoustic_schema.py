"""What the sections `model`, `losses` and `train` of the acoustic model hold.

What it reads, in whose voice, the section `data` says.
"""

from dataclasses import dataclass

from tfgan_audio.config.choices import Objective
from tfgan_audio.config.ranges import check, check_at_least


@dataclass(frozen=True, kw_only=True)
class AcousticConfig:
    """Keywords of `AcousticModel(...)` that are sizes.

    Args:
        width: Channels of the transformer, an even multiple of `num_heads`.
        num_encoder_blocks: Blocks that read symbols.
        num_decoder_blocks: Blocks that make frames.
        num_heads: Heads of each attention.
        feed_forward_channels: Channels inside of each block.
        kernel_size: Taps of the blocks' and predictors' convolutions, an odd number.
        predictor_channels: Channels of the predictors of durations, pitch and energy.
        aligner_channels: Channels in which symbols and frames are compared.
        dropout: Part of the channels that training drops in blocks and predictors.
        condition_dropout: Part of the examples that training does not tell the speaker, the style
            or the languages.
        discriminator_channels: Channels of the first layer of the judge of mels.
    """

    width: int = 128
    num_encoder_blocks: int = 4
    num_decoder_blocks: int = 4
    num_heads: int = 2
    feed_forward_channels: int = 512
    kernel_size: int = 3
    predictor_channels: int = 128
    aligner_channels: int = 80
    dropout: float = 0.1
    condition_dropout: float = 0.1
    discriminator_channels: int = 32

    def __post_init__(self) -> None:
        """Refuse values out of range; how sizes fit each other, the networks check."""
        shares = ("dropout", "condition_dropout")
        check_at_least(1, **{key: value for key, value in vars(self).items() if key not in shares})
        for key in shares:
            check(key, getattr(self, key), 0 <= getattr(self, key) < 1, "from 0 to below 1")


@dataclass(frozen=True, kw_only=True)
class AcousticLossesConfig:
    """Keywords of `AcousticModel.compile(...)`. A weight is at least 0.

    Args:
        objective: What the discriminator and the generator play, where they play at all.
        critic_steps: Discriminator updates for each of the generator; null: the objective's.
        mel_l1_weight: Of the mean |difference| of log-mel spectrograms.
        mel_l2_weight: Of the mean squared difference of the same.
        duration_weight: Of the mean squared difference of log(1 + duration).
        pitch_weight: Of the same of pitch, in octaves.
        energy_weight: Of the same of energy.
        alignment_weight: Of the sum over alignments.
        binarization_weight: Of minus the mean log-probability of the best alignment.
        adversarial_weight: Of the objective's generator term.
        feature_matching_weight: Of the distance between discriminator features.
        binarization_start_step: Step at which binarization sets in.
        binarization_ramp_steps: Steps from there until it has its whole weight.
    """

    objective: Objective = "lsgan"
    critic_steps: int | None = None
    mel_l1_weight: float = 1.0
    mel_l2_weight: float = 0.0
    duration_weight: float = 0.1
    pitch_weight: float = 0.1
    energy_weight: float = 0.1
    alignment_weight: float = 1.0
    binarization_weight: float = 1.0
    adversarial_weight: float = 0.0
    feature_matching_weight: float = 0.0
    binarization_start_step: int = 1000
    binarization_ramp_steps: int = 1000

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.critic_steps is not None:
            check_at_least(1, critic_steps=self.critic_steps)
        weights = {key: value for key, value in vars(self).items() if key.endswith("_weight")}
        check_at_least(0, **weights, binarization_start_step=self.binarization_start_step)
        check_at_least(1, binarization_ramp_steps=self.binarization_ramp_steps)

    @property
    def judged(self) -> bool:
        """Whether the generator learns from the discriminator."""
        return self.adversarial_weight > 0 or self.feature_matching_weight > 0
