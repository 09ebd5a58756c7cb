"""From a model to the configuration that builds it."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from tfgan_audio.config.data_schema import PairsDataConfig
from tfgan_audio.config.features_schema import MelFeaturesConfig
from tfgan_audio.config.melgan_schema import MelGANConfig, MelGANLossesConfig
from tfgan_audio.config.schema import (
    ExperimentConfig,
    MelGANExperiment,
    OptimizerConfig,
    SEGANExperiment,
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
from tfgan_audio.factory.optimizers import common_betas, rate_of
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.wavegan import WaveGAN


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
        generator_learning_rate=rate_of(model.generator_optimizer),
        discriminator_learning_rate=rate_of(model.discriminator_optimizer),
        betas=common_betas(model),
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
