"""Warping against paths and changes that are known."""

import librosa
import numpy as np
import pytest

from tfgan_audio.evaluation.reading.warped import warped_scores, warping_path

RATE = 16_000


def vowel(hertz: np.ndarray, formants: tuple[float, float]) -> np.ndarray:
    """A voice with two formants and a changing pitch."""
    from scipy.signal import lfilter

    phase = np.cumsum(hertz) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    for formant in formants:
        radius, angle = np.exp(-np.pi * 120 / RATE), 2 * np.pi * formant / RATE
        pulses = lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], pulses)
    return 0.2 * pulses / np.abs(pulses).max()


def reading(pace: float, octaves: float = 0.0, spread: float = 1.0) -> np.ndarray:
    """Three vowels."""
    parts = []
    for number, formants in enumerate([(700, 1200), (300, 2200), (350, 800)]):
        times = np.linspace(-1, 1, round(0.4 * RATE / pace))
        tones = octaves + spread * 0.3 * times * (-1) ** number
        parts.append(vowel(150 * 2**tones, formants))
    return np.concatenate(parts)


def test_the_path_costs_what_librosa_finds() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((23, 4)), rng.standard_normal((31, 4))
    path = warping_path(first, second)
    total, _ = librosa.sequence.dtw(first.T, second.T)
    costs = np.linalg.norm(first[path[:, 0]] - second[path[:, 1]], axis=1)
    assert costs.sum() == pytest.approx(total[-1, -1])
    assert path[0].tolist() == [0, 0] and path[-1].tolist() == [22, 30]
    assert set(map(tuple, np.diff(path, axis=0))) <= {(0, 1), (1, 0), (1, 1)}


def test_pace_is_no_distortion_and_pitch_is_told() -> None:
    pytest.importorskip("pyworld")
    slow, other = reading(0.8), reading(0.8)[::-1].copy()
    same = warped_scores(reading(1.0), reading(1.0))
    assert same["mcd_dtw"] == same["f0_error_semitones"] == same["f0_shift_semitones"] == 0.0
    assert same["length_ratio"] == same["f0_spread_ratio"] == 1.0
    slower = warped_scores(reading(1.0), slow)
    assert slower["length_ratio"] == pytest.approx(1.25, abs=0.02)
    assert slower["mcd_dtw"] < 0.4 * warped_scores(reading(1.0), other)["mcd_dtw"]
    higher = warped_scores(reading(1.0), reading(1.0, octaves=0.25, spread=0.5))
    assert higher["f0_shift_semitones"] == pytest.approx(3.0, abs=0.2)
    assert higher["f0_spread_ratio"] == pytest.approx(0.5, abs=0.1)


def test_what_has_no_voice_has_no_pitch() -> None:
    pytest.importorskip("pyworld")
    rng = np.random.default_rng(0)
    noises = [0.1 * rng.standard_normal(RATE) for _ in range(2)]
    scores = warped_scores(*noises)
    assert np.isfinite(scores["mcd_dtw"]) and np.isnan(scores["f0_error_semitones"])
