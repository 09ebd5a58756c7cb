"""Pitch and edges of signals whose pitch and edges are known."""

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.speech_edges import speech_edges
from tfgan_audio.data.pitch import frame_pitch

RATE = 16_000
pytest.importorskip("pyworld")


def voice(hertz: np.ndarray) -> np.ndarray:
    """Twelve harmonics of a pitch that may change."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    return sum(np.sin(number * phase) / number for number in range(1, 13)) / 12


@pytest.mark.parametrize("centring", ["half_hop", "centre"])
def test_a_glide_is_followed_in_the_middle_of_each_frame(centring: str) -> None:
    features = MelFeatures(sample_rate_hz=RATE, hop_samples=192, centring=centring)
    hertz = np.geomspace(120.0, 240.0, RATE)
    pitch = frame_pitch(voice(hertz), features)
    middles = 192 * (np.arange(len(pitch)) + 0.5 * (centring == "half_hop"))
    inner = slice(8, -8)
    true = np.interp(middles, np.arange(RATE), np.log2(hertz / 200.0))
    assert len(pitch) == features.num_frames(RATE)
    np.testing.assert_allclose(pitch[inner], true[inner], atol=0.01)


def test_a_pause_is_crossed_in_a_straight_line_and_ends_are_held() -> None:
    features = MelFeatures(sample_rate_hz=RATE, hop_samples=160)
    half = RATE // 2
    silence = np.zeros(half)
    parts = [silence, voice(np.full(half, 100.0)), silence, voice(np.full(half, 400.0)), silence]
    pitch = frame_pitch(np.concatenate(parts), features)
    for end, octaves in ((pitch[:45], -1.0), (pitch[-45:], 1.0)):
        np.testing.assert_array_equal(end, end[0])
        np.testing.assert_allclose(end, octaves, atol=0.1)
    between = pitch[105:145]
    np.testing.assert_allclose(np.diff(between), np.diff(between).mean(), atol=1e-4)
    assert abs(between.mean()) < 0.1


def test_silence_has_the_pitch_that_counts_as_none() -> None:
    features = MelFeatures(sample_rate_hz=RATE, hop_samples=160)
    np.testing.assert_array_equal(frame_pitch(np.zeros(RATE), features), np.zeros(100))


def test_speech_begins_and_ends_where_it_is_loud() -> None:
    rng = np.random.default_rng(0)
    waveform = 1e-4 * rng.standard_normal(4 * RATE)
    waveform[RATE : 3 * RATE] += 0.1 * rng.standard_normal(2 * RATE)
    assert speech_edges(waveform, RATE, 45.0) == (RATE - 480, 3 * RATE + 1600)
    assert speech_edges(waveform, RATE, 80.0) == (0, 4 * RATE)
