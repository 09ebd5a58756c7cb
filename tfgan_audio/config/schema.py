"""What an experiment's YAML file holds: one frozen dataclass per section.

A section's keys are the keywords of what is built from it, letter by letter. Ranges are checked
here, types and names by `config.loading`, which also puts the section's name before the key.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tfgan_audio.config.ranges import check, check_above_0, check_at_least, check_rising

Objective = Literal["minimax", "lsgan", "hinge", "wgan", "wgan-gp"]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]


@dataclass(frozen=True, kw_only=True)
class SEGANModelConfig:
    """Keywords of `SEGAN(...)`, where each is explained.

    Args:
        variant: `causal`, the streaming network.
        frame_samples: Length of a Fourier frame, the algorithmic latency.
        hop_samples: Distance of two frames.
        channels: Width of the generator.
        kernel_size: Frames that one of its convolutions sees.
        dilations: Distance between those frames, one entry a convolution.
        discriminator_channels: Width of the discriminator.
    """

    variant: Literal["causal"] = "causal"
    frame_samples: int = 512
    hop_samples: int = 256
    channels: int = 256
    kernel_size: int = 3
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16)
    discriminator_channels: int = 64

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            frame_samples=self.frame_samples,
            hop_samples=self.hop_samples,
            channels=self.channels,
            kernel_size=self.kernel_size,
            discriminator_channels=self.discriminator_channels,
        )
        positive = len(self.dilations) > 0 and min(self.dilations) >= 1
        check("dilations", list(self.dilations), positive, "whole numbers of at least 1")


@dataclass(frozen=True, kw_only=True)
class SEGANLossesConfig:
    """Keywords of `SEGAN.compile(...)`. A weight is at least 0, and 0 drops its term.

    Args:
        objective: What the discriminator and the generator play.
        critic_steps: Discriminator updates for each of the generator; null: the objective's.
        adversarial_weight: Of the objective's generator term.
        feature_matching_weight: Of the distance between discriminator features.
        snr_weight: Of the negative signal-to-noise ratio, per decibel.
        magnitude_l1_weight: Of the distance between magnitude spectra.
        waveform_l1_weight: Of mean |x - y|.
        waveform_l2_weight: Of mean (x - y)^2.
        time_frequency_l1_weight: Of the L1 of real part, imaginary part and magnitude.
        time_frequency_l2_weight: Of the squared L2 of the same.
        multi_resolution_stft_weight: Of the multi-resolution STFT distance.
    """

    objective: Objective = "lsgan"
    critic_steps: int | None = None
    adversarial_weight: float = 0.02
    feature_matching_weight: float = 0.0
    snr_weight: float = 0.1
    magnitude_l1_weight: float = 1.0
    waveform_l1_weight: float = 0.0
    waveform_l2_weight: float = 0.0
    time_frequency_l1_weight: float = 0.0
    time_frequency_l2_weight: float = 0.0
    multi_resolution_stft_weight: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.critic_steps is not None:
            check_at_least(1, critic_steps=self.critic_steps)
        weights = {key: value for key, value in vars(self).items() if key.endswith("_weight")}
        check_at_least(0, **weights)


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """How fast the two networks learn.

    Args:
        generator_learning_rate: Above 0.
        discriminator_learning_rate: Above 0.
        schedule: Keep the rates `constant`, or lower them to almost 0 along a `cosine`.
    """

    generator_learning_rate: float = 1e-3
    discriminator_learning_rate: float = 2e-4
    schedule: Literal["constant", "cosine"] = "constant"

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_above_0(
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
        )


@dataclass(frozen=True, kw_only=True)
class EnhancementDataConfig:
    """What both kinds of speech enhancement data share. Relative folders start where one works.

    Args:
        kind: Which of the kinds it is.
        shards_dir: Folder that `prepare` fills and training reads.
        sample_rate_hz: Rate that everything is brought to.
        segment_samples: Length of a training example.
        validation_fraction: Part of the recordings held out, above 0 and below 1.
        validation_segment_samples: Length of a held-out example; 4.8 s cost DNSMOS least.
        num_validation_items: Held-out examples that are scored, at least 1.
    """

    kind: str
    shards_dir: str
    sample_rate_hz: int = 16_000
    segment_samples: int = 32_000
    validation_fraction: float = 0.1
    validation_segment_samples: int = 76_800
    num_validation_items: int = 24

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            sample_rate_hz=self.sample_rate_hz,
            segment_samples=self.segment_samples,
            validation_segment_samples=self.validation_segment_samples,
            num_validation_items=self.num_validation_items,
        )
        fraction = self.validation_fraction
        check("validation_fraction", fraction, 0 < fraction < 1, "above 0 and below 1")


@dataclass(frozen=True, kw_only=True)
class MixturesDataConfig(EnhancementDataConfig):
    """Clean speech and noise, mixed anew for every example.

    Args:
        kind: `mixtures`.
        speech_dir: Folder of clean speech, any depth.
        noise_dir: Folder of noise, any depth.
        snr_db: Lowest and highest speech-to-noise ratio that is drawn.
        validation_snr_db: The same for held-out examples.
        level_dbfs: Lowest and highest level of the mixture that is drawn, at most 0.
    """

    kind: Literal["mixtures"] = "mixtures"
    speech_dir: str
    noise_dir: str
    snr_db: tuple[float, float] = (-5.0, 15.0)
    validation_snr_db: tuple[float, float] = (5.0, 5.0)
    level_dbfs: tuple[float, float] = (-35.0, -15.0)

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        EnhancementDataConfig.__post_init__(self)
        check_rising(
            snr_db=self.snr_db,
            validation_snr_db=self.validation_snr_db,
            level_dbfs=self.level_dbfs,
        )
        expected = "two levels of at most 0 dB of full scale"
        check("level_dbfs", list(self.level_dbfs), self.level_dbfs[1] <= 0, expected)


@dataclass(frozen=True, kw_only=True)
class PairsDataConfig(EnhancementDataConfig):
    """Recordings that exist noisy and clean, paired by file name.

    Args:
        kind: `pairs`.
        noisy_dir: Folder of noisy recordings, any depth.
        clean_dir: Folder of the same recordings without noise.
    """

    kind: Literal["pairs"] = "pairs"
    noisy_dir: str
    clean_dir: str


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How long and on what to train.

    Args:
        num_steps: Generator updates of the whole training, at least 1.
        batch_size: Examples of one step over all replicas, a multiple of `num_replicas`.
        validate_every_steps: Steps between validations, at least 1.
        precision: Keras' policy of the same name.
        num_replicas: Devices (or logical CPUs) that share a batch, at least 1.
        ema_momentum: Of the average of the generator's weights, from 0 to below 1; null: none.
        adversarial_start_step: Steps that train on the reconstruction terms alone, at least 0.
        num_samples: Audio samples kept of each validation, at least 0.
    """

    num_steps: int = 20_000
    batch_size: int = 12
    validate_every_steps: int = 500
    precision: Precision = "float32"
    num_replicas: int = 1
    ema_momentum: float | None = None
    adversarial_start_step: int = 0
    num_samples: int = 4

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            num_steps=self.num_steps,
            batch_size=self.batch_size,
            validate_every_steps=self.validate_every_steps,
            num_replicas=self.num_replicas,
        )
        check_at_least(
            0, adversarial_start_step=self.adversarial_start_step, num_samples=self.num_samples
        )
        if self.ema_momentum is not None:
            momentum = self.ema_momentum
            check("ema_momentum", momentum, 0 <= momentum < 1, "from 0 to below 1")
        divisible = self.batch_size % self.num_replicas == 0
        expected = f"a multiple of num_replicas, {self.num_replicas}"
        check("batch_size", self.batch_size, divisible, expected)


