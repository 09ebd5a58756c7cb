"""Splits share the labels to train on, and what is small or left out is told."""

from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.sound_source import notes, sorted_labels, split_sounds
from tfgan_audio.errors import InputError

PLAIN = {"labels": True, "position": "random", "pad": False, "balanced": False}


def clips_of(*entries: tuple[str, str, int]) -> MemoryClips:
    """Clips of (label, split, length); every sample is the clip's number."""
    made = [
        (Clip(f"{i}.wav", Path(f"{i}.wav"), label, split), np.full((length, 1), i / 32768))
        for i, (label, split, length) in enumerate(entries)
    ]
    return MemoryClips(made, 16_000)


@pytest.fixture
def clips() -> MemoryClips:
    """Labels of which one has nothing held out."""
    return clips_of(
        ("snare", "train", 300),
        ("clap", "train", 300),
        ("kick", "train", 300),
        ("kick", "validation", 300),
        ("snare", "validation", 90),
        ("clap", "validation", 300),
        ("tom", "train", 300),
    )


def test_both_splits_have_the_sorted_labels_of_the_clips_to_train_on(clips: MemoryClips) -> None:
    train = split_sounds(clips, 100, "train", 1, **PLAIN)
    held_out = split_sounds(clips, 100, "validation", 1, **PLAIN)
    assert train.label_names == held_out.label_names == ("clap", "kick", "snare", "tom")
    expected = {"train": {0: 2, 1: 0, 2: 1, 6: 3}, "validation": {3: 1, 5: 0}}
    for source, split in ((train, "train"), (held_out, "validation")):
        items = [source.item(index) for index in range(40)]
        seen = {int(np.round(waveform[0, 0] * 32768)): int(label) for waveform, label in items}
        assert seen == expected[split]
    assert split_sounds(clips, 100, None, 1, **PLAIN).num_slices == 18
    assert len(split_sounds(clips, 100, "train", 1, **PLAIN | {"labels": False}).item(0)) == 1


def test_a_held_out_label_that_is_never_trained_on_is_refused() -> None:
    clips = clips_of(("a", "train", 100), ("b", "train", 100), ("c", "validation", 100))
    with pytest.raises(InputError, match="2.wav: got the label c, expected one of a, b"):
        split_sounds(clips, 100, "validation", 0, **PLAIN)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([("a", 9), ("b", 9), ("", 9)], "2.wav: got no label, expected sounds that were prepared"),
        ([("a", 9), ("a", 9)], "sounds: got 1 label, expected at least 2"),
        ([], "sounds: got 0 label, expected at least 2"),
        (
            [("a", 9), ("b", 4), ("b", 7), ("c", 9)],
            "label b: got no clip as long as a slice of 8 samples, the longest 7, expected longer",
        ),
    ],
)
def test_labels_without_anything_to_learn_are_refused(entries: list, message: str) -> None:
    clips = clips_of(*[(label, "train", length) for label, length in entries])
    with pytest.raises(InputError, match=message):
        sorted_labels(clips, 8, pad=False)


def test_short_clips_count_where_they_are_padded() -> None:
    clips = clips_of(("b", "train", 3), ("a", "train", 9))
    assert sorted_labels(clips, 8, pad=True) == ("a", "b")


def test_small_sets_and_clips_left_out_are_told_of_training_only(capsys) -> None:
    clips = clips_of(*[("", "train", 16_000)] * 3, ("", "train", 400), ("", "validation", 16_000))
    options = PLAIN | {"labels": False}
    source = split_sounds(clips, 8000, "train", 0, **options)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"sounds: {note}" for note in notes(source)]
    assert lines[0].startswith("sounds: 1 of 4 clips are shorter than a slice of 0.50 s and left")
    assert lines[1].startswith("sounds: 6 slices (0.1 min) are few: below 1000")
    split_sounds(clips, 8000, "validation", 0, **options)
    assert capsys.readouterr().err == ""


def test_a_set_of_a_thousand_slices_is_not_small() -> None:
    options = PLAIN | {"labels": False}
    for num_samples, is_small in ((9_999, True), (10_000, False)):
        clips = clips_of(("", "train", num_samples))
        assert bool(notes(split_sounds(clips, 10, "train", 0, **options))) == is_small
