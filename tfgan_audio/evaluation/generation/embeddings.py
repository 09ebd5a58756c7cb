"""Clips as vectors: what the distances of sets are measured on.

Letters: N clips, D dimensions.
"""

from __future__ import annotations

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.class_scores import Classifier
from tfgan_audio.evaluation.generation.log_mel_features import coarse, log_mel_of
from tfgan_audio.evaluation.generation.sound_sets import SoundSet
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

EMBEDDINGS = {
    "log_mel": "log-mel spectrogram averaged over 16 bands by 8 parts, 128 dimensions",
    "musicnn": "penultimate layer of the tagger MTT_musicnn, 200 dimensions",
    "classifier": "last maps of one's own classifier, averaged over time and frequency",
}
"""Embedding -> what it is."""


def embed(sounds: SoundSet, name: str, classifier: Classifier | None = None) -> np.ndarray:
    """Return the vectors of a set, computed when they are first asked for.

    Args:
        sounds: The clips.
        name: One of `EMBEDDINGS`.
        classifier: Needed for the embedding of that name.

    Shape:
        `[N, D]`.

    Raises:
        InputError: The package `musicnn`, or a classifier, is needed and not there.
    """
    if name == "log_mel":
        return sounds.measured("coarse", lambda _: coarse(log_mel_spectrograms(sounds)))
    if name == "musicnn":
        from tfgan_audio.evaluation.generation.musicnn import embed_musicnn

        return sounds.measured("musicnn", embed_musicnn)
    return judgement(sounds, classifier)[:, len(classifier.label_names) :]


def log_mel_spectrograms(sounds: SoundSet) -> np.ndarray:
    """Return the log-mel spectrograms of a set, `[N, F, M]`, see `log_mel_of`."""
    return sounds.measured("log_mel", log_mel_of)


def log_probabilities(sounds: SoundSet, classifier: Classifier | None) -> np.ndarray:
    """Return what a classifier says of a set, `[N, L]`.

    Raises:
        InputError: There is no classifier.
    """
    return judgement(sounds, classifier)[:, : len(classifier.label_names)]


def judgement(sounds: SoundSet, classifier: Classifier | None) -> np.ndarray:
    """Return log probabilities and features side by side, `[N, L + D]`; one pass gives both.

    Raises:
        InputError: There is no classifier.
    """
    if classifier is None:
        raise InputError("classifier", "none", "one that `tfgan-audio train-classifier` made")

    def judge(waveforms: np.ndarray) -> np.ndarray:
        return np.concatenate(classifier.judge(waveforms, SAMPLE_RATE_HZ), axis=1)

    return sounds.measured(("classifier", classifier), judge)
