"""Elements are pure functions of (seed, index), with the ratio and level drawn for them."""

from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.enhancement import Mixtures, Pairs
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.errors import InputError


def clips_of(waveforms: dict[str, np.ndarray], sample_rate_hz: int = 16_000) -> MemoryClips:
    """Set of mono clips with 16-bit values."""
    made = [
        (Clip(name, Path(name), ""), waveform.reshape(-1, 1).astype(np.float32))
        for name, waveform in waveforms.items()
    ]
    return MemoryClips(made, sample_rate_hz)


def ramps(num_clips: int, num_samples: int, first: int = 0) -> MemoryClips:
    """Clips whose samples tell which clip and which position they come from."""
    return clips_of(
        {
            f"{index}.wav": (first + 300 * index + np.arange(num_samples) % 300 + 1) / 32768
            for index in range(num_clips)
        }
    )


@pytest.fixture
def speech() -> MemoryClips:
    rng = np.random.default_rng(1)
    return clips_of({f"s{i}.wav": 0.05 * rng.standard_normal(3000 + 700 * i) for i in range(6)})


@pytest.fixture
def noise() -> MemoryClips:
    rng = np.random.default_rng(2)
    return clips_of({f"n{i}.wav": 0.02 * rng.standard_normal(900 + 2000 * i) for i in range(4)})


def test_ratio_and_level_are_drawn_evenly_from_their_ranges(
    speech: MemoryClips, noise: MemoryClips
) -> None:
    source = Mixtures(speech, noise, 2000, Recipe(snr_db=(-5, 15), level_dbfs=(-35, -25)))
    ratios, levels = [], []
    for index in range(300):
        noisy, clean = (each.astype(np.float64) for each in source.item(index))
        ratios.append(10 * np.log10(np.sum(clean**2) / np.sum((noisy - clean) ** 2)))
        levels.append(rms_dbfs(noisy))
    for values, low, high in ((ratios, -5, 15), (levels, -35, -25)):
        assert low - 1e-3 <= min(values) and max(values) <= high + 1e-3
        # Kolmogorov-Smirnov distance from the even distribution, 1 % level for 300 draws.
        steps = np.arange(300) / 300
        assert np.abs(np.sort((np.array(values) - low) / (high - low)) - steps).max() < 0.095


def test_a_fixed_ratio_is_exact(speech: MemoryClips, noise: MemoryClips) -> None:
    noisy, clean = Mixtures(speech, noise, 2000, Recipe(snr_db=(5, 5))).batch(3, 8)
    power = np.sum(clean.astype(np.float64) ** 2, axis=(1, 2))
    ratio = 10 * np.log10(power / np.sum((noisy.astype(np.float64) - clean) ** 2, axis=(1, 2)))
    np.testing.assert_allclose(ratio, 5, atol=1e-3)


def test_items_do_not_depend_on_order_or_history(speech: MemoryClips, noise: MemoryClips) -> None:
    forwards = [Mixtures(speech, noise, 2000, seed=4).item(index) for index in range(20)]
    source = Mixtures(speech, noise, 2000, seed=4)
    for index in reversed(range(20)):
        np.testing.assert_array_equal(source.item(index), forwards[index])
    other = Mixtures(speech, noise, 2000, seed=5)
    assert all(not np.array_equal(other.item(i)[0], forwards[i][0]) for i in range(20))


def test_batches_are_consecutive_items(speech: MemoryClips, noise: MemoryClips) -> None:
    source = Mixtures(speech, noise, 1000)
    noisy, clean = source.batch(7, 3)
    assert noisy.shape == clean.shape == (3, 1000, 1)
    assert noisy.dtype == clean.dtype == np.float32
    for row in range(3):
        np.testing.assert_array_equal((noisy[row], clean[row]), source.item(21 + row))


