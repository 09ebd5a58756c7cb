"""What an experiment's YAML file holds: one frozen dataclass per section.

A section's keys are the keywords of what is built from it, letter by letter. Ranges are checked
here, types and names by `config.loading`, which also puts the section's name before the key.
"""

from dataclasses import dataclass
from typing import Any, Literal

from tfgan_audio.config.acoustic_schema import AcousticConfig, AcousticLossesConfig
from tfgan_audio.config.choices import Precision
from tfgan_audio.config.data_schema import (
    MixturesDataConfig,
    PairsDataConfig,
    VoiceBankDataConfig,
)
from tfgan_audio.config.melgan_schema import MelGANConfig, MelGANLossesConfig
from tfgan_audio.config.ranges import check, check_above_0, check_at_least
from tfgan_audio.config.reading_schema import (
    Aishell3TextsConfig,
    BakerTextsConfig,
    EmotionsDataConfig,
    LJSpeechTextsConfig,
    ManifestDataConfig,
)
from tfgan_audio.config.segan_schema import (
    SEGANCausalConfig,
    SEGANLossesConfig,
    SEGANOriginalConfig,
    SEGANPlusConfig,
)
from tfgan_audio.config.sounds_schema import (
    NSynthDataConfig,
    SoundsDataConfig,
    SpeechCommandsDataConfig,
)
from tfgan_audio.config.speech_schema import (
    BakerDataConfig,
    LibriTTSDataConfig,
    LJSpeechDataConfig,
    PredictedDataConfig,
    SpeechDataConfig,
    VCTKDataConfig,
)
from tfgan_audio.config.wavegan_schema import (
    SpecGANConfig,
    SpecGANLossesConfig,
    WaveGANConfig,
    WaveGANLossesConfig,
)

# Weights that a variant has above 0 where nothing else is asked for.
_CAUSAL_WEIGHTS = ("adversarial_weight", "snr_weight", "magnitude_l1_weight")
_WAVEFORM_WEIGHTS = ("adversarial_weight", "waveform_l1_weight")


