import numpy as np
import pytest

RATE_HZ = 16000


@pytest.fixture
def tones(rng):
    """Return a function that makes decaying tones of random pitch, `[N, T]`."""

    def make(num_clips: int, num_samples: int = 4096) -> np.ndarray:
        time_s = np.arange(num_samples) / RATE_HZ
        frequency_hz = rng.uniform(200, 3000, (num_clips, 1))
        decay = rng.uniform(5, 20, (num_clips, 1))
        wave = np.sin(2 * np.pi * frequency_hz * time_s) * np.exp(-decay * time_s)
        return (rng.uniform(0.3, 0.9, (num_clips, 1)) * wave).astype(np.float32)

    return make