@dataclass(frozen=True, kw_only=True)
class ExperimentConfig:
    """What every experiment has; each family narrows `family`, `model`, `losses` and `data`.

    Args:
        name: What the experiment is called in reports.
        family: Which family of models it is; selects the class of this configuration.
        seed: Of everything that is drawn, from 0 to 2**31 - 1.
        model: Keywords of the family's constructor.
        losses: Keywords of its `compile`.
        optimizer: Keywords of the optimizers.
        data: What to train on.
        train: How long and on what.
    """

    name: str
    family: str
    seed: int = 0
    model: Any
    losses: Any
    optimizer: OptimizerConfig = OptimizerConfig()
    data: Any
    train: TrainConfig = TrainConfig()

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check("name", repr(self.name), self.name.strip() != "", "a name that is not empty")
        check("seed", self.seed, 0 <= self.seed < 2**31, "from 0 to 2147483647")


@dataclass(frozen=True, kw_only=True)
class SEGANExperiment(ExperimentConfig):
    """A training of speech enhancement; the keys are those of `ExperimentConfig`."""

    family: Literal["segan"]
    model: SEGANModelConfig = SEGANModelConfig()
    losses: SEGANLossesConfig = SEGANLossesConfig()
    data: MixturesDataConfig | PairsDataConfig


# One class per family; `config.loading` picks by the value of `family`.
EXPERIMENTS: tuple[type[ExperimentConfig], ...] = (SEGANExperiment,)
