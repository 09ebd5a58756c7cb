"""Delay between a reference and an estimate, and the cut that removes it.

Letters in shapes: T samples.
"""

import numpy as np
from scipy import fft

from tfgan_audio.errors import InputError

DEFAULT_MAX_LAG_MS = 100.0


def find_lag(
    reference: np.ndarray,
    estimate: np.ndarray,
    sample_rate_hz: int,
    max_lag_ms: float = DEFAULT_MAX_LAG_MS,
) -> int:
    """Find by how many samples the estimate is late.

    The lag is where the magnitude of the cross-correlation of the mean-free signals peaks, so an
    inverted estimate has the lag of the upright one. A filter's group delay counts as delay. Of
    equal peaks the one nearest zero wins; silence has lag 0.

    Args:
        reference: Clean signal.
        estimate: Processed signal, of any length.
        sample_rate_hz: Rate of both, in hertz.
        max_lag_ms: Largest delay or advance looked for, in milliseconds, at least 0; never more
            than half of the shorter signal.

    Shape:
        reference `[T1]`, estimate `[T2]`.

    Returns:
        The lag in samples; positive when the estimate is late, negative when it is early.

    Raises:
        InputError: If `max_lag_ms` is negative or not a number.

    Example:
        >>> click = np.eye(1, 100, 40)[0]
        >>> find_lag(click, np.roll(-click, 7), sample_rate_hz=1000)
        7
    """
    if not max_lag_ms >= 0:
        raise InputError("max_lag_ms", max_lag_ms, "a number of milliseconds, at least 0")
    shorter, longer = sorted((len(reference), len(estimate)))
    max_lag = min(round(max_lag_ms * sample_rate_hz / 1000), shorter // 2)
    if max_lag == 0:
        return 0
    # Zeros for max_lag samples keep the circular correlation from wrapping within the bound.
    num_points = fft.next_fast_len(longer + max_lag, real=True)
    spectrum = _spectrum(estimate, num_points) * np.conj(_spectrum(reference, num_points))
    correlation = np.abs(fft.irfft(spectrum, num_points))
    lags = np.arange(-max_lag, max_lag + 1)
    lags = lags[np.argsort(np.abs(lags), kind="stable")]
    return int(lags[np.argmax(correlation[lags])])


def align(
    reference: np.ndarray,
    estimate: np.ndarray,
    sample_rate_hz: int,
    max_lag_ms: float = DEFAULT_MAX_LAG_MS,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Cut both signals to the part where they overlap once the delay is removed.

    Args:
        reference: Clean signal.
        estimate: Processed signal, of any length.
        sample_rate_hz: Rate of both, in hertz.
        max_lag_ms: Largest delay or advance looked for, in milliseconds.

    Shape:
        reference `[T1]`, estimate `[T2]` -> `[T]`, `[T]`.

    Returns:
        The cut reference, the cut estimate and the lag in samples, as `find_lag` gives it.

    Raises:
        InputError: If `max_lag_ms` is negative or not a number.

    Example:
        >>> click = np.eye(1, 100, 40)[0]
        >>> cut_reference, cut_estimate, lag = align(click, np.roll(click, 7), sample_rate_hz=1000)
        >>> lag, len(cut_reference), bool((cut_reference == cut_estimate).all())
        (7, 93, True)
    """
    lag = find_lag(reference, estimate, sample_rate_hz, max_lag_ms)
    reference, estimate = reference[max(-lag, 0) :], estimate[max(lag, 0) :]
    num_samples = min(len(reference), len(estimate))
    return reference[:num_samples], estimate[:num_samples], lag


def _spectrum(waveform: np.ndarray, num_points: int) -> np.ndarray:
    """Spectrum without the mean, whose product would add a broad bump around lag 0."""
    waveform = np.asarray(waveform, np.float64)
    return fft.rfft(waveform - waveform.mean(), num_points)
