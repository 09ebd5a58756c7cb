"""Joined slices: length, level, agreement with what was cut, bounded memory."""

import numpy as np
import pytest

from tfgan_audio.audio.joining import join_slices, num_slices_for
from tfgan_audio.errors import InputError


def joined(slices, overlap_samples: int) -> np.ndarray:
    return np.concatenate(list(join_slices(slices, overlap_samples)))


def cut(waveform: np.ndarray, slice_samples: int, overlap_samples: int) -> list[np.ndarray]:
    hop_samples = slice_samples - overlap_samples
    starts = range(0, len(waveform) - slice_samples + 1, hop_samples)
    return [waveform[start : start + slice_samples] for start in starts]


@pytest.mark.parametrize("overlap_samples", [0, 1, 7, 32])
@pytest.mark.parametrize("num_slices", [1, 2, 5])
def test_n_slices_make_n_hops_and_an_overlap(rng, overlap_samples: int, num_slices: int) -> None:
    slices = rng.normal(size=[num_slices, 64, 2])
    num_samples = num_slices * (64 - overlap_samples) + overlap_samples
    assert joined(slices, overlap_samples).shape == (num_samples, 2)
    assert num_slices_for(num_samples, 64, overlap_samples) == num_slices
    assert num_slices_for(num_samples + 1, 64, overlap_samples) == num_slices + 1


def test_the_fewest_samples_take_one_slice() -> None:
    assert num_slices_for(1, 64, 32) == 1


def test_what_was_cut_is_given_back(rng) -> None:
    waveform = rng.normal(size=[64 + 4 * 44, 2]).astype(np.float32)
    np.testing.assert_allclose(joined(cut(waveform, 64, 20), 20), waveform, atol=1e-6)


def test_a_constant_stays_constant() -> None:
    slices = [np.full([100, 1], 0.25, np.float32)] * 4
    np.testing.assert_allclose(joined(slices, 50), 0.25, rtol=1e-6)


def test_strangers_keep_their_power_at_every_point_of_the_fade(rng) -> None:
    slices = rng.normal(size=[2, 400, 3000])  # of each channel's own; the power is their mean
    power = np.mean(joined(slices, 200) ** 2, axis=1)
    assert 0.85 < power.min() and power.max() < 1.15


@pytest.mark.parametrize("likeness", [0.3, 0.8])
def test_relatives_keep_their_power_too(rng, likeness: float) -> None:
    first, other = rng.normal(size=[2, 200, 3000])
    second = likeness * first + np.sqrt(1 - likeness**2) * other
    slices = [np.concatenate([first, first]), np.concatenate([second, second])]
    power = np.mean(joined(slices, 200) ** 2, axis=1)
    assert 0.85 < power.min() and power.max() < 1.15


def test_opposites_cancel_out_without_being_blown_up() -> None:
    tone = np.sin(np.arange(600) / 5.0)[:, None]
    faded = joined([tone[:400], -tone[200:]], 200)
    assert np.abs(faded).max() <= 1.0
    assert np.abs(faded[295:305]).max() < 0.1


def test_silence_gives_way_to_sound_and_back() -> None:
    loud, silent = np.ones([40, 1]), np.zeros([40, 1])
    faded = joined([silent, loud, silent], 20)[:, 0]
    assert np.all(faded[:20] == 0.0) and np.all(faded[-20:] == 0.0)
    assert faded.max() == pytest.approx(1.0, abs=1e-5)
    assert np.all(np.diff(faded[20:40]) > 0.0)


def test_outside_of_overlaps_nothing_is_touched(rng) -> None:
    slices = rng.normal(size=[3, 50, 1]).astype(np.float32)
    result = joined(slices, 10)
    for index, each in enumerate(slices):
        np.testing.assert_array_equal(result[40 * index + 10 : 40 * index + 40], each[10:40])


def test_no_more_slices_are_made_than_are_needed_so_far() -> None:
    made = []

    def endless():
        while True:
            made.append(len(made))
            yield np.zeros([64, 1])

    parts = join_slices(endless(), 16)
    for count in (1, 2, 3):
        next(parts)
        assert len(made) == count + 1


def test_bad_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="overlap_samples: got 33"):
        list(join_slices([np.zeros([64, 1])], 33))
    with pytest.raises(InputError, match="slice: got 65 samples, expected 64 as before"):
        list(join_slices([np.zeros([64, 1]), np.zeros([65, 1])], 8))
    with pytest.raises(InputError, match="num_samples: got 0"):
        num_slices_for(0, 64, 8)
