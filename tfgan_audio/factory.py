"""From a configuration to objects: the one place that knows both."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

import keras

from tfgan_audio.config.data_schema import PairsDataConfig
from tfgan_audio.config.features_schema import MelFeaturesConfig
from tfgan_audio.config.melgan_schema import MelGANConfig, MelGANLossesConfig
from tfgan_audio.config.schema import (
    ExperimentConfig,
    MelGANExperiment,
    OptimizerConfig,
    SEGANExperiment,
    SoundsExperiment,
    TrainConfig,
    WaveGANExperiment,
)
from tfgan_audio.config.segan_schema import (
    SEGANCausalConfig,
    SEGANLossesConfig,
    SEGANOriginalConfig,
    SEGANPlusConfig,
)
from tfgan_audio.config.sounds_schema import SoundsDataConfig
from tfgan_audio.config.speech_schema import SpeechDataConfig
from tfgan_audio.config.wavegan_schema import WaveGANConfig, WaveGANLossesConfig
from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.mel_statistics import prepared_features
from tfgan_audio.data.pipeline import Source
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.data.sound_source import prepared_sounds
from tfgan_audio.data.vocoder_source import SpeechSegments, Utterance, utterances
from tfgan_audio.errors import InputError
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.melgan_sizes import MelGANSizes
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN

_FAMILIES = {"segan": SEGAN, "wavegan": WaveGAN, "specgan": SpecGAN, "melgan": MelGAN}


def build_model(config: ExperimentConfig, **from_data: Any) -> AdversarialModel:
    """Build and compile the model of an experiment, in the strategy scope in force.

    Args:
        config: The experiment.
        **from_data: Keywords of the family that its data decide, such as `label_names`; by default
            those that the section `data` tells.

    Returns:
        A compiled model.
    """
    model = _FAMILIES[config.family](**asdict(config.model), **(_told(config) | from_data))
    optimizers = model.default_optimizers(config.losses.objective)
    train, rates = config.train, config.optimizer
    given = (rates.generator_learning_rate, rates.discriminator_learning_rate)
    num_updates = (train.num_steps, _num_discriminator_updates(config, model))
    for optimizer, rate, number in zip(optimizers, given, num_updates, strict=True):
        rate = _rate(optimizer) if rate is None else rate
        optimizer.learning_rate = _schedule(rates, rate, number)
        if rates.betas is not None:
            _set_betas(optimizer, rates.betas)
    model.compile(
        *optimizers,
        num_micro_batches=train.num_micro_batches,
        adversarial_start_step=train.adversarial_start_step,
        ema_momentum=train.ema_momentum,
        seed=config.seed,
        **asdict(config.losses),
    )
    return model


def check_sizes(config: ExperimentConfig) -> None:
    """Refuse sizes of networks that do not fit each other, before the work on the data.

    Args:
        config: The experiment.

    Raises:
        InputError: No MelGAN has such sizes; other families' sections check their own.
    """
    if isinstance(config, MelGANExperiment):
        try:
            MelGANSizes(**asdict(config.model))
        except InputError as error:
            raise InputError(f"model.{error.name}", error.seen, error.expected) from error


def describe_model(model: SEGAN | WaveGAN | MelGAN, name: str) -> ExperimentConfig:
    """Return the experiment that builds a model as it is made and compiled.

    Args:
        model: Compiled model with constant learning rates.
        name: Name of the experiment.

    Returns:
        An experiment on pairs of recordings in `data/noisy` and `data/clean`, on sounds in
        `data/sounds`, or on speech in `data/speech`.
    """
    by_family = {SEGAN: _describe_segan, WaveGAN: _describe_wavegan, MelGAN: _describe_melgan}
    describe = by_family[type(model)]
    rates = OptimizerConfig(
        generator_learning_rate=_rate(model.generator_optimizer),
        discriminator_learning_rate=_rate(model.discriminator_optimizer),
        betas=_common_betas(model),
    )
    train = TrainConfig(
        adversarial_start_step=model.adversarial_start_step, ema_momentum=model.ema_momentum
    )
    return describe(model, name=name, optimizer=rates, train=train)


def _describe_segan(model: SEGAN, **sections: Any) -> SEGANExperiment:
    """Describe a SEGAN."""
    kinds = {
        "causal": SEGANCausalConfig,
        "segan": SEGANOriginalConfig,
        "segan_plus": SEGANPlusConfig,
    }
    weights = {f"{term}_weight": weight for term, weight in model.term_weights.items()}
    segment_samples = getattr(model.sizes, "slice_samples", PairsDataConfig.segment_samples)
    return SEGANExperiment(
        family="segan",
        model=kinds[model.variant](**asdict(model.sizes)),
        losses=SEGANLossesConfig(objective=model.objective.name, **weights),
        data=PairsDataConfig(
            noisy_dir="data/noisy",
            clean_dir="data/clean",
            shards_dir="data/shards",
            sample_rate_hz=model.sample_rate_hz,
            segment_samples=segment_samples,
            validation_segment_samples=max(
                segment_samples, PairsDataConfig.validation_segment_samples
            ),
        ),
        **sections,
    )


def _describe_wavegan(model: WaveGAN, **sections: Any) -> WaveGANExperiment:
    """Describe a WaveGAN without labels."""
    sizes = asdict(model.sizes)
    return WaveGANExperiment(
        family="wavegan",
        model=WaveGANConfig(**{key.name: sizes[key.name] for key in fields(WaveGANConfig)}),
        losses=WaveGANLossesConfig(
            objective=model.objective.name,
            critic_steps=model.objective.critic_steps,
            gradient_penalty_weight=model.objective.gradient_penalty_weight,
            adversarial_weight=model.term_weights["adversarial"],
            augment=model.augment,
        ),
        data=SoundsDataConfig(
            sound_dir="data/sounds",
            shards_dir="data/shards",
            sample_rate_hz=model.sample_rate_hz,
            num_channels=model.num_channels,
        ),
        **sections,
    )


def _describe_melgan(model: MelGAN, **sections: Any) -> MelGANExperiment:
    """Describe a MelGAN."""
    weights = {f"{term}_weight": weight for term, weight in model.term_weights.items()}
    usual, hop_samples = SpeechDataConfig.segment_samples, model.features.hop_samples
    return MelGANExperiment(
        family="melgan",
        model=MelGANConfig(**asdict(model.sizes)),
        losses=MelGANLossesConfig(
            objective=model.objective.name, critic_steps=model.objective.critic_steps, **weights
        ),
        data=SpeechDataConfig(
            speech_dir="data/speech",
            shards_dir="data/shards",
            sample_rate_hz=model.features.sample_rate_hz,
            features=MelFeaturesConfig.of(model.features),
            segment_samples=-(-usual // hop_samples) * hop_samples,
        ),
        **sections,
    )


def training_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the endless training examples of an experiment.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    if isinstance(config, SoundsExperiment):
        num_samples = config.model.slice_samples
        return prepared_sounds(config.data, prepared, num_samples, "train", config.seed)
    if isinstance(config, MelGANExperiment):
        data, clips = config.data, prepared["speech"].subset("train")
        features = prepared_features(data, prepared.path)
        return SpeechSegments(clips, features, data.segment_samples, config.seed, data.gain)
    return _pairs_source(config, prepared, "train", config.data.segment_samples, config.seed)


def held_out_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the held-out examples of an experiment; they do not depend on its seed.

    Args:
        config: The experiment, of any family but MelGAN: see `held_out_speech`.
        prepared: Its prepared data.
    """
    if isinstance(config, SoundsExperiment):
        return prepared_sounds(config.data, prepared, config.model.slice_samples, "validation")
    num_samples = config.data.validation_segment_samples
    return _pairs_source(config, prepared, "validation", num_samples, seed=0)


