"""Parts of a corpus get their shares, and no group is in two."""

from collections import Counter
from pathlib import Path

import pytest

from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.sharing import share_out, with_speakers
from tfgan_audio.errors import InputError

PARTS = {"train": 0.7, "validation": 0.1, "test": 0.2}


def clips_of(num_labels: int, num_takes: int) -> list[Clip]:
    return [
        Clip(f"{label:02d}/{take}.wav", Path(f"{label:02d}/{take}.wav"), f"{label:02d}")
        for label in range(num_labels)
        for take in range(num_takes)
    ]


@pytest.mark.parametrize("by_label", [False, True])
def test_every_part_gets_its_share(by_label: bool) -> None:
    clips = clips_of(50, 4)
    shared = share_out(clips, PARTS, "clips", by_label)
    assert sorted(clip.name for clip in shared) == sorted(clip.name for clip in clips)
    counts = Counter(clip.split for clip in shared)
    assert counts == pytest.approx({"train": 140, "validation": 20, "test": 40}, abs=4)
    parts_of_labels = {(clip.label, clip.split) for clip in shared}
    assert (len(parts_of_labels) == 50) == by_label


def test_it_depends_on_the_names_alone() -> None:
    clips = clips_of(9, 2)
    forwards = {(clip.name, clip.split) for clip in share_out(clips, PARTS, "clips")}
    backwards = {(clip.name, clip.split) for clip in share_out(clips[::-1], PARTS, "clips")}
    assert forwards == backwards


def test_as_few_groups_as_parts_are_enough_and_fewer_are_not() -> None:
    shared = share_out(clips_of(3, 5), PARTS, "speakers", by_label=True)
    assert {clip.split for clip in shared} == set(PARTS)
    with pytest.raises(
        InputError, match="speakers: got 2, expected at least 3, so that train, val"
    ):
        share_out(clips_of(2, 5), PARTS, "speakers", by_label=True)
    alone = share_out(clips_of(1, 1), {"test": 0.2}, "rooms")
    assert [clip.split for clip in alone] == ["test"]


def test_speakers_are_found_by_a_pattern() -> None:
    clips = [Clip("a/p7_1.wav", Path("a/p7_1.wav"), "a"), Clip("b/p8_1.wav", Path("x"), "b")]
    assert [clip.label for clip in with_speakers(clips, r"(p\d+)_")] == ["p7", "p8"]
    with pytest.raises(InputError, match="a/p7_1.wav: got no speaker, expected a path that"):
        with_speakers(clips, "(q)")
