"""Trimming, fading, scaling and joining: properties of made signals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tfgan_audio.audio.filters import peak, rms_dbfs
from tfgan_audio.audio.finishing import Finishing, fade, join, scale, trim
from tfgan_audio.errors import InputError

SAMPLES = st.floats(-2, 2, width=32, allow_subnormal=False)
WAVEFORMS = arrays(np.float32, st.tuples(st.integers(1, 40), st.integers(1, 2)), elements=SAMPLES)
PROPERTY = settings(max_examples=100, deadline=None, derandomize=True)


@PROPERTY
@given(WAVEFORMS, st.floats(0, 120), st.integers(0, 10))
def test_a_trim_cuts_quiet_ends_and_nothing_else(waveform, threshold_db, margin) -> None:
    trimmed = trim(waveform, threshold_db, margin)
    limit = np.abs(waveform).max() * 10 ** (-threshold_db / 20)
    first = next(start for start in range(len(waveform)) if np.abs(waveform[start]).max() >= limit)
    last = next(n for n in range(len(waveform) - 1, -1, -1) if np.abs(waveform[n]).max() >= limit)
    first, last = max(0, first - margin), min(len(waveform) - 1, last + margin)
    np.testing.assert_array_equal(trimmed, waveform[first : last + 1])


@PROPERTY
@given(WAVEFORMS, st.floats(0, 60))
def test_a_trim_does_not_depend_on_the_level(waveform, threshold_db) -> None:
    assert len(trim(waveform, threshold_db)) == len(trim(waveform / 4, threshold_db))


def test_silence_is_not_trimmed() -> None:
    assert trim(np.zeros([9, 2], np.float32), 40.0).shape == (9, 2)


@PROPERTY
@given(st.integers(1, 40), st.integers(0, 50))
def test_a_fade_rises_stays_and_falls(num_samples: int, fade_samples: int) -> None:
    gains = fade(np.ones([num_samples, 2], np.float32), fade_samples)
    assert gains.dtype == np.float32
    np.testing.assert_array_equal(gains[:, 0], gains[:, 1])
    np.testing.assert_array_equal(gains, gains[::-1])
    length = min(fade_samples, num_samples // 2)
    expected = [(1 - math.cos(math.pi * (n + 0.5) / length)) / 2 for n in range(length)]
    np.testing.assert_allclose(gains[:length, 0], expected, atol=1e-6)
    np.testing.assert_array_equal(gains[length : num_samples - length], 1)


@PROPERTY
@given(WAVEFORMS, st.floats(-60, 0))
def test_a_peak_is_reached(waveform, peak_dbfs) -> None:
    scaled = scale(waveform, peak_dbfs=peak_dbfs)
    assert scaled.dtype == np.float32
    expected = 10 ** (peak_dbfs / 20) if waveform.any() else 0
    assert np.abs(scaled).max() == pytest.approx(expected, rel=1e-6)


@PROPERTY
@given(WAVEFORMS.filter(lambda w: np.abs(w).max() > 1e-9), st.floats(-60, 0), st.floats(-20, 0))
def test_a_level_is_reached_unless_the_peak_forbids_it(waveform, level_dbfs, peak_dbfs) -> None:
    scaled = scale(waveform, level_dbfs, peak_dbfs)
    crest_db = 20 * math.log10(peak(waveform)) - rms_dbfs(waveform)
    expected = min(level_dbfs, peak_dbfs - crest_db)
    assert rms_dbfs(scaled) == pytest.approx(expected, abs=1e-4)
    assert peak(scaled) <= 10 ** (peak_dbfs / 20) * (1 + 1e-6)
    np.testing.assert_allclose(scaled / peak(scaled), waveform / peak(waveform), atol=1e-6)


def test_a_full_sine_at_minus_three_decibels_stays() -> None:
    sine = np.sin(2 * np.pi * np.arange(1000) / 100)[:, None]
    np.testing.assert_allclose(scale(sine, -20 * math.log10(math.sqrt(2))), sine, atol=1e-12)


@PROPERTY
@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 5))
def test_joined_with_silence_between(lengths: list[int], gap: int) -> None:
    waveforms = [np.full([length, 1], n + 1.0, np.float32) for n, length in enumerate(lengths)]
    expected: list[float] = []
    for n, length in enumerate(lengths):
        expected += [0.0] * (gap if n else 0) + [n + 1.0] * length
    np.testing.assert_array_equal(join(waveforms, gap)[:, 0], expected)


@PROPERTY
@given(st.lists(st.integers(6, 15), min_size=1, max_size=5), st.integers(0, 3))
def test_an_overlap_keeps_what_is_the_same_in_both(lengths: list[int], overlap: int) -> None:
    joined = join([np.full([length, 2], 0.5, np.float32) for length in lengths], -overlap)
    assert len(joined) == sum(lengths) - overlap * (len(lengths) - 1)
    np.testing.assert_allclose(joined, 0.5, atol=1e-6)


def test_an_overlap_fades_from_one_to_the_next() -> None:
    joined = join([np.zeros([6, 1]), np.ones([5, 1])], -2)[:, 0]
    rise = [math.sin(math.pi / 8) ** 2, math.sin(3 * math.pi / 8) ** 2]
    np.testing.assert_allclose(joined, [0, 0, 0, 0, *rise, 1, 1, 1], atol=1e-7)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            lambda sound: trim(sound, -1.0),
            "threshold_db: got -1.0, expected a number of at least 0",
        ),
        (lambda sound: trim(sound, 10.0, -1), "margin_samples: got -1, "),
        (lambda sound: fade(sound, -1), "fade_samples: got -1, "),
        (lambda sound: fade(sound, math.nan), "fade_samples: got nan, "),
        (lambda sound: join([sound, sound], -5), "overlap_samples: got 5, expected from 0 to half"),
    ],
)
def test_what_cannot_be_done_is_refused(action, message: str) -> None:
    with pytest.raises(InputError) as error:
        action(np.ones([8, 1], np.float32))
    assert str(error.value).startswith(message)


def test_a_sound_is_finished_in_order() -> None:
    """10 ms of the quiet stay, or what the fade takes; the level is that of what is left."""
    sound = np.zeros([1000, 1], np.float32)
    sound[400:500] = 0.5 * np.sin(2 * np.pi * np.arange(100) / 20)[:, None]
    sound[900] = 0.005  # 40 dB below the peak, just
    for fade_ms, margin in ((0.0, 10), (30.0, 30)):
        done = Finishing(trim_db=35.0, fade_ms=fade_ms, level_dbfs=-20.0)(sound, 1000)
        kept = sound[401 - margin : 500 + margin]
        kept = kept * 0.1 / np.sqrt(np.mean(np.square(kept)))
        np.testing.assert_allclose(done[margin:-margin], kept[margin:-margin], atol=2e-6)
        assert len(done) == len(kept)
    whole = Finishing(trim_db=41.0)(sound, 1000)
    np.testing.assert_array_equal(whole, sound[391:911])


def test_nothing_is_done_unless_asked(rng) -> None:
    sound = rng.uniform(-1.5, 1.5, [50, 2]).astype(np.float32)
    np.testing.assert_array_equal(Finishing()(sound, 16000), sound)
    quieter = Finishing(peak_dbfs=-6.0)(sound, 16000)
    np.testing.assert_allclose(quieter, sound * 10**-0.3 / np.abs(sound).max(), rtol=1e-6)
    with_ceiling = Finishing(level_dbfs=0.0, peak_dbfs=-6.0)(sound, 16000)
    np.testing.assert_array_equal(with_ceiling, quieter)
