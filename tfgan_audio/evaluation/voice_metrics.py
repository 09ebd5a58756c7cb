"""Metrics of what makes a voice, envelope and pitch, for aligned mono signals at 16 kHz.

WORLD analyses both signals every 5 ms: pitch and voicing by Harvest (71 to 800 Hz), envelopes by
CheapTrick. Its package is in the extra `[eval]`, imported when first used. What cannot be scored
(silence, no voice) raises `InputError` with the reason. Letters in shapes: T samples, F frames,
K frequency bins.
"""

import functools
from collections.abc import Iterator

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.mel_cepstrum import mel_cepstra
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked_pair
from tfgan_audio.evaluation.speech_metrics import require_packages

WORLD_PACKAGES = ("pyworld",)

_BLOCK_FRAMES = 1024  # bounds the memory for long signals to a few megabytes

_MCD_ORDER = 24
_MCD_WARPING = 0.42  # nearest to the mel scale at 16 kHz
_ROUNDING_POWER = 2.0**-30 / 12  # of the noise that rounding to 16 bits adds

_PERIODICITY_WINDOW_SAMPLES = 640  # 40 ms, three periods of 75 Hz
_PERIODICITY_FFT_SAMPLES = 1024  # at least window + longest period: nothing wraps


def mcd(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Mel-cepstral distortion: mean distance of WORLD's mel-cepstra 1 to 24, in dB.

    `10 / ln 10 * sqrt(2 sum (c_d - c'_d)^2)` for each frame, which is the root mean square
    difference of the smoothed envelopes in dB along the mel scale. c_0, the level, is left out,
    frames are not warped in time, and silence counts like speech; the rounding noise of 16 bits is
    added to the envelopes, so that digital silence has one. Other conventions give other figures.

    Args:
        reference: Original speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Distance from 0 in dB; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, or the package is missing.

    Reference:
        Kubichek 1993, "Mel-cepstral distance measure for objective speech quality assessment",
        IEEE PacRim; Morise 2015, "CheapTrick", Speech Communication 67.
    """
    pair = _checked_pair("mcd", reference, estimate)
    blocks = zip(*map(cepstra, pair), strict=True)
    squares = np.concatenate([((one - other) ** 2).sum(axis=-1) for one, other in blocks])
    return float(10 / np.log(10) * np.sqrt(2 * squares).mean())


def f0_rmse_hz(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Root mean square difference of the pitches, over the frames that are voiced in both.

    Args:
        reference: Original speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Error in hertz; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, no frame is voiced in both, or the
            package is missing.

    Reference:
        Morise 2017, "Harvest: a high-performance fundamental frequency estimator from speech
        signals", Interspeech.
    """
    pair = _checked_pair("f0_rmse_hz", reference, estimate)
    reference_hz, estimate_hz = (pitch(waveform)[0] for waveform in pair)
    voiced = (reference_hz > 0) & (estimate_hz > 0)
    if not voiced.any():
        raise InputError("f0_rmse_hz", "no frame that is voiced in both", "a voice")
    return float(np.sqrt(np.mean((reference_hz - estimate_hz)[voiced] ** 2)))


def vuv_error(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Share of frames that are voiced in one signal and not in the other.

    Args:
        reference: Original speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Share from 0 to 1 of all frames; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, or the package is missing.
    """
    pair = _checked_pair("vuv_error", reference, estimate)
    voiced, estimate_voiced = (pitch(waveform)[0] > 0 for waveform in pair)
    return float(np.mean(voiced != estimate_voiced))


def periodicity_rmse(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Root mean square difference of the periodicities, over the frames voiced in the reference.

    Periodicity is the share of a frame's energy that comes again after one period: the normalised
    autocorrelation of 40 ms, limited to 0..1, of both signals at the reference's period. Buzz
    raises it, hoarseness and wrong pitch lower it.

    Args:
        reference: Original speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Error from 0 to 1; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, no frame of the reference is voiced,
            or the package is missing.

    Reference:
        Boersma 1993, "Accurate short-term analysis of the fundamental frequency and the
        harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17.
    """
    pair = _checked_pair("periodicity_rmse", reference, estimate)
    pitch_hz, times_s = pitch(pair[0])
    voiced = pitch_hz > 0
    if not voiced.any():
        raise InputError("periodicity_rmse", "no voiced frame in the reference", "a voice")
    centres = np.round(times_s[voiced] * SAMPLE_RATE_HZ).astype(int)
    periods = SAMPLE_RATE_HZ / pitch_hz[voiced]
    first, second = (_periodicity(waveform, centres, periods) for waveform in pair)
    return float(np.sqrt(np.mean((first - second) ** 2)))


def _checked_pair(
    name: str, reference: np.ndarray, estimate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both signals, if WORLD is there to analyse them."""
    pair = checked_pair(name, reference, estimate)
    require_packages(name, WORLD_PACKAGES)
    return pair


def pitch(waveform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return pitch in hertz, 0 where unvoiced, and time in seconds of every frame.

    Args:
        waveform: Speech at 16 kHz, float64.

    Shape:
        [T] -> [F], [F].
    """
    return _pitch_of(waveform.tobytes())


@functools.lru_cache(maxsize=2)
def _pitch_of(samples: bytes) -> tuple[np.ndarray, np.ndarray]:
    """As `pitch`, kept for the other metrics of the same signals: it takes most of the time."""
    import pyworld

    return pyworld.harvest(np.frombuffer(samples), SAMPLE_RATE_HZ)


def cepstra(waveform: np.ndarray) -> Iterator[np.ndarray]:
    """Yield mel-cepstra without level, some frames at a time.

    Args:
        waveform: Speech at 16 kHz, float64.

    Shape:
        [T] -> [F, 24].
    """
    import pyworld

    pitch_hz, times_s = pitch(waveform)
    for start in range(0, len(pitch_hz), _BLOCK_FRAMES):
        block = slice(start, start + _BLOCK_FRAMES)
        power = pyworld.cheaptrick(waveform, pitch_hz[block], times_s[block], SAMPLE_RATE_HZ)
        yield mel_cepstra(power + _ROUNDING_POWER, _MCD_ORDER, _MCD_WARPING)[:, 1:]


def _periodicity(waveform: np.ndarray, centres: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """Periodicity of every frame at a period in samples, [T], [F], [F] -> [F]."""
    half = _PERIODICITY_WINDOW_SAMPLES // 2
    frames = np.lib.stride_tricks.sliding_window_view(
        np.pad(waveform, half), _PERIODICITY_WINDOW_SAMPLES
    )
    window = 0.5 - 0.5 * np.cos(np.pi * (np.arange(2 * half) + 0.5) / half)
    values = []
    for start in range(0, len(centres), _BLOCK_FRAMES):
        block = frames[np.minimum(centres[start : start + _BLOCK_FRAMES], len(waveform) - 1)]
        block = (block - block.mean(axis=-1, keepdims=True)) * window
        lags = periods[start : start + _BLOCK_FRAMES]
        values.append(_autocorrelation(block, lags) / _autocorrelation(window[None], lags))
    return np.clip(np.concatenate(values), 0, 1)


def _autocorrelation(frames: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Autocorrelation over energy at lags that need not be whole, 0 for silence, -> [F]."""
    spectrum = np.fft.rfft(frames, _PERIODICITY_FFT_SAMPLES)
    power = spectrum.real**2 + spectrum.imag**2
    power[:, 1:-1] *= 2
    angles = 2 * np.pi / _PERIODICITY_FFT_SAMPLES * np.arange(power.shape[-1])
    products = (power * np.cos(lags[:, None] * angles)).sum(axis=-1)
    energy = np.broadcast_to(power.sum(axis=-1), products.shape)
    return np.divide(products, energy, out=np.zeros_like(products), where=energy > 0)
