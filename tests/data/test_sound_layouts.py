"""Labels and splits of sounds follow from where files lie, in each layout."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.sound_layouts import (
    folder_sounds,
    hold_out_evenly,
    nsynth,
    speech_commands,
)
from tfgan_audio.errors import InputError

PCM = np.full((100, 1), 900, np.int16)


@pytest.fixture
def write(tmp_path: Path, write_file):
    """Write small files below the folder of the test and return it."""

    def write_all(*names: str) -> Path:
        for name in names:
            write_file(tmp_path / name, PCM)
        return tmp_path

    return write_all


def labels_of(clips: list[Clip]) -> dict[str, str]:
    return {clip.name: clip.label for clip in clips}


def test_without_labels_any_folder_will_do(write) -> None:
    root = write("a.wav", "x/b.flac", "x/y/c.ogg")
    assert labels_of(folder_sounds(root, labels=False, label_by="folder")) == {
        "a.wav": "",
        "x/b.flac": "",
        "x/y/c.ogg": "",
    }


def test_a_label_is_the_folder_directly_below_the_root(write) -> None:
    root = write("kick/808/a.wav", "kick/b.wav", "snare/808/a.wav", "snare/.hidden/c.wav")
    (root / ".git").mkdir()
    assert labels_of(folder_sounds(root, labels=True, label_by="folder")) == {
        "kick/808/a.wav": "kick",
        "kick/b.wav": "kick",
        "snare/808/a.wav": "snare",
    }


def test_a_label_is_what_stands_before_the_first_underscore(write) -> None:
    root = write("7_jackson_32.wav", "more/10_theo_1.flac", "7-8_theo_1.wav")
    assert labels_of(folder_sounds(root, labels=True, label_by="prefix")) == {
        "7-8_theo_1.wav": "7-8",
        "7_jackson_32.wav": "7",
        "more/10_theo_1.flac": "10",
    }


@pytest.mark.parametrize(
    ("names", "label_by", "message"),
    [
        (
            ["kick/a.wav", "snare/a.wav", "b.wav", "c.wav"],
            "folder",
            "got 2 files beside the folders of the labels: b.wav, c.wav, expected every file in",
        ),
        (["all/kick.wav", "all/snare.wav"], "folder", "got the label all alone, expected at least"),
        (["0_a.wav", "b.wav"], "prefix", "b.wav: got a name without a label, expected a name such"),
        (["0_a.wav", "_b.wav"], "prefix", "_b.wav: got a name without a label"),
        (["0_a.wav", "0_b.wav"], "prefix", "got the label 0 alone"),
        (["0_a.wav"], "suffix", "label_by: got suffix, expected folder or prefix"),
    ],
)
def test_files_that_give_no_label_are_named(write, names, label_by: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        folder_sounds(write(*names), labels=True, label_by=label_by)


def test_a_label_folder_without_sounds_is_named(write) -> None:
    root = write("kick/a.wav", "snare/a.wav")
    (root / "clap").mkdir()
    (root / "clap" / "notes.txt").write_text("later")
    with pytest.raises(InputError, match=f"{root / 'clap'}: got no audio files, expected sounds"):
        folder_sounds(root, labels=True, label_by="folder")
    assert len(folder_sounds(root, labels=False, label_by="folder")) == 2


def test_every_label_holds_out_the_same_share() -> None:
    sizes = {"a": 100, "b": 20, "c": 2, "d": 1}
    clips = [
        Clip(f"{label}/{i}.wav", Path("x"), label) for label, n in sizes.items() for i in range(n)
    ]
    split = hold_out_evenly(clips, 0.2)
    assert sorted(clip.name for clip in split) == sorted(clip.name for clip in clips)
    held_out = Counter(clip.label for clip in split if clip.split == "validation")
    assert held_out == {"a": 20, "b": 4, "c": 1}
    names = {clip.name for clip in split if clip.split == "validation"}
    again = hold_out_evenly(clips[::-1], 0.2)
    assert {clip.name for clip in again if clip.split == "validation"} == names


@pytest.fixture
def commands(write) -> Path:
    """Two words by four speakers, a third word and noise, in the layout of Speech Commands."""
    names = [f"{word}/{who}_nohash_0.wav" for word in ("one", "two", "cat") for who in "abcd"]
    root = write(*names, "one/a_nohash_1.wav", "_background_noise_/pink_noise.wav")
    for part, who in (("validation", "b"), ("testing", "c")):
        listed = [name for name in names if f"/{who}_" in name]
        (root / f"{part}_list.txt").write_text("\n".join(listed) + "\n")
    return root


def test_speech_commands_are_split_by_their_lists(commands: Path) -> None:
    clips = speech_commands(commands, ["two", "one"])
    assert {(clip.name, clip.label, clip.split) for clip in clips} == {
        ("one/a_nohash_0.wav", "one", "train"),
        ("one/a_nohash_1.wav", "one", "train"),
        ("one/b_nohash_0.wav", "one", "validation"),
        ("one/d_nohash_0.wav", "one", "train"),
        ("two/a_nohash_0.wav", "two", "train"),
        ("two/b_nohash_0.wav", "two", "validation"),
        ("two/d_nohash_0.wav", "two", "train"),
    }
    assert all(clip.path == commands / clip.name for clip in clips)


def test_speech_commands_that_are_not_whole_are_named(commands: Path) -> None:
    for words, message in (
        (["one", "tow"], "tow: got an unknown word, expected two"),
        (["_background_noise_"], "_background_noise_: got an unknown word, expected one of cat, o"),
    ):
        with pytest.raises(InputError, match=message):
            speech_commands(commands, words)
    (commands / "validation_list.txt").write_text("cat/b_nohash_0.wav\n")
    with pytest.raises(InputError, match="no file of one, two for the part validation, expected"):
        speech_commands(commands, ["one", "two"])
    (commands / "testing_list.txt").unlink()
    with pytest.raises(InputError, match="testing_list.txt: got No such file .* expected a list"):
        speech_commands(commands, ["one"])


def note(pitch: int) -> dict:
    return {
        "note": 12,
        "pitch": pitch,
        "velocity": 50,
        "instrument_str": "bass_synthetic_033",
        "instrument_family": 0,
        "instrument_family_str": "bass" if pitch < 60 else "flute",
        "instrument_source": 2,
        "instrument_source_str": "synthetic" if pitch < 70 else "acoustic",
    }


@pytest.fixture
def notes_dir(write) -> Path:
    """Three notes to train on, one held out, one to test, in the layout of NSynth."""
    parts = {"nsynth-train": (22, 65, 108), "nsynth-valid": (22,), "nsynth-test": (30,)}
    for part, pitches in parts.items():
        names = {pitch: f"bass_synthetic_033-{pitch:03d}-050" for pitch in pitches}
        root = write(*[f"{part}/audio/{name}.wav" for name in names.values()])
        told = {name: note(pitch) for pitch, name in names.items()}
        (root / part / "examples.json").write_text(json.dumps(told))
    return root


@pytest.mark.parametrize(
    ("label_by", "labels"),
    [
        ("instrument_family", ["bass", "flute", "flute", "bass"]),
        ("instrument_source", ["synthetic", "synthetic", "acoustic", "synthetic"]),
        ("pitch", ["022", "065", "108", "022"]),
    ],
)
def test_nsynth_tells_its_labels_and_split(notes_dir: Path, label_by: str, labels: list) -> None:
    clips = nsynth(notes_dir, label_by)
    assert [clip.label for clip in clips] == labels
    assert [clip.split for clip in clips] == ["train"] * 3 + ["validation"]
    assert clips[3].name == "nsynth-valid/audio/bass_synthetic_033-022-050.wav"
    assert all(clip.path == notes_dir / clip.name for clip in clips)


def test_nsynth_that_is_not_whole_is_named(notes_dir: Path) -> None:
    examples = notes_dir / "nsynth-valid" / "examples.json"
    for content, message in (
        ("{}", "050.wav: got none that is known, expected a note with pitch in .*examples.json"),
        ('{"bass_synthetic_033-022-050": {"pitch": null}}', "050.wav: got none that is known"),
        ("[1]", "examples.json: got a list, expected the examples.json of NSynth"),
        ("{", "examples.json: got no JSON, expected the"),
    ):
        examples.write_text(content)
        with pytest.raises(InputError, match=message):
            nsynth(notes_dir, "pitch")
    examples.unlink()
    with pytest.raises(InputError, match="nsynth-valid/examples.json: got No such file"):
        nsynth(notes_dir, "pitch")
