"""The active level is that of ITU-T P.56, method B."""

import math

import numpy as np
import pytest

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.data.active_level import SpeechLevel, active_level_dbfs


def made_talk(seed: int, seconds: float = 4.0, sample_rate_hz: int = 16_000) -> np.ndarray:
    """Noise that swells four times a second like syllables, over a faint hiss."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * sample_rate_hz)) / sample_rate_hz
    swell = np.maximum(0.0, np.sin(2 * np.pi * 4 * time + rng.uniform(0, 6))) ** 2
    return 0.2 * swell * rng.standard_normal(len(time)) + 1e-4 * rng.standard_normal(len(time))


def by_the_letter(waveform: np.ndarray, sample_rate_hz: int) -> float:
    """The recommendation's own loop: counters per threshold, sample by sample."""
    pole = math.exp(-1.0 / (sample_rate_hz * 0.03))
    hangover = math.ceil(sample_rate_hz * 0.2)
    thresholds = [2.0**power for power in range(-15, 0)]
    counts, since = [0] * 15, [hangover] * 15
    first = second = energy = 0.0
    for sample in waveform.tolist():
        energy += sample * sample
        first = pole * first + (1 - pole) * abs(sample)
        second = pole * second + (1 - pole) * first
        for j, threshold in enumerate(thresholds):
            if second >= threshold:
                counts[j] += 1
                since[j] = 0
            elif since[j] < hangover:
                counts[j] += 1
                since[j] += 1
    before = None
    for count, threshold in zip(counts, thresholds, strict=True):
        if not count:
            break
        level = 10 * math.log10(energy / count)
        excess = level - 20 * math.log10(threshold) - 15.9
        if excess <= 0:
            if before is None:
                return level
            share = before[1] / (before[1] - excess)
            return before[0] + share * (level - before[0])
        before = level, excess
    return before[0] if before else -math.inf


@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_the_recommendation_counts(seed: int) -> None:
    talk = made_talk(seed, 1.5) * 10.0 ** np.random.default_rng(seed).uniform(-1.5, 0.5)
    assert active_level_dbfs(talk, 16_000) == pytest.approx(by_the_letter(talk, 16_000), abs=1e-9)


@pytest.mark.parametrize("sample_rate_hz", [8000, 16_000, 48_000])
@pytest.mark.parametrize("amplitude", [0.9, 0.03])
def test_a_steady_tone_has_its_rms_level(sample_rate_hz: int, amplitude: float) -> None:
    seconds = np.arange(5 * sample_rate_hz) / sample_rate_hz
    tone = amplitude * np.sin(2 * np.pi * 440 * seconds)
    assert active_level_dbfs(tone, sample_rate_hz) == pytest.approx(rms_dbfs(tone), abs=0.05)


def test_pauses_do_not_lower_it_and_lower_the_rms_level() -> None:
    talk = made_talk(3)
    hiss = 1e-4 * np.random.default_rng(0).standard_normal(8 * 16_000)
    with_pauses = np.concatenate([talk[:32_000], hiss, talk[32_000:], hiss])
    assert rms_dbfs(with_pauses) == pytest.approx(rms_dbfs(talk) - 10 * np.log10(5), abs=0.1)
    levels = [active_level_dbfs(each, 16_000) for each in (talk, with_pauses)]
    # What follows the two halves is counted for 0.2 s and the decay of the envelope.
    assert levels[1] == pytest.approx(levels[0], abs=0.8) and levels[1] < levels[0]


def test_it_follows_a_gain_and_a_gain_of_two_exactly() -> None:
    talk = made_talk(5)
    level = SpeechLevel(talk, 16_000)
    assert level.dbfs(0.5) == pytest.approx(level.dbfs() - 20 * np.log10(2), abs=1e-9)
    for gain in (0.07, 0.3, 1.4):
        assert level.dbfs(gain) == pytest.approx(active_level_dbfs(gain * talk, 16_000), abs=1e-9)
        assert level.dbfs(gain) == pytest.approx(level.dbfs() + 20 * np.log10(gain), abs=0.5)


@pytest.mark.parametrize("silence", [np.zeros(16_000), np.zeros(0), np.full(16_000, 1e-6)])
def test_silence_has_no_level(silence: np.ndarray) -> None:
    assert active_level_dbfs(silence, 16_000) == -math.inf
