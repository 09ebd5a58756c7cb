"""The stems have exactly the ratio and level drawn for them, on one scale."""

import numpy as np
import pytest

from tfgan_audio.audio.filters import peak, rms_dbfs
from tfgan_audio.data.active_level import active_level_dbfs
from tfgan_audio.data.recipe import NoiseValues, Values
from tfgan_audio.data.synthesis import noise_samples, realised_snr_db, synthesise

RATE_HZ = 16_000


@pytest.fixture
def speech(rng: np.random.Generator) -> np.ndarray:
    """Two bursts and a long pause."""
    bursts = np.repeat([1.0, 0.6, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 4000)
    return (0.1 * bursts * rng.standard_normal(32_000)).astype(np.float32)


@pytest.fixture
def noise(rng: np.random.Generator) -> np.ndarray:
    return (0.02 * rng.standard_normal(32_000)).astype(np.float32)


@pytest.fixture
def room(rng: np.random.Generator) -> np.ndarray:
    time = np.arange(4000)
    room = 0.3 * rng.standard_normal(4000) * np.exp(-time / 900) * (time > 60)
    room[20] = 1.0
    return room.astype(np.float32)


@pytest.mark.parametrize("snr_db", [-10.0, 0.0, 17.5])
@pytest.mark.parametrize("level_dbfs", [None, -25.0])
def test_ratio_and_level_are_exact(speech, noise, snr_db: float, level_dbfs) -> None:
    stems = synthesise(Values(snr_db, level_dbfs=level_dbfs), speech, [noise], None, RATE_HZ)
    assert rms_dbfs(stems.clean) - rms_dbfs(stems.noise) == pytest.approx(snr_db, abs=1e-4)
    np.testing.assert_allclose(stems.noisy, stems.clean + stems.noise, atol=1e-6)
    if level_dbfs is None:
        np.testing.assert_array_equal(stems.clean, speech)
    else:
        assert rms_dbfs(stems.noisy) == pytest.approx(level_dbfs, abs=1e-4)
    np.testing.assert_allclose(
        stems.clean, speech * 10 ** (stems.speech_gain_db / 20), rtol=1e-5, atol=1e-9
    )
    np.testing.assert_allclose(
        stems.noise, noise * 10 ** (stems.noise_gains_db[0] / 20), rtol=1e-5, atol=1e-9
    )


def test_levels_of_the_sources_do_not_matter(speech, noise) -> None:
    values = Values(5.0, level_dbfs=-30.0)
    loud = synthesise(values, speech, [noise], None, RATE_HZ)
    quiet = synthesise(values, 0.1 * speech, [3 * noise], None, RATE_HZ)
    np.testing.assert_allclose(loud.noisy, quiet.noisy, atol=1e-6)


@pytest.mark.parametrize("level_dbfs", [-40.0, -23.0, -18.0])
def test_a_ratio_by_activity_holds_at_the_final_level(speech, noise, level_dbfs: float) -> None:
    stems = synthesise(Values(5.0, "p56", level_dbfs), speech, [noise], None, RATE_HZ)
    measured = active_level_dbfs(stems.clean, RATE_HZ) - rms_dbfs(stems.noise)
    assert measured == pytest.approx(5.0, abs=0.01)
    assert realised_snr_db(stems, "p56", RATE_HZ) == pytest.approx(measured)
    # Three quarters of this speech are a pause, which the RMS level counts.
    assert realised_snr_db(stems, "rms", RATE_HZ) < 2.0


def test_no_stem_exceeds_the_peak_limit_and_the_ratio_stays(speech, noise) -> None:
    stems = synthesise(Values(0.0, level_dbfs=-3.0), speech, [noise], None, RATE_HZ)
    peaks = [peak(each) for each in (stems.noisy, stems.clean, stems.noise)]
    assert max(peaks) == pytest.approx(0.99, abs=1e-4)
    assert realised_snr_db(stems, "rms", RATE_HZ) == pytest.approx(0.0, abs=1e-4)
    against = synthesise(Values(0.5), 4 * speech, [-4 * speech], None, RATE_HZ)
    assert peak(against.clean) == pytest.approx(0.99, abs=1e-4)
    assert peak(against.noisy) < 0.2


def test_silence_has_no_ratio_and_stays_finite(speech, noise) -> None:
    silence, values = np.zeros(32_000, np.float32), Values(5.0, level_dbfs=-30.0)
    only_noise = synthesise(values, silence, [noise], None, RATE_HZ)
    assert not only_noise.clean.any()
    assert rms_dbfs(only_noise.noisy) == pytest.approx(-30.0, abs=1e-3)
    only_speech = synthesise(values, speech, [silence], None, RATE_HZ)
    np.testing.assert_array_equal(only_speech.noisy, only_speech.clean)
    assert not only_speech.noise.any() and only_speech.noise_gains_db == (-np.inf,)
    nothing = synthesise(values, silence, [silence], None, RATE_HZ)
    for stems in (only_noise, only_speech, nothing):
        assert np.isfinite(stems.noisy).all()
        assert realised_snr_db(stems, "p56", RATE_HZ) is None


def test_where_nobody_speaks_there_is_the_noise_at_its_level(speech, noise, room) -> None:
    values = Values(5.0, level_dbfs=-30.0, is_speechless=True, is_reverberant=True, early_ms=50.0)
    stems = synthesise(values, speech, [noise], room, RATE_HZ)
    assert not stems.clean.any() and not stems.speech.any()
    np.testing.assert_array_equal(stems.noisy, stems.noise)
    assert rms_dbfs(stems.noisy) == pytest.approx(-30.0, abs=0.01)
    assert np.corrcoef(stems.noisy, noise)[0, 1] == pytest.approx(1.0)


def test_without_noises_the_recording_is_the_speech(speech) -> None:
    stems = synthesise(Values(5.0, level_dbfs=-30.0, noises=()), speech, [], None, RATE_HZ)
    np.testing.assert_array_equal(stems.noisy, stems.clean)
    assert rms_dbfs(stems.clean) == pytest.approx(-30.0, abs=1e-3)


def test_several_noises_have_their_levels_against_the_first(speech, noise, rng) -> None:
    other = (0.5 * np.sin(np.arange(32_000) / 5)).astype(np.float32)
    values = Values(3.0, noises=(NoiseValues(), NoiseValues(gain_db=-8.0)))
    stems = synthesise(values, speech, [noise, other], None, RATE_HZ)
    assert rms_dbfs(stems.clean) - rms_dbfs(stems.noise) == pytest.approx(3.0, abs=1e-3)
    gains = np.linalg.lstsq(np.stack([noise, other], 1), stems.noise, rcond=None)[0]
    np.testing.assert_allclose(20 * np.log10(gains), stems.noise_gains_db, atol=1e-3)
    levels = [rms_dbfs(gain * part) for gain, part in zip(gains, (noise, other), strict=True)]
    assert levels[1] - levels[0] == pytest.approx(-8.0, abs=1e-3)


def test_a_room_is_heard_and_not_in_the_target(speech, noise, room) -> None:
    speech, noise = 0.3 * speech, 0.3 * noise
    dry = synthesise(Values(5.0), speech, [noise], None, RATE_HZ)
    values = Values(5.0, is_reverberant=True, early_ms=0.0)
    stems = synthesise(values, speech, [noise], room, RATE_HZ)
    np.testing.assert_allclose(stems.clean, dry.clean, atol=1e-6)
    np.testing.assert_allclose(stems.noisy, stems.speech + stems.noise, atol=1e-6)
    assert rms_dbfs(stems.speech) - rms_dbfs(stems.noise) == pytest.approx(5.0, abs=1e-3)
    echo = stems.speech - stems.clean
    pause = slice(8200, 10_000)  # right after the bursts
    assert not stems.clean[pause].any() and rms_dbfs(echo[pause]) > rms_dbfs(speech) - 30


def test_channel_effects_are_on_the_noisy_side_only(speech, noise) -> None:
    plain = synthesise(Values(5.0, level_dbfs=-20.0), speech, [noise], None, RATE_HZ)
    values = Values(5.0, level_dbfs=-20.0, band_limit_hz=3000.0, clipping_db=6.0)
    stems = synthesise(values, speech, [noise], None, RATE_HZ)
    np.testing.assert_array_equal(stems.clean, plain.clean)
    np.testing.assert_array_equal(stems.noise, plain.noise)
    limited = synthesise(
        Values(5.0, level_dbfs=-20.0, band_limit_hz=3000.0), speech, [noise], None, RATE_HZ
    ).noisy
    spectrum = np.abs(np.fft.rfft(np.hanning(32_000) * limited)) ** 2
    assert spectrum[6000:].sum() < 1e-5 * spectrum.sum()
    assert peak(stems.noisy) == pytest.approx(peak(limited) * 10 ** (-6 / 20), rel=1e-5)


def test_a_noise_is_filtered_reversed_and_sped_up_as_drawn(speech, rng) -> None:
    values = NoiseValues(speed=1.25, is_reversed=True)
    assert noise_samples(values, 32_000) == 40_000
    noise = np.zeros(40_000, np.float32)
    noise[:8000] = rng.standard_normal(8000)  # a burst at the start ends at the end
    stems = synthesise(Values(0.0, noises=(values,)), speech, [noise], None, RATE_HZ)
    assert rms_dbfs(stems.noise[:25_000]) < rms_dbfs(stems.noise[26_000:]) - 60
    coloured = Values(0.0, colour=(0.3, 0.1, -0.3, 0.1), noises=())
    tinted = synthesise(coloured, speech, [], None, RATE_HZ)
    np.testing.assert_array_equal(tinted.noisy, tinted.clean)
    assert np.abs(tinted.clean - speech).max() > 0.01
