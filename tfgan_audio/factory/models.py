"""From a configuration to a compiled model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tfgan_audio.config.schema import (
    AcousticExperiment,
    ExperimentConfig,
    MelGANExperiment,
)
from tfgan_audio.errors import InputError
from tfgan_audio.factory.optimizers import set_optimizers
from tfgan_audio.models.acoustic import AcousticModel
from tfgan_audio.models.acoustic_sizes import AcousticSizes
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.melgan_sizes import MelGANSizes
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN

_FAMILIES = {
    "segan": SEGAN,
    "wavegan": WaveGAN,
    "specgan": SpecGAN,
    "melgan": MelGAN,
    "acoustic": AcousticModel,
}
_SIZES = {"melgan": MelGANSizes, "acoustic": AcousticSizes}


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
    set_optimizers(config, *optimizers, _num_discriminator_updates(config, model))
    train = config.train
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
        InputError: No model of the family has such sizes; some families' sections check their own.
    """
    if config.family in _SIZES:
        try:
            _SIZES[config.family](**asdict(config.model))
        except InputError as error:
            raise InputError(f"model.{error.name}", error.seen, error.expected) from error


def _told(config: ExperimentConfig) -> dict[str, Any]:
    """Keywords of a family that the section `data` tells by itself."""
    if isinstance(config, MelGANExperiment | AcousticExperiment):
        return {"features": config.data.mel_features}
    return {"sample_rate_hz": config.data.sample_rate_hz}


def _num_discriminator_updates(config: ExperimentConfig, model: AdversarialModel) -> int:
    """Updates in the steps in which the discriminator takes part."""
    train, losses = config.train, config.losses
    critic_steps = losses.critic_steps or model.make_objective(losses.objective).critic_steps
    return (train.num_steps - train.adversarial_start_step) * critic_steps
