"""What made noises are put together from.

Shape letters: T samples. All are functions of a generator of random numbers; nothing is recorded.
"""

import numpy as np


def shaped(rng: np.random.Generator, num_samples: int, gain: np.ndarray) -> np.ndarray:
    """Gaussian noise with a given magnitude response, RMS 1.

    Args:
        rng: What to draw from.
        num_samples: Length T.
        gain: Factor for each of the T // 2 + 1 frequency bins.

    Returns:
        The noise, [T].
    """
    spectrum = np.fft.rfft(rng.standard_normal(num_samples)) * gain
    return unit(np.fft.irfft(spectrum, num_samples))


def coloured(rng: np.random.Generator, num_samples: int, slope_db: float) -> np.ndarray:
    """Noise whose power changes by `slope_db` per octave: 0 white, -3 pink, -6 brown.

    Args:
        rng: What to draw from.
        num_samples: Length T.
        slope_db: Change of the power density in dB per octave.

    Returns:
        The noise, [T].
    """
    bins = np.arange(num_samples // 2 + 1, dtype=np.float64)
    bins[0] = np.inf if slope_db < 0 else 1.0
    return shaped(rng, num_samples, bins ** (slope_db / (20 * np.log10(2))))


def random_envelope(rng: np.random.Generator, hz: np.ndarray, depth_db: float) -> np.ndarray:
    """Draw a smooth magnitude response: a few points over octaves, straight lines in dB between.

    Args:
        rng: What to draw from.
        hz: Frequencies to give it at.
        depth_db: How far below the highest point the others may lie.

    Returns:
        Factors of at most 1, in the shape of `hz`.
    """
    num_points = int(rng.integers(3, 10))
    points_hz = np.sort(np.exp(rng.uniform(np.log(40), np.log(8000), num_points)))
    gains_db = rng.uniform(-depth_db, 0, num_points)
    return 10 ** (np.interp(np.log(np.maximum(hz, 1)), np.log(points_hz), gains_db) / 20)


def ringing(
    rng: np.random.Generator,
    strength: np.ndarray,
    sample_rate_hz: int,
    range_hz: tuple[float, float],
    decay_seconds: float,
) -> np.ndarray:
    """Let every impulse ring at three frequencies and die away.

    Args:
        rng: What to draw from.
        strength: Impulses, [T].
        sample_rate_hz: Their rate.
        range_hz: Lowest and highest of the frequencies.
        decay_seconds: Time in which it falls to 1 / e.

    Returns:
        The sound, [T].
    """
    seconds = np.arange(int(8 * decay_seconds * sample_rate_hz) + 1) / sample_rate_hz
    response = np.zeros(len(seconds))
    for _ in range(3):
        hz = np.exp(rng.uniform(*np.log(range_hz)))
        response += rng.uniform(0.3, 1) * np.sin(2 * np.pi * hz * seconds)
    response *= np.exp(-seconds / decay_seconds)
    padded = len(strength) + len(response) - 1
    spectrum = np.fft.rfft(strength, padded) * np.fft.rfft(response, padded)
    return np.fft.irfft(spectrum, padded)[: len(strength)]


def step(position: np.ndarray) -> np.ndarray:
    """Return a smooth step from 0 to 1 around position 0.

    Args:
        position: Where on the step, any shape.
    """
    return 0.5 + 0.5 * np.tanh(position / 2)


def unit(waveform: np.ndarray) -> np.ndarray:
    """Scale to an RMS of 1; digital silence stays.

    Args:
        waveform: Samples of any shape.
    """
    rms = np.sqrt(np.mean(np.square(waveform)))
    return waveform / rms if rms > 0 else waveform
