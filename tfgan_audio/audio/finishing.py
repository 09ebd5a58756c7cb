"""Make raw sounds ready for use: trimmed, faded, at one level, joined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.audio.filters import peak, rms_dbfs
from tfgan_audio.audio.framing import cross_fade_weights
from tfgan_audio.errors import InputError

_MARGIN_MS = 10.0


@dataclass(frozen=True)
class Finishing:
    """What is done to each sound, in this order; nothing by default.

    Args:
        trim_db: How far below its peak the quiet ends begin that are cut off; 10 ms of them stay,
            or as much as the fades take.
        fade_ms: Length of a fade at either end.
        level_dbfs: RMS level to bring it to, as in `scale`.
        peak_dbfs: Peak to bring it to, or not to pass where there is a level.

    Example:
        >>> Finishing(peak_dbfs=0.0)(np.array([[0.25], [-0.5]]), 16000).T
        array([[ 0.5, -1. ]])
    """

    trim_db: float | None = None
    fade_ms: float = 0.0
    level_dbfs: float | None = None
    peak_dbfs: float | None = None

    def __call__(self, waveform: np.ndarray, sample_rate_hz: int) -> np.ndarray:
        """Finish a sound.

        Args:
            waveform: Samples.
            sample_rate_hz: Their rate.

        Shape:
            [T, C] -> [at most T, C].

        Raises:
            InputError: A negative threshold or length.
        """
        if self.trim_db is not None:
            margin_ms = max(_MARGIN_MS, self.fade_ms)
            waveform = trim(waveform, self.trim_db, round(margin_ms * sample_rate_hz / 1000))
        waveform = fade(waveform, round(self.fade_ms * sample_rate_hz / 1000))
        if self.level_dbfs is None and self.peak_dbfs is None:
            return waveform
        return scale(waveform, self.level_dbfs, self.peak_dbfs or 0.0)


def trim(waveform: np.ndarray, threshold_db: float, margin_samples: int = 0) -> np.ndarray:
    """Cut what is quiet from both ends.

    Args:
        waveform: Samples.
        threshold_db: How far below the peak of the waveform quiet begins, at least 0.
        margin_samples: How much of the quiet parts stays.

    Shape:
        [T, C] -> [at most T, C], a part of it; silence is left as it is.

    Raises:
        InputError: A negative threshold or margin.

    Example:
        >>> trim(np.array([[0.001], [0.0], [0.5], [0.0], [-1.0], [0.002]]), 40.0).T
        array([[ 0.5,  0. , -1. ]])
    """
    _refuse_negative(threshold_db=threshold_db, margin_samples=margin_samples)
    loud = np.abs(waveform).max(axis=1) >= peak(waveform) * 10.0 ** (-threshold_db / 20.0)
    first, last = np.flatnonzero(loud)[[0, -1]]
    return waveform[max(0, first - margin_samples) : last + 1 + margin_samples]


def fade(waveform: np.ndarray, fade_samples: int) -> np.ndarray:
    """Fade a waveform in and out by raised cosines.

    Args:
        waveform: Samples.
        fade_samples: Length of either fade, which takes half the waveform at most.

    Shape:
        [T, C], kept.

    Raises:
        InputError: A negative length.
    """
    _refuse_negative(fade_samples=fade_samples)
    fade_samples = min(fade_samples, len(waveform) // 2)
    return waveform * cross_fade_weights(len(waveform), fade_samples)[:, None]


def scale(
    waveform: np.ndarray, level_dbfs: float | None = None, peak_dbfs: float = 0.0
) -> np.ndarray:
    """Bring a waveform to a level.

    Args:
        waveform: Samples.
        level_dbfs: RMS level over all samples in dB of full scale, where a full sine has -3.01;
            None brings the peak to `peak_dbfs`.
        peak_dbfs: Largest peak; where the level would take more, it stays below what was asked.

    Shape:
        [T, C], kept; silence stays silence.

    Example:
        >>> scale(np.array([[0.1], [-0.2]]), peak_dbfs=-20.0).T.round(3)
        array([[ 0.05, -0.1 ]])
    """
    largest = peak(waveform)
    if largest == 0.0:
        return waveform
    gain = 10.0 ** (peak_dbfs / 20.0) / largest
    if level_dbfs is not None:
        gain = min(gain, 10.0 ** ((level_dbfs - rms_dbfs(waveform)) / 20.0))
    return np.multiply(gain, waveform, dtype=np.float64).astype(waveform.dtype)


def join(waveforms: Sequence[np.ndarray], gap_samples: int) -> np.ndarray:
    """Join waveforms one after the other.

    Args:
        waveforms: At least one.
        gap_samples: Silence between neighbours; below 0 so much of them overlaps, cross-faded by
            raised cosines that sum to one.

    Shape:
        [T, C] each, of any lengths -> [sum of lengths and gaps, C].

    Raises:
        InputError: An overlap of more than half of one of them.
    """
    overlap_samples = max(0, -gap_samples)
    starts = np.cumsum([0, *(len(waveform) + gap_samples for waveform in waveforms)])
    joined = np.zeros([starts[-1] - gap_samples, waveforms[0].shape[1]], waveforms[0].dtype)
    for index, (start, waveform) in enumerate(zip(starts[:-1], waveforms, strict=True)):
        weights = cross_fade_weights(len(waveform), overlap_samples)
        if index == 0:
            weights[:overlap_samples] = 1.0
        if index == len(waveforms) - 1:
            weights[len(weights) - overlap_samples :] = 1.0
        joined[start : start + len(waveform)] += waveform * weights[:, None]
    return joined


def _refuse_negative(**numbers: float) -> None:
    """Raise for a number below 0, and for what is none."""
    for name, number in numbers.items():
        if not 0 <= number < math.inf:
            raise InputError(name, number, "a number of at least 0")
