"""A folder appears complete or not at all."""

import os
from pathlib import Path

import pytest

from tfgan_audio.data.folders import published_folder, read_json, write_json
from tfgan_audio.errors import InputError


def test_a_folder_appears_at_the_end(tmp_path: Path) -> None:
    out_dir = tmp_path / "deep" / "set"
    with published_folder(out_dir) as partial:
        (partial / "file").write_text("content")
        assert not out_dir.exists()
    assert (out_dir / "file").read_text() == "content"
    assert os.listdir(tmp_path / "deep") == ["set"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyError), published_folder(tmp_path / "set") as partial:
        (partial / "file").write_text("content")
        raise KeyError("made")
    assert os.listdir(tmp_path) == []


def test_replacing_keeps_the_old_folder_until_the_new_one_is_complete(tmp_path: Path) -> None:
    out_dir = tmp_path / "set"
    out_dir.mkdir()
    (out_dir / "old").touch()
    with pytest.raises(KeyError), published_folder(out_dir, replace=True) as partial:
        raise KeyError("made")
    assert os.listdir(out_dir) == ["old"]
    with published_folder(out_dir, replace=True) as partial:
        (partial / "new").touch()
        assert os.listdir(out_dir) == ["old"]
    assert os.listdir(out_dir) == ["new"]
    assert os.listdir(tmp_path) == ["set"]


def test_an_existing_folder_is_not_replaced_without_being_told(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "old").touch()
    with (
        pytest.raises(InputError, match="a folder with content"),
        published_folder(tmp_path / "set"),
    ):
        pytest.fail("must not begin")
    (tmp_path / "empty").mkdir()
    with published_folder(tmp_path / "empty") as partial:
        (partial / "new").touch()
    assert os.listdir(tmp_path / "empty") == ["new"]


def test_of_two_runs_at_once_the_later_one_does_not_replace_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="set: got Directory not empty"):
        with published_folder(tmp_path / "set"):
            (tmp_path / "set").mkdir()
            (tmp_path / "set" / "first").touch()
    assert os.listdir(tmp_path) == ["set"] and os.listdir(tmp_path / "set") == ["first"]


def test_leftovers_of_dead_runs_go_and_those_of_living_runs_stay(tmp_path: Path) -> None:
    with published_folder(tmp_path / "set") as partial:
        prefix = partial.name.removesuffix(str(os.getpid()))
    dead, living = tmp_path / f"{prefix}{2**22 + 1}", tmp_path / f"{prefix}{os.getppid()}"
    for leftover in (dead, living):
        leftover.mkdir()
    with published_folder(tmp_path / "set", replace=True):
        pass
    assert not dead.exists()
    assert living.exists()


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="/file: got a file, expected a folder, to write set to"):
        with published_folder(tmp_path / "file" / "set"):
            pytest.fail("must not begin")
    with pytest.raises(InputError, match="/proc/set.*can be written"):
        with published_folder("/proc/set"):
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
