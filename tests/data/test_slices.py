"""Slices are parts of clips, drawn evenly, each a pure function of (seed, index)."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.slices import Sounds
from tfgan_audio.errors import InputError


def counted(*lengths: int, labels: str = "") -> MemoryClips:
    """Stereo clips: the left channel counts the samples from 1, the right one is the clip's number.

    The label of each clip is one character of `labels`.
    """
    made = []
    for number, num_samples in enumerate(lengths):
        pcm = np.stack([np.arange(1, num_samples + 1), np.full(num_samples, number)], axis=1)
        clip = Clip(f"{number}.wav", Path(f"{number}.wav"), labels[number : number + 1])
        made.append((clip, pcm.astype(np.float32) / 32768))
    return MemoryClips(made, 16_000, num_channels=2)


def told(waveform: np.ndarray) -> tuple[int, int]:
    """Clip and first sample of a slice of `counted` clips."""
    start, clip = np.round(waveform[0] * 32768).astype(int)
    return int(clip), int(start) - 1


def drawn(source: Sounds, num_items: int, first: int = 0) -> list[tuple[int, int]]:
    """Clip and first sample of some elements."""
    return [told(source.item(index)[0]) for index in range(first, first + num_items)]


def test_a_slice_is_a_part_of_a_clip_with_its_channels_in_order() -> None:
    source = Sounds(counted(100, 163, 500), 100, seed=1)
    for index in range(60):
        (waveform,) = source.item(index)
        assert (waveform.shape, waveform.dtype) == ((100, 2), np.float32)
        clip, start = told(waveform)
        assert 0 <= start <= (0, 63, 400)[clip]
        expected = np.stack([start + np.arange(1, 101), np.full(100, clip)], axis=1)
        np.testing.assert_array_equal(waveform * 32768, expected)


def test_every_epoch_has_as_many_slices_of_a_clip_as_fit_side_by_side() -> None:
    source = Sounds(counted(100, 199, 250, 1000), 100, seed=2)
    assert source.num_slices == 1 + 1 + 2 + 10
    epochs = [drawn(source, 14, first=14 * epoch) for epoch in range(4)]
    for epoch in epochs:
        assert Counter(clip for clip, _ in epoch) == {0: 1, 1: 1, 2: 2, 3: 10}
        starts = sorted(start for clip, start in epoch if clip == 3)
        # 901 possible starts in ten shares that differ by at most one.
        for part, start in enumerate(starts):
            assert 90 * part <= start <= 90 * part + 90
    orders = [[clip for clip, _ in epoch] for epoch in epochs]
    assert orders[0] != orders[1] != orders[2] != orders[3]


def test_all_starts_are_equally_likely() -> None:
    source = Sounds(counted(437), 100, seed=3)
    starts = np.sort([start for _, start in drawn(source, 4000)])
    assert (starts[0], starts[-1]) == (0, 337)
    # Kolmogorov-Smirnov distance from the even distribution, 1 % level for 4000 draws.
    assert np.abs((starts + 0.5) / 338 - (np.arange(4000) + 0.5) / 4000).max() < 0.0258


def test_at_the_start_each_clip_is_visited_once_an_epoch() -> None:
    source = Sounds(counted(100, 450, 1000), 100, position="start")
    assert source.num_slices == 3
    for epoch in range(5):
        assert sorted(drawn(source, 3, first=3 * epoch)) == [(0, 0), (1, 0), (2, 0)]


@pytest.mark.parametrize("position", ["random", "start"])
def test_short_clips_are_left_out_or_followed_by_zeros(position: str) -> None:
    clips = counted(70, 130, 99)
    source = Sounds(clips, 100, position=position)
    assert (source.num_slices, source.num_left_out) == (1, 2)
    assert {clip for clip, _ in drawn(source, 20)} == {1}
    padded = Sounds(clips, 100, position=position, pad=True)
    assert (padded.num_slices, padded.num_left_out) == (3, 0)
    seen = set()
    for index in range(3):
        (waveform,) = padded.item(index)
        clip, start = told(waveform)
        num_samples = min(100, (70, 130, 99)[clip])
        np.testing.assert_array_equal(
            waveform[:num_samples, 0] * 32768, start + np.arange(1, num_samples + 1)
        )
        assert waveform.shape == (100, 2) and not waveform[num_samples:].any()
        seen.add(clip)
    assert seen == {0, 1, 2}


def test_labels_are_indices_into_their_names() -> None:
    clips = counted(100, 300, 100, labels="bab")
    for names, places in ((("a", "b"), [1, 0, 1]), (("b", "-", "a"), [0, 2, 0])):
        source = Sounds(clips, 100, label_names=names)
        for index in range(10):
            waveform, label = source.item(index)
            assert label == places[told(waveform)[0]]
        assert source.batch(0, 4)[1].dtype == np.int32
        assert source.batch(0, 4)[1].shape == (4,)


def test_balanced_labels_take_turns_and_visit_their_clips_evenly() -> None:
    labels = "a" * 3 + "b" * 20 + "c"
    clips = counted(*[100] * 23, 500, labels=labels)
    source = Sounds(clips, 100, seed=4, label_names="abc", balanced=True)
    items = [source.item(index) for index in range(3 * 60)]
    turns = np.array([label for _, label in items]).reshape(60, 3)
    np.testing.assert_array_equal(np.sort(turns, axis=1), np.tile([0, 1, 2], (60, 1)))
    assert len({tuple(turn) for turn in turns}) == 6
    visits = Counter(told(waveform)[0] for waveform, _ in items)
    assert visits == {**{clip: 20 for clip in range(3)}, **{3 + i: 3 for i in range(20)}, 23: 60}
    # Unbalanced, a label is seen as often as it has slices: 3, 20 and 5 of 28.
    plain = Sounds(clips, 100, seed=4, label_names="abc")
    assert Counter(int(plain.item(i)[1]) for i in range(28 * 3)) == {0: 9, 1: 60, 2: 15}


def test_labels_of_equally_many_clips_have_orders_of_their_own() -> None:
    clips = counted(*[100] * 40, labels="a" * 20 + "b" * 20)
    source = Sounds(clips, 100, label_names="ab", balanced=True)
    visited = [clip for clip, _ in drawn(source, 40)]
    orders = [[clip % 20 for clip in visited if clip // 20 == label] for label in (0, 1)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(20))
    assert orders[0] != orders[1]


def test_a_label_without_clips_here_takes_no_turn() -> None:
    """A small label may have nothing held out."""
    source = Sounds(counted(100, 100, labels="ac"), 100, label_names="abc", balanced=True)
    assert Counter(int(source.item(index)[1]) for index in range(10)) == {0: 5, 2: 5}


def test_items_do_not_depend_on_order_or_history() -> None:
    clips = counted(1000, 2000, 150, labels="xyx")
    options = {"label_names": "xy", "balanced": True}
    forwards = [Sounds(clips, 100, 5, **options).item(index) for index in range(30)]
    source = Sounds(clips, 100, 5, **options)
    for index in reversed(range(30)):
        for one, other in zip(source.item(index), forwards[index], strict=True):
            np.testing.assert_array_equal(one, other)
    waveforms, labels = source.batch(3, 4)
    for row in range(4):
        np.testing.assert_array_equal(waveforms[row], forwards[12 + row][0])
        assert labels[row] == forwards[12 + row][1]
    other = Sounds(clips, 100, 6, **options)
    assert drawn(other, 30) != [told(waveform) for waveform, _ in forwards]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slice_samples": 0}, "slice_samples: got 0, expected at least 1"),
        ({"seed": -1}, "seed: got -1"),
        ({"position": "end"}, "position: got end, expected random or start"),
        ({"balanced": True}, "balanced: got true without labels"),
        (
            {"slice_samples": 301},
            "sounds: got no clip as long as a slice of 301 samples, the longest 300, "
            "expected longer clips, pad: true, or a shorter slice",
        ),
        ({"label_names": ["a"]}, "1.wav: got the label b, expected a$"),
        ({"label_names": ["a", "c"]}, "1.wav: got the label b, expected one of a, c"),
    ],
)
def test_what_does_not_fit_is_one_line(options: dict, message: str) -> None:
    arguments = {"slice_samples": 100} | options
    with pytest.raises(InputError, match=message):
        Sounds(counted(100, 300, labels="ab"), **arguments)


def test_no_clips_and_no_label_are_one_line() -> None:
    with pytest.raises(InputError, match="sounds: got no clips, expected at least one"):
        Sounds(counted(100).select([]), 100)
    with pytest.raises(InputError, match="0.wav: got no label, expected one of a, b"):
        Sounds(counted(100), 100, label_names=["a", "b"])
