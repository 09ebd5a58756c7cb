"""Metrics that follow from the samples alone, for aligned mono signals at 16 kHz.

What cannot be scored (silence, too short) raises `InputError` with the reason. Letters in shapes:
T samples, F frames.
"""

import numpy as np

from tfgan_audio.evaluation.signals import checked_pair

_LSD_WINDOW_SAMPLES = 512
_LSD_HOP_SAMPLES = 128
_LSD_POWER_FLOOR = 1e-8

_STFT_RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))  # points, hop, window
_STFT_POWER_FLOOR = 1e-7
_STFT_BLOCK_FRAMES = 1024  # bounds the memory for long signals


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


def multi_resolution_stft(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Distance of magnitudes at three resolutions: spectral convergence plus L1 of logarithms.

    `||S - R||_F / ||R||_F + mean |ln S - ln R|`, the mean over transforms of 1024, 2048 and 512
    points with periodic Hann windows of 600, 1200 and 240 samples, hops of 120, 240 and 50, frames
    centred by reflection, and powers of at least 1e-7. Unlike the loss of training, it takes the
    signals at 16 kHz.

    Args:
        reference: Original speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Distance from 0; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, or they have less than 1025 samples.

    Reference:
        Yamamoto et al. 2020, arXiv:1910.11480, equations 3 to 6.
    """
    shortest = max(resolution[0] for resolution in _STFT_RESOLUTIONS) // 2 + 1
    pair = checked_pair("multi_resolution_stft", reference, estimate, shortest)
    return float(np.mean([_stft_distance(pair, *each) for each in _STFT_RESOLUTIONS]))


def _stft_distance(
    pair: tuple[np.ndarray, np.ndarray], num_points: int, hop_samples: int, window_samples: int
) -> float:
    """Spectral convergence plus L1 of log magnitudes at one resolution."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window_samples) / window_samples)
    first = (num_points - window_samples) // 2  # the window stands in the middle of the transform
    frames = [
        np.lib.stride_tricks.sliding_window_view(
            np.pad(waveform, num_points // 2, "reflect"), num_points
        )[::hop_samples, first : first + window_samples]
        for waveform in pair
    ]
    difference = energy = log_difference = 0.0
    for start in range(0, len(frames[0]), _STFT_BLOCK_FRAMES):
        target, level = (
            np.maximum(
                np.abs(np.fft.rfft(side[start : start + _STFT_BLOCK_FRAMES] * window, num_points)),
                _STFT_POWER_FLOOR**0.5,
            )
            for side in frames
        )
        difference += ((level - target) ** 2).sum()
        energy += (target**2).sum()
        log_difference += np.abs(np.log(level / target)).sum()
    num_values = len(frames[0]) * (num_points // 2 + 1)
    return (difference / energy) ** 0.5 + log_difference / num_values


def _decibels(power_ratio: float) -> float:
    return float(10 * np.log10(power_ratio))


def _log_power(waveform: np.ndarray) -> np.ndarray:
    """Frames of log10 power, [T] -> [F, bins]."""
    frames = np.lib.stride_tricks.sliding_window_view(waveform, _LSD_WINDOW_SAMPLES)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_LSD_WINDOW_SAMPLES) / _LSD_WINDOW_SAMPLES)
    spectrum = np.fft.rfft(frames[::_LSD_HOP_SAMPLES] * window, axis=-1)
    return np.log10(np.maximum(np.abs(spectrum) ** 2, _LSD_POWER_FLOOR))
