"""Join slices that overlap but were made one by one, at a level that stays.

Letters: T samples of a slice, C channels, V samples that neighbours share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tfgan_audio.audio.framing import cross_fade_weights
from tfgan_audio.errors import InputError


def num_slices_for(num_samples: int, slice_samples: int, overlap_samples: int) -> int:
    """Return how many slices a joined signal of some length takes.

    Args:
        num_samples: Length of the signal, at least 1.
        slice_samples: Length T of a slice.
        overlap_samples: Samples V that neighbours share, from 0 to half a slice.

    Raises:
        InputError: A number outside its range.

    Example:
        >>> num_slices_for(10, 4, 1), num_slices_for(11, 4, 1)
        (3, 4)
    """
    if num_samples < 1:
        raise InputError("num_samples", num_samples, "at least 1")
    cross_fade_weights(slice_samples, overlap_samples)  # checks the lengths
    return 1 + max(0, -(-(num_samples - slice_samples) // (slice_samples - overlap_samples)))


def join_slices(slices: Iterable[np.ndarray], overlap_samples: int) -> Iterator[np.ndarray]:
    """Cross-fade from each slice to the next, holding no more than two of them.

    A raised cosine and its complement are divided by what makes the sum as powerful as the slices
    are, given how much those resemble each other where they overlap. So slices that agree are
    added up with weights that sum to one, and strangers with weights whose squares do. Slices of
    opposite phase count as strangers.

    Args:
        slices: Slices of one length.
        overlap_samples: Samples V that neighbours share, from 0 to half a slice.

    Shape:
        [T, C] each -> [T - V, C] each but the last, which is [T, C].

    Yields:
        The joined signal part by part, float32.

    Raises:
        InputError: Slices of different lengths, or an overlap outside its range.

    Reference:
        Fink, Holters and Zölzer 2016, "Signal-matched power-complementary cross-fading and
        dry-wet mixing", DAFx-16.
    """
    held = None
    for current in slices:
        current = np.asarray(current, np.float32)
        weights = cross_fade_weights(len(current), overlap_samples)
        if held is not None:
            if len(current) != len(held):
                raise InputError("slice", f"{len(current)} samples", f"{len(held)} as before")
            hop_samples = len(held) - overlap_samples
            yield held[:hop_samples]
            rise = weights[:overlap_samples, None].astype(np.float64)
            faded = _cross_fade(held[hop_samples:], current[:overlap_samples], rise)
            current = np.concatenate([faded, current[overlap_samples:]])
        held = current
    if held is not None:
        yield held


def _cross_fade(old: np.ndarray, new: np.ndarray, rise: np.ndarray) -> np.ndarray:
    """Fade from one signal to another, [V, C] each, by a weight that rises from 0 to 1."""
    fall = 1.0 - rise
    power = fall**2 + rise**2 + 2.0 * _likeness(old, new) * fall * rise
    return ((fall * old + rise * new) / np.sqrt(power)).astype(np.float32)


def _likeness(old: np.ndarray, new: np.ndarray) -> float:
    """Correlation of two signals without regard to their means, at least 0."""
    old, new = old.astype(np.float64), new.astype(np.float64)
    both = np.sqrt(np.sum(old**2) * np.sum(new**2))
    return float(np.clip(np.sum(old * new) / both, 0.0, 1.0)) if both else 0.0
