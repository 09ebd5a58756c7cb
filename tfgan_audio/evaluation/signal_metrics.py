"""Metrics that follow from the samples alone, for aligned mono signals at 16 kHz.

What cannot be scored (silence, too short) raises `InputError` with the reason. Letters in shapes:
T samples, F frames.
"""

import numpy as np

from tfgan_audio.evaluation.signals import checked_pair

_LSD_WINDOW_SAMPLES = 512
_LSD_HOP_SAMPLES = 128
_LSD_POWER_FLOOR = 1e-8


def si_sdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio in dB, the mean not removed.

    Limited to about +-157 dB, the resolution of float64, so that equal signals have a finite score.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Ratio in dB; higher is better.

    Raises:
        InputError: If the signals do not match, or one is silent.

    Reference:
        Le Roux et al. 2019, "SDR - half-baked or well done?", arXiv:1811.02508, equation 3.

    Example:
        >>> round(si_sdr(np.array([1.0, 1.0]), np.array([3.0, 1.0])), 3)
        6.021
    """
    reference, estimate = checked_pair("si_sdr", reference, estimate)
    target = (estimate @ reference) / (reference @ reference) * reference
    distortion = estimate - target
    guard = np.finfo(np.float64).eps * (estimate @ estimate)
    return _decibels((target @ target + guard) / (distortion @ distortion + guard))


def snr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Signal-to-noise ratio in dB, the noise being the difference of the two signals.

    Sensitive to level, unlike `si_sdr`. Limited to about 157 dB, so that equal signals have a
    finite score.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Ratio in dB; higher is better.

    Raises:
        InputError: If the signals do not match, or one is silent.
    """
    reference, estimate = checked_pair("snr", reference, estimate)
    noise = reference - estimate
    energy = reference @ reference
    return _decibels(energy / (noise @ noise + np.finfo(np.float64).eps * energy))


def lsd(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Log-spectral distance in log10 power units (1 unit = 10 dB).

    The mean over frames of the root mean square over bins of the difference of log10 power
    spectra; frames of 512 samples, Hann window, hop 128, power floored at 1e-8.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Distance from 0; lower is better.

    Raises:
        InputError: If one signal is silent or they are shorter than one frame.
    """
    reference, estimate = checked_pair("lsd", reference, estimate, _LSD_WINDOW_SAMPLES)
    difference = _log_power(reference) - _log_power(estimate)
    return float(np.sqrt(np.mean(difference**2, axis=-1)).mean())


def _decibels(power_ratio: float) -> float:
    return float(10 * np.log10(power_ratio))


def _log_power(waveform: np.ndarray) -> np.ndarray:
    """Frames of log10 power, [T] -> [F, bins]."""
    frames = np.lib.stride_tricks.sliding_window_view(waveform, _LSD_WINDOW_SAMPLES)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_LSD_WINDOW_SAMPLES) / _LSD_WINDOW_SAMPLES)
    spectrum = np.fft.rfft(frames[::_LSD_HOP_SAMPLES] * window, axis=-1)
    return np.log10(np.maximum(np.abs(spectrum) ** 2, _LSD_POWER_FLOOR))
