"""Silence is told from sound, and a loop goes on without a click."""

import numpy as np
import pytest

from tfgan_audio.data.mixing import is_silent, looped


def test_a_dithered_silence_counts_as_silence(rng: np.random.Generator) -> None:
    dither = (rng.integers(-1, 2, (8000, 1)) / 32768).astype(np.float32)
    assert is_silent(dither) and not is_silent(20 * dither)


def test_a_loop_has_the_power_of_its_noise_and_no_click(rng: np.random.Generator) -> None:
    noise = rng.standard_normal((4000, 1)).astype(np.float32)
    loop = looped(noise, start=1234, num_samples=60_000)
    assert np.mean(loop**2) == pytest.approx(np.mean(noise**2), rel=0.05)
    period = 4000 - 160
    np.testing.assert_array_equal(loop[:period], loop[period : 2 * period])
    np.testing.assert_array_equal(loop[: period - 1234], noise[1234:period])
    # A slow tone that does not fit the length would jump by up to 2 without the cross-fade.
    tone = np.cos(np.pi * np.arange(4000) / 4000)
    assert np.abs(np.diff(looped(tone, 0, 12_000))).max() < 0.02


@pytest.mark.parametrize("num_samples", [1, 2, 3, 5])
def test_a_loop_of_a_few_samples_is_finite(num_samples: int) -> None:
    loop = looped(np.full((num_samples, 1), 0.5, np.float32), 0, 100)
    assert loop.shape == (100, 1)
    assert np.isfinite(loop).all() and loop.any()
