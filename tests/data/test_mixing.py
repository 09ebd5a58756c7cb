"""Mixtures have exactly the ratio and level asked for."""

import numpy as np
import pytest

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.data.mixing import is_silent, looped, mix, scale_to_snr


def realised_snr_db(clean: np.ndarray, noisy: np.ndarray) -> float:
    clean, noise = clean.astype(np.float64), noisy.astype(np.float64) - clean
    return 10 * np.log10(np.sum(clean**2) / np.sum(noise**2))


@pytest.fixture
def speech(rng: np.random.Generator) -> np.ndarray:
    return (0.05 * rng.standard_normal((8000, 1)) * np.linspace(0, 1, 8000)[:, None]).astype("f4")


@pytest.fixture
def noise(rng: np.random.Generator) -> np.ndarray:
    return (0.3 * rng.standard_normal((8000, 1))).astype(np.float32)


@pytest.mark.parametrize("snr_db", [-30.0, -5.0, 0.0, 2.5, 5.0, 17.5, 40.0])
def test_realised_ratio_is_the_ratio_asked_for(
    speech: np.ndarray, noise: np.ndarray, snr_db: float
) -> None:
    scaled = scale_to_snr(speech, noise, snr_db)
    assert realised_snr_db(speech, speech + scaled) == pytest.approx(snr_db, abs=1e-3)
    noisy, clean = mix(speech, noise, snr_db, level_dbfs=-25.0)
    assert realised_snr_db(clean, noisy) == pytest.approx(snr_db, abs=1e-3)
    assert rms_dbfs(noisy) == pytest.approx(-25.0, abs=1e-4)


def test_the_ratio_does_not_depend_on_the_levels_of_the_sources(
    speech: np.ndarray, noise: np.ndarray
) -> None:
    loud, quiet = mix(speech, noise, 5.0, -30.0), mix(0.1 * speech, 3 * noise, 5.0, -30.0)
    np.testing.assert_allclose(loud[0], quiet[0], atol=1e-6)
    np.testing.assert_allclose(loud[1], quiet[1], atol=1e-6)


def test_peak_guard_scales_mixture_and_target_alike(speech: np.ndarray, noise: np.ndarray) -> None:
    noisy, clean = mix(speech, noise, 0.0, level_dbfs=-3.0, peak_limit=0.9)
    assert np.abs(noisy).max() == pytest.approx(0.9, abs=1e-6)
    assert realised_snr_db(clean, noisy) == pytest.approx(0.0, abs=1e-3)
    # The target alone may be what is too loud: noise in opposite phase cancels in the mixture.
    noisy, clean = mix(4 * speech, -4 * speech, 0.5, peak_limit=0.5)
    assert np.abs(clean).max() == pytest.approx(0.5, abs=1e-6)


def test_silence_has_no_ratio_and_makes_no_nan(speech: np.ndarray, noise: np.ndarray) -> None:
    silence = np.zeros_like(speech)
    noisy, clean = mix(silence, noise, 5.0, level_dbfs=-30.0)
    assert rms_dbfs(noisy) == pytest.approx(-30.0, abs=1e-4)
    assert not clean.any()
    noisy, clean = mix(speech, silence, 5.0, level_dbfs=-30.0)
    np.testing.assert_array_equal(noisy, clean)
    assert rms_dbfs(clean) == pytest.approx(-30.0, abs=1e-4)
    for result in mix(silence, silence, 5.0, level_dbfs=-30.0):
        assert not result.any()


def test_a_dithered_silence_counts_as_silence(rng: np.random.Generator, noise: np.ndarray) -> None:
    dither = (rng.integers(-1, 2, (8000, 1)) / 32768).astype(np.float32)
    assert is_silent(dither)
    assert not scale_to_snr(noise, dither, 5.0).any()


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
