"""How near a vocoder comes to recordings it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tfgan_audio.audio.resampling import resample
from tfgan_audio.data.vocoder_source import Utterance
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.losses.reconstruction import log_mel_l1
from tfgan_audio.losses.spectral import multi_resolution_stft
from tfgan_audio.models.adversarial import AdversarialModel

DISTANCES = ("mel_l1", "multi_resolution_stft")
_LEAST_SAMPLES = 1025  # what the longest transform can reflect at its ends


@dataclass(frozen=True)
class VocoderScores:
    """What a vocoder made of held-out recordings.

    Args:
        original: Scores of the recordings themselves, the best there could be.
        vocoded: Scores of what was made of their mel spectrograms.
        distances: Distance -> mean over the recordings.
        recordings: Name -> "original", "vocoded" -> waveform [T] at 16 kHz.
    """

    original: Scores
    vocoded: Scores
    distances: Mapping[str, float]
    recordings: Mapping[str, Mapping[str, np.ndarray]]


def vocode(model: AdversarialModel, utterances: Sequence[Utterance]) -> list[np.ndarray]:
    """Make each recording anew from its mel spectrogram.

    Args:
        model: The vocoder.
        utterances: The recordings.

    Shape:
        each [T, 1], as long as the recording's own `waveform`

    Returns:
        float32 waveforms.
    """
    return [model.vocode(utterance.mel[None])[0] for utterance in utterances]


def mean_distances(
    model: AdversarialModel, utterances: Sequence[Utterance], vocoded: Sequence[np.ndarray]
) -> dict[str, float]:
    """Return how far waveforms are from the recordings, as the mean over these.

    Args:
        model: The vocoder, for its features.
        utterances: The recordings.
        vocoded: One waveform for each, as long.

    Returns:
        `mel_l1`, in the unit of the features, and `multi_resolution_stft`, which is the metric of
        that name, but finite for silence and for snippets too.
    """
    sums = dict.fromkeys(DISTANCES, 0.0)
    for utterance, made in zip(utterances, vocoded, strict=True):
        sums["mel_l1"] += float(log_mel_l1(utterance.waveform.T, made.T, model.features))
        pair = np.stack([_as_scored(waveform, model) for waveform in (utterance.waveform, made)])
        lacking = max(0, _LEAST_SAMPLES - pair.shape[1])
        pair = np.pad(pair, [(0, 0), (0, lacking)])
        sums["multi_resolution_stft"] += float(multi_resolution_stft(pair[:1], pair[1:]))
    return {name: total / len(utterances) for name, total in sums.items()}


def score_vocoder(
    model: AdversarialModel, utterances: Sequence[Utterance], num_workers: int = 1
) -> VocoderScores:
    """Vocode held-out recordings, and score the outcome and the recordings at 16 kHz.

    Both are compared where they stand, by the metrics of `evaluate --family melgan`.

    Args:
        model: Trained vocoder.
        utterances: The recordings, at least one.
        num_workers: Processes that score.
    """
    vocoded = vocode(model, utterances)
    recordings = {
        f"held-out-{index:02d}": {
            "original": _as_scored(utterance.waveform, model),
            "vocoded": _as_scored(made, model),
        }
        for index, (utterance, made) in enumerate(zip(utterances, vocoded, strict=True))
    }
    # One call for both sides: the worker processes start but once.
    pairs = {
        f"{version}/{name}": (parts["original"], parts[version])
        for name, parts in recordings.items()
        for version in ("original", "vocoded")
    }
    scores = score_pairs(pairs, "vocoder", num_workers, max_lag_ms=0.0, progress=True)
    distances = mean_distances(model, utterances, vocoded)
    return VocoderScores(_side(scores, "original"), _side(scores, "vocoded"), distances, recordings)


def _as_scored(waveform: np.ndarray, model: AdversarialModel) -> np.ndarray:
    """Return a waveform as a file would hold it, at 16 kHz, [T, 1] -> [T]."""
    return resample(np.clip(waveform[:, 0], -1, 1), model.sample_rate_hz, SAMPLE_RATE_HZ)


def _side(scores: Scores, version: str) -> Scores:
    """Scores of one version under the names of the recordings."""
    prefix = f"{version}/"
    files = tuple(
        replace(file, name=file.name.removeprefix(prefix))
        for file in scores.files
        if file.name.startswith(prefix)
    )
    return replace(scores, files=files)
