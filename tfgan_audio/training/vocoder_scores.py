"""How near a vocoder comes to recordings it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tfgan_audio.audio.resampling import resample
from tfgan_audio.data.vocoder_source import Utterance
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.evaluation.selection import select_metrics
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.losses.reconstruction import log_mel_l1
from tfgan_audio.losses.spectral import multi_resolution_stft
from tfgan_audio.models.adversarial import AdversarialModel

DISTANCES = ("mel_l1", "multi_resolution_stft")
# Ratios of signal to error mean nothing where phases are free.
_METRICS = (
    "pesq_wb", "stoi", "estoi", "visqol", "mcd", "f0_rmse_hz", "vuv_error", "lsd",
    "dnsmos_ovrl", "dnsmos_sig", "dnsmos_bak", "dnsmos_p808",
)  # fmt: skip


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
        `mel_l1`, in the unit of the features, and `multi_resolution_stft`.
    """
    sums = dict.fromkeys(DISTANCES, 0.0)
    for utterance, waveform in zip(utterances, vocoded, strict=True):
        pair = utterance.waveform.T, waveform.T
        sums["mel_l1"] += float(log_mel_l1(*pair, model.features))
        sums["multi_resolution_stft"] += float(multi_resolution_stft(*pair))
    return {name: total / len(utterances) for name, total in sums.items()}


def score_vocoder(
    model: AdversarialModel, utterances: Sequence[Utterance], num_workers: int = 1
) -> VocoderScores:
    """Vocode held-out recordings, and score the outcome and the recordings at 16 kHz.

    Args:
        model: Trained vocoder.
        utterances: The recordings, at least one.
        num_workers: Processes that score.
    """
    vocoded = vocode(model, utterances)
    recordings = {
        f"held-out-{index:02d}": {
            name: resample(part[:, 0], model.sample_rate_hz, SAMPLE_RATE_HZ)
            for name, part in (("original", utterance.waveform), ("vocoded", np.clip(made, -1, 1)))
        }
        for index, (utterance, made) in enumerate(zip(utterances, vocoded, strict=True))
    }
    # One call for both sides: the worker processes start but once.
    pairs = {
        f"{version}/{name}": (parts["original"], parts[version])
        for name, parts in recordings.items()
        for version in ("original", "vocoded")
    }
    available, _ = select_metrics("all")
    metrics = [name for name in _METRICS if name in available]
    scores = score_pairs(pairs, metrics, num_workers=num_workers, progress=True)
    distances = mean_distances(model, utterances, vocoded)
    return VocoderScores(_side(scores, "original"), _side(scores, "vocoded"), distances, recordings)


def _side(scores: Scores, version: str) -> Scores:
    """Scores of one version under the names of the recordings."""
    prefix = f"{version}/"
    files = tuple(
        replace(file, name=file.name.removeprefix(prefix))
        for file in scores.files
        if file.name.startswith(prefix)
    )
    return replace(scores, files=files)