@dataclass(frozen=True, kw_only=True)
class OptimizerConfig:
    """How fast the two networks learn.

    Args:
        generator_learning_rate: Above 0; null: what the family has.
        discriminator_learning_rate: The same.
        schedule: Keep the rates `constant`, lower them to almost 0 along a `cosine`, or halve them
            at `halve_at_updates`.
        warm_up_learning_rate: Of the generator before `train.adversarial_start_step`, above 0. It
            falls along a cosine of its own, and `generator_learning_rate` along another from there;
            null: one for both.
        halve_at_updates: Updates after which a network's rate is halved, rising.
        betas: Memory of Adam's two averages, from 0 to below 1; null: what the family has.
    """

    generator_learning_rate: float | None = None
    discriminator_learning_rate: float | None = None
    schedule: Literal["constant", "cosine", "halving"] = "constant"
    warm_up_learning_rate: float | None = None
    halve_at_updates: tuple[int, ...] = ()
    betas: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        for key in ("generator", "discriminator", "warm_up"):
            if (rate := getattr(self, f"{key}_learning_rate")) is not None:
                check_above_0(**{f"{key}_learning_rate": rate})
        if self.warm_up_learning_rate is not None:
            check("schedule", self.schedule, self.schedule == "cosine", "cosine, for a warm-up")
        updates = self.halve_at_updates
        rising = all(low < high for low, high in zip((0, *updates), updates))
        check("halve_at_updates", list(updates), rising, "rising numbers of at least 1")
        fits = (self.schedule == "halving") == bool(updates)
        expected = "some with schedule: halving, none with another"
        check("halve_at_updates", list(updates), fits, expected)
        if self.betas is not None:
            good = all(0 <= beta < 1 for beta in self.betas)
            check("betas", list(self.betas), good, "two numbers from 0 to below 1")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How long and on what to train.

    Args:
        num_steps: Generator updates of the whole training, at least 1.
        batch_size: Examples of one step over all replicas, a multiple of `num_replicas` times
            `num_micro_batches`.
        num_micro_batches: Parts of a batch that are computed one after the other, to save memory.
        validate_every_steps: Steps between validations, at least 1.
        precision: Keras' policy of the same name.
        num_replicas: Devices (or logical CPUs) that share a batch, at least 1.
        ema_momentum: Of the average of the generator's weights, from 0 to below 1; null: none.
        adversarial_start_step: Steps that train on the reconstruction terms alone, at least 0.
        num_samples: Audio samples kept of each validation, at least 0.
        start_from: Trained model whose weights the run begins with: a run folder, a `.keras` file
            or "default", the model of the family that comes with the package; null begins with
            random ones. Optimizers and steps begin anew.
    """

    num_steps: int = 20_000
    batch_size: int = 12
    num_micro_batches: int = 1
    validate_every_steps: int = 500
    precision: Precision = "float32"
    num_replicas: int = 1
    ema_momentum: float | None = None
    adversarial_start_step: int = 0
    num_samples: int = 4
    start_from: str | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            num_steps=self.num_steps,
            batch_size=self.batch_size,
            num_micro_batches=self.num_micro_batches,
            validate_every_steps=self.validate_every_steps,
            num_replicas=self.num_replicas,
        )
        check_at_least(
            0, adversarial_start_step=self.adversarial_start_step, num_samples=self.num_samples
        )
        if self.ema_momentum is not None:
            momentum = self.ema_momentum
            check("ema_momentum", momentum, 0 <= momentum < 1, "from 0 to below 1")
        num_parts = self.num_replicas * self.num_micro_batches
        expected = f"a multiple of num_replicas times num_micro_batches, {num_parts}"
        check("batch_size", self.batch_size, self.batch_size % num_parts == 0, expected)


@dataclass(frozen=True, kw_only=True)
class AcousticTrainConfig(TrainConfig):
    """How long and on what to train the acoustic model; also all keys of `TrainConfig`.

    Args:
        vocoder: Run folder or `.keras` file of a vocoder of the same mel features, which makes the
            samples of the run audible and later speaks for it; null: Griffin and Lim's algorithm.
    """

    vocoder: str | None = None


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
        rate, train = self.optimizer.warm_up_learning_rate, self.train
        has_both = 0 < train.adversarial_start_step < train.num_steps
        expected = "null: train.adversarial_start_step lies not within the training"
        check("optimizer.warm_up_learning_rate", rate, rate is None or has_both, expected)


@dataclass(frozen=True, kw_only=True)
class SEGANExperiment(ExperimentConfig):
    """A training of speech enhancement; the keys are those of `ExperimentConfig`."""

    family: Literal["segan"]
    model: SEGANCausalConfig | SEGANOriginalConfig | SEGANPlusConfig = SEGANCausalConfig()
    losses: SEGANLossesConfig = SEGANLossesConfig()
    data: MixturesDataConfig | PairsDataConfig | VoiceBankDataConfig

    def __post_init__(self) -> None:
        """Refuse sections that do not fit each other."""
        ExperimentConfig.__post_init__(self)
        weights = self.losses.weights()
        defaults = _CAUSAL_WEIGHTS if self.model.variant == "causal" else _WAVEFORM_WEIGHTS
        some = [
            key for key in weights if weights[key] or (weights[key] is None and key in defaults)
        ]
        expected = "above 0, or another weight above 0"
        check("losses.adversarial_weight", 0.0, len(some) > 0, expected)
        window_samples = getattr(self.model, "slice_samples", 1)
        for key in ("segment_samples", "validation_segment_samples"):
            long_enough = getattr(self.data, key) >= window_samples
            expected = f"at least model.slice_samples, {window_samples}"
            check(f"data.{key}", getattr(self.data, key), long_enough, expected)


@dataclass(frozen=True, kw_only=True)
class SoundsExperiment(ExperimentConfig):
    """A training that learns to make sounds; the keys are those of `ExperimentConfig`."""

    data: SoundsDataConfig | SpeechCommandsDataConfig | NSynthDataConfig

    def __post_init__(self) -> None:
        """Refuse sections that do not fit each other."""
        ExperimentConfig.__post_init__(self)
        first = self.train.adversarial_start_step
        expected = "0: there is no other loss term"
        check("train.adversarial_start_step", first, first == 0, expected)


@dataclass(frozen=True, kw_only=True)
class WaveGANExperiment(SoundsExperiment):
    """A training of sounds as waveforms; the keys are those of `ExperimentConfig`."""

    family: Literal["wavegan"]
    model: WaveGANConfig = WaveGANConfig()
    losses: WaveGANLossesConfig = WaveGANLossesConfig()


@dataclass(frozen=True, kw_only=True)
class SpecGANExperiment(SoundsExperiment):
    """A training of sounds as spectrograms; the keys are those of `ExperimentConfig`."""

    family: Literal["specgan"]
    model: SpecGANConfig = SpecGANConfig()
    losses: SpecGANLossesConfig = SpecGANLossesConfig()

    def __post_init__(self) -> None:
        """Refuse sections that do not fit each other."""
        SoundsExperiment.__post_init__(self)
        num_channels = self.data.num_channels
        check("data.num_channels", num_channels, num_channels == 1, "1: SpecGAN is mono")


@dataclass(frozen=True, kw_only=True)
class MelGANExperiment(ExperimentConfig):
    """A training of a vocoder, from mel spectrograms to speech; keys as in `ExperimentConfig`."""

    family: Literal["melgan"]
    model: MelGANConfig = MelGANConfig()
    losses: MelGANLossesConfig = MelGANLossesConfig()
    data: (
        SpeechDataConfig
        | LJSpeechDataConfig
        | VCTKDataConfig
        | LibriTTSDataConfig
        | BakerDataConfig
        | PredictedDataConfig
    )

    def __post_init__(self) -> None:
        """Refuse sections that do not fit each other."""
        ExperimentConfig.__post_init__(self)
        self._check_hop()
        losses, num_bands = self.losses, self.model.num_bands
        has_term = losses.judged or losses.reconstructs
        expected = "above 0, or another weight above 0"
        check("losses.adversarial_weight", 0.0, has_term, expected)
        weight = losses.sub_band_stft_weight
        expected = "null or 0: model.num_bands is 1"
        check("losses.sub_band_stft_weight", weight, num_bands > 1 or not weight, expected)
        first = self.train.adversarial_start_step
        learns = first == 0 or losses.reconstructs
        expected = "0, or a weight above 0 of what is learnt before, such as losses.mel_l1_weight"
        check("train.adversarial_start_step", first, learns, expected)

    def _check_hop(self) -> None:
        """Require that a frame has as many samples for the features as for the generator."""
        model, hop_samples = self.model, self.data.mel_features.hop_samples
        product = " x ".join(map(str, (*model.upsample_factors, model.num_bands)))
        expected = (
            "the product of model.upsample_factors times model.num_bands, "
            f"{product} = {model.hop_samples}"
        )
        fits = hop_samples == model.hop_samples
        check("data.features.hop_samples", hop_samples, fits, expected)


@dataclass(frozen=True, kw_only=True)
class AcousticExperiment(ExperimentConfig):
    """A training of text to mel spectrograms; the keys are those of `ExperimentConfig`."""

    family: Literal["acoustic"]
    model: AcousticConfig = AcousticConfig()
    losses: AcousticLossesConfig = AcousticLossesConfig()
    data: (
        ManifestDataConfig
        | LJSpeechTextsConfig
        | BakerTextsConfig
        | Aishell3TextsConfig
        | EmotionsDataConfig
    )
    train: AcousticTrainConfig = AcousticTrainConfig()

    def __post_init__(self) -> None:
        """Refuse sections that do not fit each other."""
        ExperimentConfig.__post_init__(self)
        first, judged = self.train.adversarial_start_step, self.losses.judged
        expected = "0, or losses.adversarial_weight above 0"
        check("train.adversarial_start_step", first, first == 0 or judged, expected)
        parts = self.train.num_micro_batches
        check("train.num_micro_batches", parts, parts == 1, "1: sentences differ in length")


# One class per family; `config.loading` picks by the value of `family`.
EXPERIMENTS: tuple[type[ExperimentConfig], ...] = (
    SEGANExperiment,
    WaveGANExperiment,
    SpecGANExperiment,
    MelGANExperiment,
    AcousticExperiment,
)
