"""From a configuration to objects: the one place that knows both."""

from __future__ import annotations

from dataclasses import asdict

import keras

from tfgan_audio.config.schema import ExperimentConfig, OptimizerConfig
from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.pipeline import Source
from tfgan_audio.data.prepare import PreparedSet
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
    generator_optimizer, discriminator_optimizer = model.default_optimizers()
    train, rates = config.train, config.optimizer
    generator_optimizer.learning_rate = _schedule(
        rates, rates.generator_learning_rate, train.num_steps
    )
    discriminator_optimizer.learning_rate = _schedule(
        rates, rates.discriminator_learning_rate, _num_discriminator_updates(config)
    )
    model.compile(
        generator_optimizer,
        discriminator_optimizer,
        adversarial_start_step=train.adversarial_start_step,
        ema_momentum=train.ema_momentum or None,
        seed=config.seed,
        **asdict(config.losses),
    )
    return model


def training_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the endless training examples of an experiment.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    data = config.data
    snr_db = getattr(data, "snr_db", None)
    return _source(config, prepared, "train", data.segment_samples, snr_db, config.seed)


def held_out_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the held-out examples of an experiment; they do not depend on its seed.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    data = config.data
    snr_db = getattr(data, "validation_snr_db", None)
    return _source(config, prepared, "validation", data.validation_segment_samples, snr_db, seed=0)


def _source(
    config: ExperimentConfig,
    prepared: PreparedSet,
    split: str,
    segment_samples: int,
    snr_db: tuple[float, float] | None,
    seed: int,
) -> Source:
    """Examples of one split."""
    roles = {role: clips.subset(split) for role, clips in prepared.roles.items()}
    if config.data.kind == "pairs":
        return Pairs(roles["noisy"], roles["clean"], segment_samples, seed)
    level_dbfs = config.data.level_dbfs
    return Mixtures(roles["speech"], roles["noise"], segment_samples, snr_db, level_dbfs, seed)


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
