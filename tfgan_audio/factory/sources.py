"""From a configuration and its prepared data to examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tfgan_audio.config.schema import (
    AcousticExperiment,
    ExperimentConfig,
    MelGANExperiment,
    SEGANExperiment,
    SoundsExperiment,
)
from tfgan_audio.config.speech_schema import PredictedDataConfig
from tfgan_audio.data.acoustic_source import ReadSentences
from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.mel_statistics import prepared_features
from tfgan_audio.data.pipeline import Source
from tfgan_audio.data.predicted_source import (
    PredictedSegments,
    predicted_utterances,
    read_mels,
)
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.data.sound_source import prepared_sounds
from tfgan_audio.data.vocoder_source import SpeechSegments, Utterance, utterances


def training_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the endless training examples of an experiment.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    if isinstance(config, SoundsExperiment):
        num_samples = config.model.slice_samples
        return prepared_sounds(config.data, prepared, num_samples, "train", config.seed)
    if isinstance(config, AcousticExperiment):
        return read_sentences(config, prepared, "train")
    if isinstance(config, MelGANExperiment):
        data, clips = config.data, prepared["speech"].subset("train")
        if isinstance(data, PredictedDataConfig):
            mels, segment_samples = _predicted_mels(data, prepared), data.segment_samples
            return PredictedSegments(clips, mels, data.mel_features, segment_samples, config.seed)
        features = prepared_features(data, prepared.path)
        return SpeechSegments(clips, features, data.segment_samples, config.seed, data.gain)
    return _pairs_source(config, prepared, "train", config.data.segment_samples, config.seed)


def held_out_source(config: ExperimentConfig, prepared: PreparedSet) -> Source:
    """Return the held-out examples of an experiment; they do not depend on its seed.

    Args:
        config: The experiment, of any family but MelGAN, see `held_out_speech`, and the acoustic
            model, see `read_sentences`.
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
    amount = data.num_validation_items, data.validation_seconds
    if isinstance(data, PredictedDataConfig):
        mels = _predicted_mels(data, prepared)
        return predicted_utterances(clips, mels, data.mel_features, *amount)
    return utterances(clips, prepared_features(data, prepared.path), *amount)


def read_sentences(config: AcousticExperiment, prepared: PreparedSet, split: str) -> ReadSentences:
    """Return the sentences of one part of an acoustic model's data.

    Args:
        config: The experiment.
        prepared: Its prepared data.
        split: "train" or "validation".
    """
    clips, data = prepared["speech"].subset(split), config.data
    return ReadSentences(clips, prepared.path, data.mel_features, data.max_seconds, config.seed)


def _predicted_mels(data: PredictedDataConfig, prepared: PreparedSet) -> dict[str, np.ndarray]:
    """What an acoustic model has made of all recordings, by name."""
    return read_mels(prepared.path, prepared["speech"], data.mel_features)


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
