"""Channel effects do what their names say, without delay."""

import numpy as np
import pytest
import scipy.signal

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.data.effects import at_speed, band_limited, clipped, coloured_by

RATE_HZ = 16_000


def tone(hz: float, num_samples: int = 16_000) -> np.ndarray:
    """A tone that swells from silence and back."""
    swell = np.hanning(num_samples)
    return (0.5 * swell * np.sin(2 * np.pi * hz * np.arange(num_samples) / RATE_HZ)).astype(
        np.float32
    )


@pytest.mark.parametrize("cutoff_hz", [1000.0, 3400.0, 6000.0])
def test_a_band_limit_keeps_what_is_below_in_place_and_removes_what_is_above(cutoff_hz) -> None:
    low, high = tone(0.85 * cutoff_hz), tone(1.05 * cutoff_hz)
    limited = band_limited(low + high, cutoff_hz, RATE_HZ)
    np.testing.assert_allclose(limited, low, atol=2e-3)
    assert rms_dbfs(band_limited(high, cutoff_hz, RATE_HZ)) < rms_dbfs(high) - 60


def test_the_ends_of_a_band_limited_clip_do_not_meet(rng: np.random.Generator) -> None:
    click = np.zeros(8000, np.float32)
    click[0] = 1.0
    assert np.abs(band_limited(click, 4000, RATE_HZ)[-2000:]).max() < 1e-3


def test_a_limit_beyond_the_rate_changes_nothing(rng: np.random.Generator) -> None:
    noise = rng.standard_normal(5000).astype(np.float32)
    np.testing.assert_allclose(band_limited(noise, 12_000, RATE_HZ), noise, atol=1e-5)


def test_clipping_cuts_at_its_depth_and_nothing_else() -> None:
    waveform = tone(100)
    cut = clipped(waveform, 6.0)
    limit = np.abs(waveform).max() * 10 ** (-6 / 20)
    assert np.abs(cut).max() == pytest.approx(limit, rel=1e-6)
    untouched = np.abs(waveform) < limit
    np.testing.assert_array_equal(cut[untouched], waveform[untouched])
    np.testing.assert_array_equal(clipped(waveform, 0.0), waveform)
    np.testing.assert_array_equal(clipped(np.zeros(9), 6.0), np.zeros(9))


def test_a_colour_is_its_rational_response_at_the_same_level(rng: np.random.Generator) -> None:
    noise = rng.standard_normal(1 << 16).astype(np.float32)
    colour = (0.3, -0.2, -0.35, 0.1)
    result = coloured_by(noise, colour)
    assert rms_dbfs(result) == pytest.approx(rms_dbfs(noise), abs=1e-4)
    hz, before = scipy.signal.welch(noise, nperseg=256)
    after = scipy.signal.welch(result, nperseg=256)[1]
    _, response = scipy.signal.freqz([1, 0.3, -0.2], [1, -0.35, 0.1], worN=2 * np.pi * hz)
    shape = np.log10(after / before) - np.log10(np.abs(response) ** 2)
    assert np.std(shape[1:-1]) < 0.02


def test_every_colour_that_can_be_drawn_is_stable() -> None:
    corners = np.array(np.meshgrid([-0.375, 0.375], [-0.375, 0.375])).reshape(2, -1).T
    assert all(np.abs(np.roots([1.0, *corner])).max() < 0.9 for corner in corners)
    np.testing.assert_array_equal(coloured_by(np.zeros(99), (0.3, 0.3, 0.3, 0.3)), np.zeros(99))


@pytest.mark.parametrize("speed", [0.6, 0.9, 1.7])
def test_another_speed_moves_the_pitch(speed: float) -> None:
    num_samples = 16_000
    faster = at_speed(tone(1000, int(np.ceil(num_samples * speed))), speed, num_samples)
    assert len(faster) == num_samples
    spectrum = np.abs(np.fft.rfft(faster))
    assert int(np.argmax(spectrum)) == pytest.approx(1000 * speed, abs=2)


def test_no_change_of_speed_is_no_change(rng: np.random.Generator) -> None:
    noise = rng.standard_normal(500).astype(np.float32)
    np.testing.assert_array_equal(at_speed(noise, 1.0, 500), noise)
