"""From a configuration to objects: the one place that knows both."""

from __future__ import annotations

from dataclasses import asdict, replace

import keras

from tfgan_audio.config.data_schema import PairsDataConfig
from tfgan_audio.config.schema import ExperimentConfig, OptimizerConfig, SEGANExperiment
from tfgan_audio.config.segan_schema import (
    SEGANCausalConfig,
    SEGANLossesConfig,
    SEGANOriginalConfig,
    SEGANPlusConfig,
)
from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.pipeline import Source
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.losses.adversarial import find_objective
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.models.segan import SEGAN

_FAMILIES = {"segan": SEGAN}


def build_model(config: ExperimentConfig) -> AdversarialModel:
    """Build and compile the model of an experiment, in the strategy scope in force.

    Args:
        config: The experiment.

    Returns:
        A compiled model.
    """
    model = _FAMILIES[config.family](
        sample_rate_hz=config.data.sample_rate_hz, **asdict(config.model)
    )
    optimizers = model.default_optimizers()
    train, rates = config.train, config.optimizer
    given = (rates.generator_learning_rate, rates.discriminator_learning_rate)
    num_updates = (train.num_steps, _num_discriminator_updates(config))
    for optimizer, rate, number in zip(optimizers, given, num_updates, strict=True):
        rate = _rate(optimizer) if rate is None else rate
        optimizer.learning_rate = _schedule(rates, rate, number)
    model.compile(
        *optimizers,
        num_micro_batches=train.num_micro_batches,
        adversarial_start_step=train.adversarial_start_step,
        ema_momentum=train.ema_momentum,
        seed=config.seed,
        **asdict(config.losses),
    )
    return model


def describe_model(model: SEGAN, name: str) -> ExperimentConfig:
    """Return the experiment that builds a model as it is made and compiled.

    Args:
        model: Compiled model with constant learning rates.
        name: Name of the experiment.

    Returns:
        An experiment on pairs of recordings in `data/noisy` and `data/clean`.
    """
    sections = {
        "causal": SEGANCausalConfig,
        "segan": SEGANOriginalConfig,
        "segan_plus": SEGANPlusConfig,
    }
    weights = {f"{term}_weight": weight for term, weight in model.term_weights.items()}
    segment_samples = getattr(model.sizes, "slice_samples", PairsDataConfig.segment_samples)
    return SEGANExperiment(
        name=name,
        family="segan",
        model=sections[model.variant](**asdict(model.sizes)),
        losses=SEGANLossesConfig(objective=model.objective.name, **weights),
        optimizer=OptimizerConfig(
            generator_learning_rate=_rate(model.generator_optimizer),
            discriminator_learning_rate=_rate(model.discriminator_optimizer),
        ),
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
    )


def training_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the endless training examples of an experiment.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    return _source(config, prepared, "train", config.data.segment_samples, config.seed)


def held_out_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the held-out examples of an experiment; they do not depend on its seed.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    num_samples = config.data.validation_segment_samples
    return _source(config, prepared, "validation", num_samples, seed=0)


def _source(
    config: ExperimentConfig, prepared: PreparedSet, split: str, segment_samples: int, seed: int
) -> Source:
    """Examples of one split."""
    data = config.data
    if data.kind != "mixtures":
        noisy, clean = (prepared[role].subset(split) for role in ("noisy", "clean"))
        return Pairs(noisy, clean, segment_samples, seed)
    recipe = Recipe.of(data)
    if split == "validation":
        recipe = replace(recipe, snr_db=data.validation_snr_db, augment=False)
    speech = prepared["speech"].subset(split)
    noise = prepared["noise"].subset(split) if recipe.num_noises[1] > 0 else None
    has_rooms = recipe.reverb_probability > 0.0
    responses = prepared["response"].subset(split) if has_rooms else None
    return Mixtures(speech, noise, segment_samples, recipe, seed, responses)


def _rate(optimizer: keras.optimizers.Optimizer) -> float:
    """Return a learning rate without the noise of float32: 5e-5, not 4.99999987e-5."""
    return float(f"{optimizer.learning_rate.numpy():.7g}")


def _schedule(config: OptimizerConfig, learning_rate: float, num_updates: int):
    """Return the rate, or its way down to a fiftieth at the last update."""
    if config.schedule == "constant":
        return learning_rate
    return keras.optimizers.schedules.CosineDecay(learning_rate, max(1, num_updates), alpha=0.02)


def _num_discriminator_updates(config: ExperimentConfig) -> int:
    """Updates in the steps in which the discriminator takes part."""
    train, losses = config.train, config.losses
    critic_steps = losses.critic_steps or find_objective(losses.objective).critic_steps
    return (train.num_steps - train.adversarial_start_step) * critic_steps
