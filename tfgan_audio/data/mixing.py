"""What is too quiet to count, and noise that goes on for as long as it is needed (numpy, pure).

Shape letters: T samples, C channels.
"""

import numpy as np

from tfgan_audio.audio.filters import rms_dbfs

SILENCE_DBFS = -70.0
"""RMS level below which a signal counts as silent: about 10 steps of 16-bit audio."""


def is_silent(waveform: np.ndarray) -> bool:
    """Tell whether the RMS level is below `SILENCE_DBFS`."""
    return rms_dbfs(waveform) < SILENCE_DBFS


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