def held_out_speech(config: MelGANExperiment, prepared: PreparedSet) -> list[Utterance]:
    """Return the held-out recordings of a vocoder's experiment, whole.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    data, clips = config.data, prepared["speech"].subset("validation")
    features = prepared_features(data, prepared.path)
    return utterances(clips, features, data.num_validation_items, data.validation_seconds)


def _pairs_source(
    config: SEGANExperiment, prepared: PreparedSet, split: str, segment_samples: int, seed: int
) -> Source:
    """Noisy and clean examples of one split."""
    data = config.data
    if data.kind != "mixtures":
        noisy, clean = (prepared[role].subset(split) for role in ("noisy", "clean"))
        return Pairs(noisy, clean, segment_samples, seed)
    recipe = Recipe.of(data)
    if split == "validation":
        recipe = replace(
            recipe, snr_db=data.validation_snr_db, augment=False, speechless_probability=0.0
        )
    speech = prepared["speech"].subset(split)
    noise = prepared["noise"].subset(split) if recipe.num_noises[1] > 0 else None
    has_rooms = recipe.reverb_probability > 0.0
    responses = prepared["response"].subset(split) if has_rooms else None
    return Mixtures(speech, noise, segment_samples, recipe, seed, responses)


def _told(config: ExperimentConfig) -> dict[str, Any]:
    """Keywords of a family that the section `data` tells by itself."""
    if isinstance(config, MelGANExperiment):
        return {"features": config.data.mel_features}
    return {"sample_rate_hz": config.data.sample_rate_hz}


def _set_betas(optimizer: keras.optimizers.Optimizer, betas: tuple[float, float]) -> None:
    """Give Adam another memory."""
    if not isinstance(optimizer, keras.optimizers.Adam):
        expected = f"null: the family is trained by {type(optimizer).__name__}"
        raise InputError("optimizer.betas", list(betas), expected)
    optimizer.beta_1, optimizer.beta_2 = betas


def _common_betas(model: AdversarialModel) -> tuple[float, float] | None:
    """Return the memory that both optimizers have, if they are Adam; there is one entry for it."""
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    if not all(isinstance(optimizer, keras.optimizers.Adam) for optimizer in optimizers):
        return None
    one, other = ((optimizer.beta_1, optimizer.beta_2) for optimizer in optimizers)
    return one if one == other else None


def _rate(optimizer: keras.optimizers.Optimizer) -> float:
    """Return a learning rate without the noise of float32: 5e-5, not 4.99999987e-5."""
    return float(f"{optimizer.learning_rate.numpy():.7g}")


def _schedule(config: OptimizerConfig, learning_rate: float, num_updates: int):
    """Return the rate, or its way down: to a fiftieth at the last update, or by halves."""
    schedules = keras.optimizers.schedules
    if config.schedule == "constant":
        return learning_rate
    if config.schedule == "halving":
        rates = [learning_rate / 2**number for number in range(len(config.halve_at_updates) + 1)]
        # Keras leaves an interval behind its upper end.
        ends = [updates - 1 for updates in config.halve_at_updates]
        return schedules.PiecewiseConstantDecay(ends, rates)
    return schedules.CosineDecay(learning_rate, max(1, num_updates), alpha=0.02)


def _num_discriminator_updates(config: ExperimentConfig, model: AdversarialModel) -> int:
    """Updates in the steps in which the discriminator takes part."""
    train, losses = config.train, config.losses
    critic_steps = losses.critic_steps or model.make_objective(losses.objective).critic_steps
    return (train.num_steps - train.adversarial_start_step) * critic_steps
