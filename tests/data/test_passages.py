"""Passages of two slices and more, and what is cut from them."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.passages import Passage, Passages, split_passages
from tfgan_audio.errors import InputError


def counted(lengths, held_out=(), labels: str = "") -> MemoryClips:
    """Clips whose samples count from 1, the clip's number in the right channel."""
    made = []
    for number, num_samples in enumerate(lengths):
        pcm = np.stack([np.arange(1, num_samples + 1), np.full(num_samples, number)], axis=1)
        split = "validation" if number in held_out else "train"
        name = f"{number}.wav"
        clip = Clip(name, Path(name), labels[number : number + 1], split)
        made.append((clip, pcm.astype(np.float32) / 32768))
    return MemoryClips(made, 16_000, num_channels=2)


def told(waveform: np.ndarray) -> tuple[int, int]:
    """Clip and first sample of a slice of `counted` clips, which counts on."""
    pcm = np.round(waveform * 32768).astype(int)
    np.testing.assert_array_equal(np.diff(pcm, axis=0), [[1, 0]] * (len(pcm) - 1))
    return int(pcm[0, 1]), int(pcm[0, 0]) - 1


def test_clips_that_are_held_out_judge() -> None:
    train, held_out = split_passages(counted([300, 175, 174, 400], held_out=[3]), 100, 75)
    assert train.parts == [Passage(0, 0, 300), Passage(1, 0, 175)]
    assert held_out.parts == [Passage(3, 0, 400)]
    assert (train.num_samples, held_out.num_samples) == (475, 400)


@pytest.mark.parametrize("held_out", [(), (2,), (0, 1)])
def test_else_the_end_of_the_longest_clip_does(held_out) -> None:
    train, judging = split_passages(counted([1000, 175, 174], held_out), 100, 75)
    assert judging.parts == [Passage(0, 800, 1000)]
    assert set(train.parts) == {Passage(0, 0, 800), Passage(1, 0, 175)}


def test_what_judges_is_two_slices_at_least() -> None:
    train, held_out = split_passages(counted([350]), 100, 75)
    assert (train.parts, held_out.parts) == ([Passage(0, 0, 175)], [Passage(0, 175, 350)])
    train, held_out = split_passages(counted([180, 175]), 100, 75)
    assert (train.parts, held_out.parts) == ([Passage(1, 0, 175)], [Passage(0, 5, 180)])


def test_too_little_is_refused() -> None:
    seen = r"got no clip of two slices \(175 samples\), the longest 174, expected longer"
    with pytest.raises(InputError, match=seen):
        split_passages(counted([174, 30]), 100, 75)
    with pytest.raises(InputError, match="one clip of two slices, of 349 .* one of 350 samples"):
        split_passages(counted([349, 30]), 100, 75)
    with pytest.raises(InputError, match="1.wav: got the label c, expected one of a, b"):
        split_passages(counted([400, 400], labels="ac"), 100, 75, ("a", "b"))


def test_slices_come_evenly_from_inside_of_passages() -> None:
    clips = counted([300, 300, 300], labels="abb")
    parts = [Passage(0, 50, 160), Passage(2, 100, 300)]
    passages = Passages(clips, parts, 100, 75, np.array([0, 1, 1], np.int32))
    source = passages.slices(seed=3)
    found = Counter()
    for index in range(600):
        waveform, label = source.item(index)
        assert waveform.shape == (100, 2)
        clip, start = told(waveform)
        assert (clip, label) in ((0, 0), (2, 1))
        found[clip, start] += 1
    starts = {clip: [s for c, s in found if c == clip] for clip in (0, 2)}
    assert (min(starts[0]), max(starts[0])) == (50, 60)
    assert 100 <= min(starts[2]) < 105 and 195 < max(starts[2]) <= 200
    share = sum(count for (clip, _), count in found.items() if clip == 0) / 600
    assert share == pytest.approx(11 / 112, abs=0.04)
    assert told(source.item(17)[0]) == told(passages.slices(seed=3).item(17)[0])


def test_sequences_advance_by_hops_from_spread_starts() -> None:
    passages = Passages(counted([500, 400]), [Passage(1, 10, 320)], 100, 80)
    cut = [[told(each) for each in slices] for label, slices in passages.sequences(4)]
    expected = [[(1, 10 + start + 80 * k) for k in range(3)] for start in (0, 20, 40)]
    assert cut == [*expected, [(1, 70), (1, 150)]]


def test_sequences_of_one_slice_are_left_out() -> None:
    passages = Passages(counted([200]), [Passage(0, 0, 200)], 100, 80)
    assert [len(slices) for _, slices in passages.sequences(4)] == [2, 2]
