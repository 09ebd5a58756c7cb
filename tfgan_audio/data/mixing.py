"""Mixing speech and noise at an exact signal-to-noise ratio (numpy, pure).

Shape letters: T samples, C channels.
"""

import numpy as np

from tfgan_audio.audio.filters import peak, rms_dbfs

SILENCE_DBFS = -70.0
"""RMS level below which a signal counts as silent: about 10 steps of 16-bit audio."""


def is_silent(waveform: np.ndarray) -> bool:
    """Tell whether the RMS level is below `SILENCE_DBFS`."""
    return rms_dbfs(waveform) < SILENCE_DBFS


def scale_to_snr(speech: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    """Scale noise so that 10 log10(sum speech^2 / sum noise^2) is `snr_db`.

    The levels are RMS over the whole segment. Silence has no ratio: silent speech leaves the noise
    as it is, silent noise becomes exact zero.

    Args:
        speech: Segment of speech.
        noise: Segment of noise, of the same shape.
        snr_db: Wanted ratio in dB.

    Shape:
        speech, noise: [T] or [T, C]; the result is the same.

    Returns:
        The scaled noise, float32.
    """
    speech_dbfs, noise_dbfs = rms_dbfs(speech), rms_dbfs(noise)
    if noise_dbfs < SILENCE_DBFS:
        return np.zeros_like(noise)
    if speech_dbfs < SILENCE_DBFS:
        return noise
    return _amplified(noise, speech_dbfs - noise_dbfs - snr_db)


def mix(
    speech: np.ndarray,
    noise: np.ndarray,
    snr_db: float,
    level_dbfs: float | None = None,
    peak_limit: float = 0.99,
) -> tuple[np.ndarray, np.ndarray]:
    """Add noise to speech at a ratio and bring the mixture to a level.

    Whatever scales the mixture scales the clean target too, so noisy - clean stays the noise at the
    wanted ratio. With silent speech the mixture is the noise at `level_dbfs`; with silent noise the
    mixture equals the clean target; a silent mixture keeps its level.

    Args:
        speech: Segment of speech.
        noise: Segment of noise, of the same shape.
        snr_db: Signal-to-noise ratio in dB.
        level_dbfs: RMS level of the mixture in dB re full scale; None leaves it.
        peak_limit: Largest magnitude allowed in mixture and target; above it, both are scaled down.

    Shape:
        speech, noise: [T] or [T, C]; both results are the same.

    Returns:
        The mixture and the clean target, float32.
    """
    clean = speech.astype(np.float32, copy=False)
    noise = scale_to_snr(clean, noise.astype(np.float32, copy=False), snr_db)
    noisy = clean + noise
    if level_dbfs is not None and (mixture_dbfs := rms_dbfs(noisy)) >= SILENCE_DBFS:
        gain_db = level_dbfs - mixture_dbfs
        noisy, clean = _amplified(noisy, gain_db), _amplified(clean, gain_db)
    highest = max(peak(noisy), peak(clean))
    if highest > peak_limit:
        gain = np.float32(peak_limit / highest)
        noisy, clean = noisy * gain, clean * gain
    return noisy, clean


def looped(noise: np.ndarray, start: int, num_samples: int, fade_samples: int = 160) -> np.ndarray:
    """Repeat a short noise without a click: its end fades into its beginning.

    The fade keeps the power of unrelated signals (cosine and sine weights). The period is the
    length of the noise less the fade, which is at most a quarter of the noise.

    Args:
        noise: The recording, at least one sample.
        start: Position in the loop to begin with.
        num_samples: How many samples to return.
        fade_samples: Length of the cross-fade.

    Shape:
        noise: [T] or [T, C]; the result is [num_samples] or [num_samples, C].

    Returns:
        The looped noise.
    """
    fade_samples = min(fade_samples, len(noise) // 4)
    period = len(noise) - fade_samples
    loop = noise[:period].copy()
    if fade_samples:
        angle = (np.arange(fade_samples, dtype=np.float32) + 0.5) * (np.pi / 2 / fade_samples)
        angle = angle.reshape((-1,) + (1,) * (noise.ndim - 1))
        loop[:fade_samples] = np.sin(angle) * loop[:fade_samples] + np.cos(angle) * noise[period:]
    return np.take(loop, np.arange(start, start + num_samples), axis=0, mode="wrap")


def _amplified(waveform: np.ndarray, gain_db: float) -> np.ndarray:
    """Apply a gain in dB, in float32."""
    return waveform * np.float32(10.0 ** (gain_db / 20.0))
