"""Statistics of single clips: level, clipping, silence, and where their energy lies.

Letters: N clips, T samples, K frequency bins.
"""

import numpy as np

from tfgan_audio.audio.framing import frame

FULL_SCALE = 0.999
SILENCE_DBFS = -60.0
_LOWEST_DBFS = -120.0
_BATCH_SIZE = 64


def rms_dbfs(waveforms: np.ndarray) -> np.ndarray:
    """Return the RMS level in dB re full scale, at least -120; `[N, T]` -> `[N]`."""
    power = np.square(waveforms, dtype=np.float64).mean(axis=1)
    return 10 * np.log10(np.maximum(power, 10 ** (_LOWEST_DBFS / 10)))


def peak_dbfs(waveforms: np.ndarray) -> np.ndarray:
    """Return the largest magnitude in dB re full scale, at least -120; `[N, T]` -> `[N]`."""
    peaks = np.abs(waveforms).max(axis=1).astype(np.float64)
    return 20 * np.log10(np.maximum(peaks, 10 ** (_LOWEST_DBFS / 20)))


def clipping_rate(waveforms: np.ndarray) -> np.ndarray:
    """Return the share of samples at 0.999 of full scale or beyond; `[N, T]` -> `[N]`."""
    return (np.abs(waveforms) >= FULL_SCALE).mean(axis=1)


def is_silent(waveforms: np.ndarray) -> np.ndarray:
    """Return whether the RMS level lies below -60 dBFS; `[N, T]` -> `[N]`."""
    return rms_dbfs(waveforms) < SILENCE_DBFS


def power_spectra(waveforms: np.ndarray, fft_samples: int) -> np.ndarray:
    """Return the mean power spectrum of each clip, a full-scale sine at a bin having power 1.

    Args:
        waveforms: Clips; shorter ones than a frame are filled up with zeros.
        fft_samples: Length of a frame; frames overlap by half, under a Hann window.

    Shape:
        `[N, T]` -> `[N, K]` with K = fft_samples // 2 + 1.
    """
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(fft_samples) / fft_samples)
    waveforms = np.pad(waveforms, [(0, 0), (0, max(0, fft_samples - waveforms.shape[1]))])
    spectra = []
    for start in range(0, len(waveforms), _BATCH_SIZE):
        frames = frame(waveforms[start : start + _BATCH_SIZE], fft_samples, fft_samples // 2)
        amplitudes = np.abs(np.fft.rfft(frames * window)) * 2 / window.sum()
        spectra.append(np.square(amplitudes).mean(axis=1))
    return np.concatenate(spectra)


def spectral_centroid_hz(spectra: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the mean frequency of the power, NaN of digital silence; `[N, K]` -> `[N]`."""
    return _weights(spectra) @ _bins_hz(spectra, sample_rate_hz)


def spectral_bandwidth_hz(spectra: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Return the standard deviation of frequency under the power; `[N, K]` -> `[N]`."""
    centroids_hz = spectral_centroid_hz(spectra, sample_rate_hz)[:, None]
    distances_hz = _bins_hz(spectra, sample_rate_hz) - centroids_hz
    return np.sqrt((_weights(spectra) * np.square(distances_hz)).sum(axis=1))


def _weights(spectra: np.ndarray) -> np.ndarray:
    """Spectra that sum to 1."""
    total = spectra.sum(axis=1, keepdims=True)
    return spectra / np.where(total > 0, total, np.nan)


def _bins_hz(spectra: np.ndarray, sample_rate_hz: int) -> np.ndarray:
    """Frequency of each bin."""
    return np.linspace(0, sample_rate_hz / 2, spectra.shape[1])
