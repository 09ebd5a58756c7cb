"""Scores from what a classifier says of generated clips.

They hold for that classifier only: those of another, or of papers, cannot be set beside them.
Letters: N and M clips, L classes.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from tfgan_audio.errors import InputError

_CLIPS_PER_SPLIT = 10


class Classifier(Protocol):
    """What these scores need of a classifier; `SoundClassifier` is one."""

    label_names: tuple[str, ...]
    held_out_accuracy: float | None

    def judge(self, waveforms: np.ndarray, sample_rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
        """Return natural log probabilities `[N, L]` and features `[N, D]` of clips `[N, T]`."""


def inception_score(
    log_probabilities: np.ndarray, num_splits: int = 10, seed: int = 0
) -> tuple[float, float]:
    """Return how sure the classifier is of each clip, and how evenly it names all classes.

    The exponential of the mean divergence of a clip's probabilities from those of its split.

    Args:
        log_probabilities: Natural logarithms, finite.
        num_splits: Parts that the clips, shuffled, are divided into.
        seed: Of the shuffling.

    Shape:
        `[N, L]` -> two scalars.

    Returns:
        Mean and standard deviation over the splits; from 1 to L, higher is better.

    Raises:
        InputError: Fewer than ten clips for each split.

    Reference:
        Salimans et al. 2016, arXiv:1606.03498.
    """
    num_clips = len(log_probabilities)
    if num_clips < _CLIPS_PER_SPLIT * num_splits:
        expected = f"at least {_CLIPS_PER_SPLIT * num_splits} for {num_splits} splits"
        raise InputError("inception score", f"{num_clips} clips", expected)
    order = np.random.default_rng(seed).permutation(num_clips)
    scores = [
        np.exp(_mean_information(part))
        for part in np.array_split(log_probabilities[order].astype(np.float64), num_splits)
    ]
    return float(np.mean(scores)), float(np.std(scores))


def modified_inception_score(log_probabilities: np.ndarray) -> float:
    """Return the exponential of the mean divergence between the probabilities of two clips.

    Unlike the inception score it grows with the diversity inside a class. It is taken over all
    pairs, not over random ones.

    Args:
        log_probabilities: Natural logarithms, finite.

    Shape:
        `[N, L]` -> scalar from 1.

    Reference:
        Gurumurthy et al. 2017, arXiv:1706.02071.
    """
    log_probabilities = log_probabilities.astype(np.float64)
    probabilities = np.exp(log_probabilities)
    negative_entropy = (probabilities * log_probabilities).sum(axis=1).mean()
    cross = probabilities.mean(axis=0) @ log_probabilities.mean(axis=0)
    return float(np.exp(negative_entropy - cross))


def am_score(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return the divergence of the classes of two sets, plus the mean entropy of the estimates.

    Args:
        reference: Natural log probabilities of real clips.
        estimate: Natural log probabilities of generated clips.

    Shape:
        `[N, L]`, `[M, L]` -> scalar from 0; lower is better.

    Reference:
        Zhou et al. 2018, arXiv:1703.02000.
    """
    real, made = (np.exp(logs.astype(np.float64)).mean(axis=0) for logs in (reference, estimate))
    divergence = (real * (_log(real) - _log(made))).sum()
    entropy = -(np.exp(estimate.astype(np.float64)) * estimate).sum(axis=1).mean()
    return float(divergence + entropy)


def is_as_asked(
    log_probabilities: np.ndarray, labels: Sequence[str], label_names: Sequence[str]
) -> np.ndarray:
    """Tell which clips the classifier takes for the class they were asked to be.

    Args:
        log_probabilities: Logarithms of the classifier's probabilities.
        labels: Class asked of each clip; clips with "" or an unknown one have no answer.
        label_names: Classes of the classifier.

    Shape:
        `[N, L]` -> `[N]`.

    Returns:
        1.0 or 0.0, NaN for clips without answer.

    Raises:
        InputError: No clip was asked to be of a class that the classifier knows.
    """
    known = {name: index for index, name in enumerate(label_names)}
    asked = np.array([known.get(label, -1) for label in labels])
    if (asked < 0).all():
        seen = f"clips labelled {', '.join(sorted({label or 'nothing' for label in labels})[:5])}"
        raise InputError("accuracy", seen, f"labels of {', '.join(label_names)}")
    return np.where(asked < 0, np.nan, log_probabilities.argmax(axis=1) == asked)


def _mean_information(log_probabilities: np.ndarray) -> float:
    """Mean divergence of the clips' probabilities from their mean, in nats."""
    probabilities = np.exp(log_probabilities)
    marginal = _log(probabilities.mean(axis=0))
    return float((probabilities * (log_probabilities - marginal)).sum(axis=1).mean())


def _log(probabilities: np.ndarray) -> np.ndarray:
    """Logarithm, finite at 0."""
    return np.log(np.maximum(probabilities, np.finfo(np.float64).tiny))
