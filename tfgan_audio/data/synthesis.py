"""From clean speech, noises and a room to the stems of a noisy recording (numpy, pure).

Shape letters: T samples, R samples of a response.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.audio.filters import peak, rms_dbfs
from tfgan_audio.data.active_level import SpeechLevel
from tfgan_audio.data.effects import at_speed, band_limited, clipped, coloured_by
from tfgan_audio.data.mixing import SILENCE_DBFS
from tfgan_audio.data.recipe import NoiseValues, Values
from tfgan_audio.data.reverberation import reverberate

PEAK_LIMIT = 0.99
_PASSES = 4  # the active level at the final gain settles within these


@dataclass(frozen=True)
class Stems:
    """Parts of one recording, on one scale.

    Args:
        noisy: What a microphone gives.
        clean: What an enhancer shall make of it.
        noise: Sum of the noises in `noisy`, before band limit and clipping.
        speech: Speech in `noisy`, before band limit and clipping; `clean` unless there is a room.
        speech_gain_db: By which the speech was scaled.
        noise_gains_db: By which each noise was scaled; minus infinity for a silent one.
    """

    noisy: np.ndarray
    clean: np.ndarray
    noise: np.ndarray
    speech: np.ndarray
    speech_gain_db: float
    noise_gains_db: tuple[float, ...]


def synthesise(
    values: Values,
    speech: np.ndarray,
    noises: Sequence[np.ndarray],
    response: np.ndarray | None,
    sample_rate_hz: int,
) -> Stems:
    """Make a noisy recording of what was drawn for it.

    In this order: colour, room, sum of the noises, ratio, level, band limit, clipping. Ratio, level
    and a peak above 0.99 in any stem scale all stems alike. Silence has no ratio: silent noise
    becomes exact zero, and with silent speech the mixture is the noise at its level.

    Args:
        values: What was drawn.
        speech: Clean speech.
        noises: One noise for each entry of `values.noises`, as long as `noise_samples` says.
        response: Impulse response of the room; None where there is none.
        sample_rate_hz: Rate of all of them.

    Shape:
        speech: [T]; response: [R]; every stem: [T]

    Returns:
        The stems, float32.
    """
    if values.is_speechless:
        speech = np.zeros_like(speech)
    target = speech = _coloured(speech.astype(np.float32, copy=False), values.colour)
    if response is not None:
        speech, target = reverberate(speech, response, values.early_ms, sample_rate_hz)
    noise, gains_db = _summed(values.noises, noises, len(speech))
    noise_gain, gain = _balance(values, speech, target, noise, sample_rate_hz)
    noise = noise * np.float32(noise_gain * gain)
    speech, target = speech * np.float32(gain), target * np.float32(gain)
    noisy = speech + noise
    if values.band_limit_hz is not None:
        noisy = band_limited(noisy, values.band_limit_hz, sample_rate_hz)
    if values.clipping_db is not None:
        noisy = clipped(noisy, values.clipping_db)
    total_db = _decibels(noise_gain * gain)
    return Stems(
        noisy, target, noise, speech, _decibels(gain), tuple(each + total_db for each in gains_db)
    )


def noise_samples(values: NoiseValues, num_samples: int) -> int:
    """Return how long a noise must be to last for `num_samples` at the speed drawn for it."""
    return math.ceil(num_samples * values.speed)


def realised_snr_db(stems: Stems, snr_by: str, sample_rate_hz: int) -> float | None:
    """Measure the ratio of speech to noise; None where one of them is silent.

    Args:
        stems: The recording.
        snr_by: "p56" or "rms", the level of the speech; noise is by RMS.
        sample_rate_hz: Its rate.
    """
    by_activity = snr_by == "p56"
    speech = SpeechLevel(stems.speech, sample_rate_hz).dbfs() if by_activity else None
    snr_db = (rms_dbfs(stems.speech) if speech is None else speech) - rms_dbfs(stems.noise)
    return snr_db if math.isfinite(snr_db) else None


def _coloured(waveform: np.ndarray, colour: tuple[float, ...] | None) -> np.ndarray:
    """Apply the spectral filter, if one was drawn."""
    return waveform if colour is None else coloured_by(waveform, colour)


def _summed(
    drawn: Sequence[NoiseValues], noises: Sequence[np.ndarray], num_samples: int
) -> tuple[np.ndarray, list[float]]:
    """Add up the noises; return the sum and the gain of each in dB."""
    parts = []
    for values, noise in zip(drawn, noises, strict=True):
        noise = noise[::-1] if values.is_reversed else noise
        parts.append(_coloured(at_speed(noise, values.speed, num_samples), values.colour))
    levels_db = [rms_dbfs(part) for part in parts]
    reference_db = next((level for level in levels_db if level >= SILENCE_DBFS), 0.0)
    gains_db = [
        values.gain_db + reference_db - level if level >= SILENCE_DBFS else -math.inf
        for values, level in zip(drawn, levels_db, strict=True)
    ]
    total = np.zeros(num_samples, np.float32)
    for part, gain_db in zip(parts, gains_db, strict=True):
        total += part * np.float32(_factor(gain_db))
    return total, gains_db


def _balance(
    values: Values,
    speech: np.ndarray,
    target: np.ndarray,
    noise: np.ndarray,
    sample_rate_hz: int,
) -> tuple[float, float]:
    """Return the factor of the noise that gives the ratio, and then of all stems.

    The active level depends a little on the final gain, and that on the noise: a few passes agree.
    """
    noise_dbfs, speech_dbfs = rms_dbfs(noise), rms_dbfs(speech)
    if noise_dbfs < SILENCE_DBFS or speech_dbfs < SILENCE_DBFS:
        return 1.0, _common_gain(values.level_dbfs, speech, target, noise)
    level = SpeechLevel(speech, sample_rate_hz) if values.snr_by == "p56" else None
    gain = 1.0
    for _ in range(_PASSES if level else 1):
        if level:
            speech_dbfs = level.dbfs(gain) - _decibels(gain)
        noise_gain = _factor(speech_dbfs - noise_dbfs - values.snr_db)
        gain = _common_gain(values.level_dbfs, speech, target, noise * np.float32(noise_gain))
    return noise_gain, gain


def _common_gain(
    level_dbfs: float | None, speech: np.ndarray, target: np.ndarray, noise: np.ndarray
) -> float:
    """Return the factor that brings the mixture to its level and keeps every stem off the limit."""
    noisy, gain = speech + noise, 1.0
    if level_dbfs is not None and (mixture_dbfs := rms_dbfs(noisy)) >= SILENCE_DBFS:
        gain = _factor(level_dbfs - mixture_dbfs)
    highest = max(peak(noisy), peak(target), peak(noise))
    return min(gain, PEAK_LIMIT / highest) if highest > 0.0 else gain


def _factor(gain_db: float) -> float:
    """Return the factor of a gain in dB."""
    return 10.0 ** (gain_db / 20.0)


def _decibels(factor: float) -> float:
    """Return a factor above 0 in dB."""
    return 20.0 * math.log10(factor)
