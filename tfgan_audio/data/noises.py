"""Made noises: every kind is a function of (generator, num_samples, sample_rate_hz).

Shape letters: T samples. All results are float64 [T] with an RMS of about 1; none is recorded.
"""

from collections.abc import Callable

import numpy as np

from tfgan_audio.data.noise_parts import coloured, random_envelope, ringing, shaped, step, unit
from tfgan_audio.data.tonal_noises import calls, engine, hum, motor, siren

Noise = Callable[[np.random.Generator, int, int], np.ndarray]


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


def rain(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Rain: many short drops of random strength over a steady rush."""
    drops_per_second = rng.uniform(100, 1500)
    hits = rng.random(num_samples) < drops_per_second / sample_rate_hz
    strength = hits * rng.exponential(1.0, num_samples) * rng.choice([-1, 1], num_samples)
    drops = ringing(rng, strength, sample_rate_hz, (1000, 6000), 0.0008)
    return unit(unit(drops) + rng.uniform(0.1, 0.6) * coloured(rng, num_samples, -2))


def clicks(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Clicks and knocks: a few sharp sounds per second, as of keys or dishes, over faint hiss."""
    num_clicks = max(1, int(rng.uniform(2, 12) * num_samples / sample_rate_hz))
    strength = np.zeros(num_samples)
    strength[rng.integers(num_samples, size=num_clicks)] = rng.exponential(1.0, num_clicks) + 0.2
    knocks = ringing(rng, strength, sample_rate_hz, (300, 5000), rng.uniform(0.005, 0.04))
    return unit(unit(knocks) + 0.03 * coloured(rng, num_samples, -3))


def bursts(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Bursts of band-limited noise that come and go, as of passing cars or a drill."""
    hz = np.fft.rfftfreq(num_samples, 1 / sample_rate_hz)
    low_hz = np.exp(rng.uniform(np.log(80), np.log(2500)))
    high_hz = min(low_hz * rng.uniform(1.3, 6), 0.45 * sample_rate_hz)
    width = 0.1 * low_hz
    band = step((hz - low_hz) / width) * step((high_hz - hz) / width)
    slow = shaped(rng, num_samples, (hz < rng.uniform(0.5, 4)) * 1.0)
    burst = shaped(rng, num_samples, band) * step(4 * slow)
    return unit(burst + 0.02 * coloured(rng, num_samples, -3))


def texture(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Noise of any spectrum whose loudness wanders, slowly or as fast as syllables."""
    hz = np.fft.rfftfreq(num_samples, 1 / sample_rate_hz)
    fastest_hz = np.exp(rng.uniform(np.log(0.5), np.log(20)))
    wander = shaped(rng, num_samples, (hz <= fastest_hz) * 1.0)
    steady = shaped(rng, num_samples, random_envelope(rng, hz, 40))
    return unit(steady * np.exp(rng.uniform(0, 1.5) * wander))


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
        total += rng.uniform(0.5, 1) * unit(part.astype(np.float64))
    return unit(total)


KINDS: dict[str, Noise] = {
    kind.__name__: kind
    for kind in (
        white,
        pink,
        brown,
        hum,
        engine,
        rain,
        clicks,
        bursts,
        texture,
        calls,
        motor,
        siren,
    )  # fmt: skip
}
"""Every kind of made noise but babble, which needs voices."""
