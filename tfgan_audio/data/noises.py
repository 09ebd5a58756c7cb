"""Made noises: every kind is a function of (generator, num_samples, sample_rate_hz).

Shape letters: T samples. All results are float64 [T] with an RMS of about 1; none is recorded.
"""

from collections.abc import Callable

import numpy as np

Noise = Callable[[np.random.Generator, int, int], np.ndarray]


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
    return _unit(np.fft.irfft(spectrum, num_samples))


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


def white(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Hiss with a flat spectrum, or nearly."""
    return coloured(rng, num_samples, rng.uniform(-1, 1))


def pink(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Noise falling by about 3 dB per octave, as of a ventilator."""
    return coloured(rng, num_samples, rng.uniform(-4, -2))


def brown(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Rumble falling by about 6 dB per octave, as of a distant road, without the inaudible part."""
    hz = np.fft.rfftfreq(num_samples, 1 / sample_rate_hz)
    slope = rng.uniform(0.8, 1.3)
    return shaped(rng, num_samples, (np.maximum(hz, 1) / 40) ** 2 / (1 + (hz / 40) ** (2 + slope)))


def hum(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Mains hum: 50 or 60 Hz with its harmonics, over a little hiss."""
    seconds = np.arange(num_samples) / sample_rate_hz
    mains_hz = rng.choice([50.0, 60.0]) * rng.uniform(0.998, 1.002)
    total = 0.05 * rng.uniform(0, 1) * coloured(rng, num_samples, -3)
    for order in range(1, int(min(30, 0.45 * sample_rate_hz / mains_hz)) + 1):
        amplitude = rng.uniform(0.2, 1) / order ** rng.uniform(0.5, 1.5)
        phase = rng.uniform(0, 2 * np.pi)
        total += amplitude * np.sin(2 * np.pi * order * mains_hz * seconds + phase)
    return _unit(total)


def engine(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Engine: a drifting firing rate that drives harmonics and pulses broadband noise."""
    drift = np.cumsum(coloured(rng, num_samples, -6)) / sample_rate_hz
    phase = 2 * np.pi * (
        rng.uniform(15, 90) * np.arange(num_samples) / sample_rate_hz + rng.uniform(0, 3) * drift
    )  # fmt: skip
    harmonics = sum(
        rng.uniform(0.3, 1) / order * np.sin(order * phase + rng.uniform(0, 2 * np.pi))
        for order in range(1, 12)
    )
    pulses = (0.5 + 0.5 * np.sin(phase)) ** rng.uniform(1, 4)
    breath = coloured(rng, num_samples, rng.uniform(-6, -2)) * pulses
    return _unit(_unit(harmonics) + rng.uniform(0.5, 2) * _unit(breath))


def rain(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Rain: many short drops of random strength over a steady rush."""
    drops_per_second = rng.uniform(100, 1500)
    hits = rng.random(num_samples) < drops_per_second / sample_rate_hz
    strength = hits * rng.exponential(1.0, num_samples) * rng.choice([-1, 1], num_samples)
    drops = _ringing(rng, strength, sample_rate_hz, (1000, 6000), 0.0008)
    return _unit(_unit(drops) + rng.uniform(0.1, 0.6) * coloured(rng, num_samples, -2))


def clicks(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Clicks and knocks: a few sharp sounds per second, as of keys or dishes, over faint hiss."""
    num_clicks = max(1, int(rng.uniform(2, 12) * num_samples / sample_rate_hz))
    strength = np.zeros(num_samples)
    strength[rng.integers(num_samples, size=num_clicks)] = rng.exponential(1.0, num_clicks) + 0.2
    ringing = _ringing(rng, strength, sample_rate_hz, (300, 5000), rng.uniform(0.005, 0.04))
    return _unit(_unit(ringing) + 0.03 * coloured(rng, num_samples, -3))


def bursts(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Bursts of band-limited noise that come and go, as of passing cars or a drill."""
    hz = np.fft.rfftfreq(num_samples, 1 / sample_rate_hz)
    low_hz = np.exp(rng.uniform(np.log(80), np.log(2500)))
    high_hz = min(low_hz * rng.uniform(1.3, 6), 0.45 * sample_rate_hz)
    width = 0.1 * low_hz
    band = _step((hz - low_hz) / width) * _step((high_hz - hz) / width)
    slow = shaped(rng, num_samples, (hz < rng.uniform(0.5, 4)) * 1.0)
    burst = shaped(rng, num_samples, band) * _step(4 * slow)
    return _unit(burst + 0.02 * coloured(rng, num_samples, -3))


def babble(
    rng: np.random.Generator, num_samples: int, voices: list[np.ndarray], num_voices: int = 6
) -> np.ndarray:
    """Several voices at once.

    Args:
        rng: What to draw from.
        num_samples: Length T.
        voices: Speech to choose from, each [T'].
        num_voices: How many speak at a time.

    Returns:
        The sum of parts of randomly chosen voices, each repeated as needed, [T].
    """
    total = np.zeros(num_samples)
    for _ in range(num_voices):
        voice = voices[int(rng.integers(len(voices)))]
        start = int(rng.integers(len(voice)))
        part = np.take(voice, np.arange(start, start + num_samples), mode="wrap")
        total += rng.uniform(0.5, 1) * _unit(part.astype(np.float64))
    return _unit(total)


KINDS: dict[str, Noise] = {
    kind.__name__: kind for kind in (white, pink, brown, hum, engine, rain, clicks, bursts)
}
"""Every kind of made noise but babble, which needs voices."""


def _ringing(
    rng: np.random.Generator,
    strength: np.ndarray,
    sample_rate_hz: int,
    range_hz: tuple[float, float],
    decay_seconds: float,
) -> np.ndarray:
    """Let every impulse ring at a few frequencies and die away."""
    seconds = np.arange(int(8 * decay_seconds * sample_rate_hz) + 1) / sample_rate_hz
    response = np.zeros(len(seconds))
    for _ in range(3):
        hz = np.exp(rng.uniform(*np.log(range_hz)))
        response += rng.uniform(0.3, 1) * np.sin(2 * np.pi * hz * seconds)
    response *= np.exp(-seconds / decay_seconds)
    padded = len(strength) + len(response) - 1
    spectrum = np.fft.rfft(strength, padded) * np.fft.rfft(response, padded)
    return np.fft.irfft(spectrum, padded)[: len(strength)]


def _step(position: np.ndarray) -> np.ndarray:
    """Smooth step from 0 to 1 around position 0."""
    return 0.5 + 0.5 * np.tanh(position / 2)


def _unit(waveform: np.ndarray) -> np.ndarray:
    """Scale to an RMS of 1 (digital silence stays)."""
    rms = np.sqrt(np.mean(np.square(waveform)))
    return waveform / rms if rms > 0 else waveform