def test_every_epoch_visits_every_speech_clip_once(noise: MemoryClips) -> None:
    seconds = np.arange(4000) / 16_000
    tones = {f"{i}.wav": 0.1 * np.sin(2 * np.pi * 100 * (i + 1) * seconds) for i in range(9)}
    source = Mixtures(clips_of(tones), noise, 1600, seed=3)
    orders = []
    for epoch in range(3):
        cleans = [source.item(9 * epoch + position)[1][:, 0] for position in range(9)]
        orders.append([int(np.argmax(np.abs(np.fft.rfft(clean)))) // 10 - 1 for clean in cleans])
        assert sorted(orders[-1]) == list(range(9))
    assert orders[0] != orders[1] != orders[2]


def test_short_speech_is_followed_by_zeros(noise: MemoryClips) -> None:
    short = clips_of({"short.wav": 0.1 * np.sin(np.arange(700))})
    noisy, clean = Mixtures(short, noise, 2000, Recipe(snr_db=(0, 0))).item(0)
    assert clean[:700].any() and not clean[700:].any()
    assert rms_dbfs(noisy[700:]) > -60


def test_short_noise_goes_on_to_the_end(speech: MemoryClips) -> None:
    short = clips_of({"click.wav": 0.1 * np.random.default_rng(0).standard_normal(300)})
    noisy, clean = Mixtures(speech, short, 3000, Recipe(snr_db=(0, 0))).item(0)
    blocks = (noisy - clean).reshape(10, 300)
    levels = [rms_dbfs(block) for block in blocks]
    assert max(levels) - min(levels) < 2


def test_silent_parts_are_avoided(noise: MemoryClips) -> None:
    late = np.zeros(20_000)
    late[15_000:] = 0.1 * np.random.default_rng(0).standard_normal(5000)
    source = Mixtures(clips_of({"late.wav": late}), noise, 2000)
    silent = sum(not source.item(index)[1].any() for index in range(200))
    # 13,000 of 18,001 positions are silent: 144 of 200 without a second draw, 15 with eight.
    assert silent < 40


def test_nothing_but_silence_is_finite(noise: MemoryClips) -> None:
    silence = clips_of({"zero.wav": np.zeros(5000)})
    for speech, other in ((silence, noise), (noise, silence), (silence, silence)):
        noisy, clean = Mixtures(speech, other, 2000).batch(0, 4)
        assert np.isfinite(noisy).all() and np.isfinite(clean).all()
        assert clean.any() == (speech is noise)


def test_pairs_are_cut_at_the_same_place_and_keep_their_levels() -> None:
    clean, noisy = ramps(5, 4000), ramps(5, 4000, first=10_000)
    source = Pairs(noisy.select([3, 0, 4, 1, 2]), clean, 700, seed=9)
    starts = set()
    for index in range(40):
        noisy_part, clean_part = source.item(index)
        np.testing.assert_allclose(noisy_part - clean_part, 10_000 / 32768, atol=1e-6)
        starts.add(int(clean_part[0, 0] * 32768) % 300)
    assert len(starts) > 20
    names = {int(source.item(index)[1][0, 0] * 32768 - 1) // 300 for index in range(5)}
    assert names == set(range(5))


def test_short_pairs_are_followed_by_zeros() -> None:
    noisy, clean = Pairs(ramps(2, 500, first=9), ramps(2, 500), 800).item(0)
    assert noisy[:500].all() and clean[:500].all()
    assert not noisy[500:].any() and not clean[500:].any()


def test_bad_arguments_are_named(speech: MemoryClips, noise: MemoryClips) -> None:
    empty = speech.select([])
    stereo = MemoryClips([(Clip("a", Path("a"), ""), np.zeros((9, 2)))], 16_000, 2)
    slow = clips_of({"s0.wav": np.zeros(9)}, 8000)
    for arguments, message in (
        ((empty, noise, 100), "speech: got no clips"),
        ((speech, empty, 100), "noise: got no clips"),
        ((stereo, noise, 100), "speech: got 2 channels, expected mono"),
        ((speech, slow, 100), "noise: got 8000 Hz, expected 16000 Hz like the speech"),
        ((speech, noise, 0), "segment_samples: got 0"),
        ((speech, None, 100), "noise: got no clips"),
        ((speech, noise, 100, Recipe(reverb_probability=0.1)), "response: got no clips"),
        ((speech, noise, 100, Recipe(), -1), "seed: got -1"),
    ):
        with pytest.raises(InputError, match=message):
            Mixtures(*arguments)
    for arguments, message in (
        ((speech, noise, 100), "no clean partner for 6 of 6 files: s0, s1, s2 and 3 more"),
        ((speech, slow, 100), "noisy: got 16000 Hz, expected 8000 Hz like the clean"),
        ((ramps(2, 500), ramps(2, 501), 100), "0.wav: got 500 samples, expected 501 samples"),
    ):
        with pytest.raises(InputError, match=message):
            Pairs(*arguments)
