"""Lists, labels, splits and pairs follow from names alone."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tfgan_audio.data.manifest import Clip, list_clips, pair_clips, pair_names, split_clips
from tfgan_audio.errors import InputError


def clips_named(*names: str) -> list[Clip]:
    return [Clip(name, Path("/data") / name, str(Path(name).parent)) for name in names]


def many(num_labels: int, num_each: int) -> list[Clip]:
    return clips_named(*(f"s{i:03d}/t{j}.wav" for i in range(num_labels) for j in range(num_each)))


def validation(clips: list[Clip], fraction: float, group: str = "auto") -> set[str]:
    return {clip.name for clip in split_clips(clips, fraction, group) if clip.split != "train"}


def test_lists_every_audio_file_at_any_depth_with_its_speaker(tmp_path: Path, write_file) -> None:
    for name in ("all/ann/a.wav", "all/ann/session2/B.WAV", "all/bob/c.flac", "all/bob/c.ogg"):
        write_file(tmp_path / name, pcm=[[0], [1]] * 4000)
    (tmp_path / "all" / "notes.txt").write_text("no audio")
    clips = list_clips(tmp_path)
    assert [(clip.name, clip.label) for clip in clips] == [
        ("all/ann/a.wav", "ann"),
        ("all/ann/session2/B.WAV", "ann"),
        ("all/bob/c.flac", "bob"),
        ("all/bob/c.ogg", "bob"),
    ]
    assert all(clip.path == tmp_path / clip.name for clip in clips)


def test_a_flat_folder_has_no_labels(corpus: Path) -> None:
    assert {clip.label for clip in list_clips(corpus / "noise")} == {""}


def test_a_folder_without_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("hello")
    with pytest.raises(InputError, match=f"{tmp_path}: got no audio files"):
        list_clips(tmp_path)


def test_names_in_any_script_but_in_utf8(tmp_path: Path, write_file) -> None:
    names = ["günther müller/ä b.wav", "日本/語.WAV"]
    for name in names:
        write_file(tmp_path / name, pcm=[[0], [1]] * 4000)
    assert [(clip.name, clip.label) for clip in list_clips(tmp_path)] == [
        (name, name.split("/")[0]) for name in names
    ]
    (tmp_path / os.fsdecode(b"caf\xe9.wav")).touch()  # as Latin-1 writes it
    with pytest.raises(InputError, match=r"the file name 'caf.*.wav', expected names in UTF-8"):
        list_clips(tmp_path)


@pytest.mark.parametrize(
    ("num_clips", "fraction", "expected"),
    [(100, 0.1, 10), (101, 0.25, 25), (9, 0.1, 1), (2, 0.1, 1), (2, 0.9, 1), (30, 0.5, 15)],
)
def test_a_split_by_file_has_the_exact_fraction(
    num_clips: int, fraction: float, expected: int
) -> None:
    clips = clips_named(*(f"{index}.wav" for index in range(num_clips)))
    assert len(validation(clips, fraction)) == expected


def test_a_split_by_label_never_parts_a_label() -> None:
    clips = split_clips(many(40, 5), 0.2)
    sides = {(clip.label, clip.split) for clip in clips}
    assert Counter(split for _, split in sides) == {"train": 32, "validation": 8}


def test_unequal_labels_come_as_near_to_the_fraction_as_they_can() -> None:
    names = [f"big/{index}.wav" for index in range(90)]
    names += [f"s{index}/only.wav" for index in range(10)]
    held_out = validation(clips_named(*names), 0.1)
    # Groups are taken in the order of their hashes: the big one may only come where it fits best.
    assert len(held_out) in (*range(1, 11), *range(90, 100))


def test_a_split_depends_on_names_only_and_hardly_changes_when_clips_are_added() -> None:
    clips = many(50, 2)
    assert validation(clips, 0.2) == validation(clips[::-1], 0.2)
    before, after = validation(many(50, 2), 0.2), validation(many(55, 2), 0.2)
    assert len(before & after) >= 0.7 * len(before)


def test_nothing_is_held_out_of_a_single_group_or_at_fraction_zero() -> None:
    assert not validation(clips_named("a.wav"), 0.5)
    assert not validation(many(10, 3), 0.0)
    assert not validation(clips_named("x/a.wav", "x/b.wav"), 0.5, group="label")


@pytest.mark.parametrize(("fraction", "group"), [(1.0, "auto"), (-0.1, "auto"), (0.1, "speaker")])
def test_bad_arguments_are_named(fraction: float, group: str) -> None:
    with pytest.raises(InputError, match="validation_fraction|group: got speaker"):
        split_clips(many(2, 2), fraction, group)


def test_pairs_by_name_without_the_ending() -> None:
    pairs = pair_names(["a/x.wav", "b/x.wav"], ["b/x.flac", "a/x.flac"], "sets")
    assert pairs == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("noisy", "clean", "message"),
    [
        (["a.wav", "b.wav"], ["a.wav"], "no clean partner for 1 of 2 files: b, expected"),
        (["a.wav"], ["a.wav", "c.wav"], "no noisy partner for 1 of 2 files: c, expected"),
        (["a.wav", "a.ogg"], ["a.wav"], "both a.wav and a.ogg, expected one file per name"),
        (list("abcdef"), ["a"], "5 of 6 files: b, c, d and 2 more"),
    ],
)
def test_missing_and_doubtful_partners_are_named(
    noisy: list[str], clean: list[str], message: str
) -> None:
    with pytest.raises(InputError, match=f"^sets: got {message}|^sets: got .*{message}"):
        pair_names(noisy, clean, "sets")


def test_partners_of_other_rate_or_length_are_named(tmp_path: Path, write_file) -> None:
    def listed(side: str) -> list[Clip]:
        return list_clips(tmp_path / side)

    for side, lengths, rate in (("noisy", (900, 800), 16_000), ("clean", (900, 800), 16_000)):
        for name, num_samples in zip("ab", lengths, strict=True):
            write_file(tmp_path / side / f"{name}.wav", [[1]] * num_samples, rate)
    assert [pair[1].path.name for pair in pair_clips(listed("noisy"), listed("clean"))] == [
        "a.wav",
        "b.wav",
    ]
    held_out = split_clips(listed("noisy"), 0.5)
    for noisy, clean in pair_clips(held_out, listed("clean")):
        assert noisy.split == clean.split
    write_file(tmp_path / "clean" / "b.wav", [[1]] * 801)
    with pytest.raises(InputError, match=r"1 unequal pairs: b.wav \(800 samples.*801 samples"):
        pair_clips(listed("noisy"), listed("clean"))
    write_file(tmp_path / "clean" / "b.wav", [[1]] * 800, 48_000)
    with pytest.raises(InputError, match=r"b.wav \(.*16000 Hz against .*48000 Hz\)"):
        pair_clips(listed("noisy"), listed("clean"))
