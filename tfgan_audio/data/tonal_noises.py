"""Made noises that have a pitch: every kind is a function of (generator, num_samples, rate in Hz).

All results are float64 [T] with an RMS of about 1.
"""

import numpy as np

from tfgan_audio.data.noise_parts import coloured, random_envelope, ringing, shaped, unit


def hum(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Mains hum: 50 or 60 Hz with its harmonics, over a little hiss."""
    seconds = np.arange(num_samples) / sample_rate_hz
    mains_hz = rng.choice([50.0, 60.0]) * rng.uniform(0.998, 1.002)
    total = 0.05 * rng.uniform(0, 1) * coloured(rng, num_samples, -3)
    for order in range(1, int(min(30, 0.45 * sample_rate_hz / mains_hz)) + 1):
        amplitude = rng.uniform(0.2, 1) / order ** rng.uniform(0.5, 1.5)
        phase = rng.uniform(0, 2 * np.pi)
        total += amplitude * np.sin(2 * np.pi * order * mains_hz * seconds + phase)
    return unit(total)


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
    return unit(unit(harmonics) + rng.uniform(0.5, 2) * unit(breath))


def motor(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Motor: jittering pulses that ring, as of a chain saw or a compressor."""
    rate_hz = np.exp(rng.uniform(np.log(12), np.log(180)))
    drift = np.exp(0.15 * _slow(rng, num_samples, sample_rate_hz, 3.0))
    turns = np.cumsum(rate_hz * drift) / sample_rate_hz
    strength = (np.diff(np.floor(turns), prepend=0) > 0) * rng.exponential(1.0, num_samples)
    pulses = ringing(rng, strength, sample_rate_hz, (150, 5000), rng.uniform(0.001, 0.01))
    hz = np.fft.rfftfreq(num_samples, 1 / sample_rate_hz)
    rush = shaped(rng, num_samples, random_envelope(rng, hz, 40))
    return unit(unit(pulses) + rng.uniform(0.02, 0.5) * rush)


def siren(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Siren or alarm: a tone with overtones that goes up and down, or up and up again."""
    seconds = np.arange(num_samples) / sample_rate_hz
    low_hz, high_hz = np.exp(rng.uniform(np.log(200), np.log(4000), 2))
    turns = rng.uniform(0.2, 6) * seconds
    position = 0.5 + 0.5 * np.sin(2 * np.pi * turns) if rng.random() < 0.5 else turns % 1
    phase = 2 * np.pi * np.cumsum(low_hz * (high_hz / low_hz) ** position) / sample_rate_hz
    steepness = rng.uniform(0.5, 2)
    tone = sum(np.sin(order * phase) / order**steepness for order in range(1, 4))
    return unit(unit(tone) + 0.05 * coloured(rng, num_samples, -3))


def calls(rng: np.random.Generator, num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Calls: gliding tones with overtones, one after another, as of birds, dogs or a horn."""
    base_hz = np.exp(rng.uniform(np.log(80), np.log(2500)))
    overtones = np.arange(1, int(min(25, 0.45 * sample_rate_hz / base_hz)) + 1)
    gains = random_envelope(rng, base_hz * overtones, 30)
    total, start = np.zeros(num_samples), 0
    while start < num_samples:
        length = int(np.exp(rng.uniform(np.log(0.05), np.log(1.5))) * sample_rate_hz)
        call = _call(rng, base_hz, gains, length, sample_rate_hz)[: num_samples - start]
        total[start : start + len(call)] += call
        start += length + int(rng.exponential(0.4) * sample_rate_hz)
    hiss_db = rng.uniform(-45, -15)
    return unit(unit(total) + 10 ** (hiss_db / 20) * coloured(rng, num_samples, -3))


def _call(
    rng: np.random.Generator,
    base_hz: float,
    gains: np.ndarray,
    num_samples: int,
    sample_rate_hz: int,
) -> np.ndarray:
    """One call: its pitch bends around `base_hz` and may tremble; it swells and dies away."""
    position = np.linspace(0, 1, num_samples)
    bend = np.interp(position, np.linspace(0, 1, 4), rng.uniform(-0.5, 0.5, 4))
    tremble_hz = rng.uniform(3, 40)
    tremble = np.sin(2 * np.pi * tremble_hz * position * num_samples / sample_rate_hz)
    hz = base_hz * np.exp(bend) * (1 + rng.uniform(0, 0.05) * tremble)
    phase = 2 * np.pi * np.cumsum(hz) / sample_rate_hz
    call = np.zeros(num_samples)
    for order, gain in enumerate(gains, 1):
        audible = order * hz < 0.47 * sample_rate_hz
        call += gain * audible * np.sin(order * phase + rng.uniform(0, 2 * np.pi))
    swell = np.sin(np.pi * position) ** rng.uniform(0.2, 1.5)
    return call * swell * 10 ** (rng.uniform(-12, 0) / 20)


def _slow(
    rng: np.random.Generator, num_samples: int, sample_rate_hz: int, highest_hz: float
) -> np.ndarray:
    """Gaussian noise without anything above a low frequency, RMS 1."""
    hz = np.fft.rfftfreq(num_samples, 1 / sample_rate_hz)
    return shaped(rng, num_samples, (hz <= max(highest_hz, hz[1])) * 1.0)
