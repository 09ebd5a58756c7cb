"""A folder appears complete or not at all."""

import os
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.io import write_audio
from tfgan_audio.data.folders import published_folder, read_json
from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json

MARKER = "set.json"


def test_a_folder_appears_at_the_end(tmp_path: Path) -> None:
    out_dir = tmp_path / "deep" / "set"
    with published_folder(out_dir, MARKER) as partial:
        (partial / "file").write_text("content")
        assert not out_dir.exists()
    assert (out_dir / "file").read_text() == "content"
    assert os.listdir(tmp_path / "deep") == ["set"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    for out_dir in (tmp_path / "set", tmp_path / "new" / "deeper" / "set"):
        with pytest.raises(KeyError), published_folder(out_dir, MARKER) as partial:
            (partial / "file").write_text("content")
            raise KeyError("made")
        assert os.listdir(tmp_path) == []


def test_replacing_keeps_the_old_folder_until_the_new_one_is_complete(tmp_path: Path) -> None:
    out_dir = tmp_path / "set"
    out_dir.mkdir()
    (out_dir / MARKER).touch()
    with pytest.raises(KeyError), published_folder(out_dir, MARKER, replace=True) as partial:
        raise KeyError("made")
    assert os.listdir(out_dir) == [MARKER]
    with published_folder(out_dir, MARKER, replace=True) as partial:
        (partial / "new").touch()
        assert os.listdir(out_dir) == [MARKER]
    assert os.listdir(out_dir) == ["new"]
    assert os.listdir(tmp_path) == ["set"]


def test_only_a_folder_of_the_kind_is_replaced_and_only_when_told(tmp_path: Path) -> None:
    for name, content in (("set", MARKER), ("home", "letter"), ("empty", None)):
        (tmp_path / name).mkdir()
        if content:
            (tmp_path / name / content).touch()
    for name, replace, seen in (
        ("set", False, "a set of other files or settings"),
        ("home", False, "a folder with other files"),
        ("home", True, "a folder with other files"),
    ):
        with (
            pytest.raises(InputError, match=f"{name}: got {seen}"),
            published_folder(tmp_path / name, MARKER, replace),
        ):
            pytest.fail("must not begin")
    with published_folder(tmp_path / "empty", MARKER) as partial:
        (partial / "new").touch()
    assert os.listdir(tmp_path / "empty") == ["new"]


def test_a_link_to_a_folder_is_filled_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "set").symlink_to(tmp_path / "large disk")
    for name in (MARKER, "second"):
        with published_folder(tmp_path / "set", MARKER, replace=True) as partial:
            (partial / name).touch()
        assert os.listdir(tmp_path / "large disk") == [name]
    assert (tmp_path / "set").is_symlink() and len(os.listdir(tmp_path)) == 2


def test_files_are_named_by_where_they_would_have_been(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"^{tmp_path}/set/a.wav: got no samples"):
        with published_folder(tmp_path / "set", MARKER) as partial:
            write_audio(partial / "a.wav", np.zeros(0), 8000)


def test_of_two_runs_at_once_the_later_one_does_not_replace_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="set: got Directory not empty"):
        with published_folder(tmp_path / "set", MARKER):
            (tmp_path / "set").mkdir()
            (tmp_path / "set" / "first").touch()
    assert os.listdir(tmp_path) == ["set"] and os.listdir(tmp_path / "set") == ["first"]


def test_leftovers_of_dead_runs_go_and_those_of_living_runs_stay(tmp_path: Path) -> None:
    with published_folder(tmp_path / "set", MARKER) as partial:
        prefix = partial.name.removesuffix(str(os.getpid()))
    dead, living = f"{prefix}{2**22 + 1}", f"{prefix}{os.getppid()}"
    for leftover in (dead, f"{dead}-old", living, f"{living}-old"):
        (tmp_path / leftover).mkdir()
    with published_folder(tmp_path / "set", MARKER):
        pass
    assert sorted(os.listdir(tmp_path)) == sorted([living, f"{living}-old", "set"])


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="/file: got a file, expected a folder, to write set to"):
        with published_folder(tmp_path / "file" / "set", MARKER):
            pytest.fail("must not begin")
    with pytest.raises(InputError, match="/proc/set.*can be written"):
        with published_folder("/proc/set", MARKER):
            pytest.fail("must not begin")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", "no file of this format"),
        ('{"format": "us", "ver', "no file of this format"),
        ("[1, 2]", "no file of this format"),
        ('{"format": "us", "version": 2}', "us version 2"),
        ('{"format": "them", "version": 1}', "them version 1"),
    ],
)
def test_other_json_is_refused(tmp_path: Path, text: str, seen: str) -> None:
    path = tmp_path / "index.json"
    path.write_text(text)
    with pytest.raises(InputError, match=f"index.json: got {seen}, expected us version 1"):
        read_json(path, "us", 1)
    write_json(path, {"format": "us", "version": 1, "name": "ä"})
    assert read_json(path, "us", 1)["name"] == "ä"
