"""Checks that every metric makes of the signals it is given."""

import numpy as np

from tfgan_audio.errors import InputError

SAMPLE_RATE_HZ = 16000


def checked(name: str, role: str, waveform: np.ndarray) -> np.ndarray:
    """A signal in float64 that can be scored: one axis, finite, not silent."""
    waveform = np.asarray(waveform, np.float64)
    if waveform.ndim != 1:
        raise InputError(name, f"{role} of shape {list(waveform.shape)}", "one axis of samples")
    if not np.isfinite(waveform).all():
        raise InputError(name, f"samples of the {role} that are not finite", "finite samples")
    if not waveform.any():
        raise InputError(name, f"a silent {role}", "a signal")
    return waveform


def checked_pair(
    name: str, reference: np.ndarray, estimate: np.ndarray, min_samples: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Both signals in float64, of one length that is long enough."""
    reference = checked(name, "reference", reference)
    estimate = checked(name, "estimate", estimate)
    if len(reference) != len(estimate):
        raise InputError(name, f"{len(reference)} and {len(estimate)} samples", "equal lengths")
    if len(reference) < min_samples:
        raise InputError(name, f"{len(reference)} samples", f"at least {min_samples}")
    return reference, estimate
