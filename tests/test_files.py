"""Files are whole or absent, whatever happens while they are written."""

import errno
import json
import os
import shutil
import stat

import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.files import folder_made, replacing, write_json, write_text


@pytest.fixture
def umask():
    """Sets the process's umask for one test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def permissions(path) -> int:
    """Permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder) -> list[str]:
    """What is in a folder, hidden files too."""
    return sorted(os.listdir(folder))


def test_text_is_written_as_it_is(tmp_path) -> None:
    path = tmp_path / "new" / "deep" / "notes.txt"
    write_text(path, "Füße\n")
    assert path.read_bytes() == "Füße\n".encode()
    write_text(path, "shorter")
    assert path.read_text() == "shorter"
    assert names_in(path.parent) == ["notes.txt"]


def test_json_can_be_read_back_and_ends_with_a_line(tmp_path) -> None:
    content = {"a": [1, 2.5, None], "b": {"c": "ü"}}
    write_json(tmp_path / "x.json", content)
    text = (tmp_path / "x.json").read_text()
    assert json.loads(text) == content and text.endswith("}\n")


def test_the_temporary_file_stands_beside_with_the_same_ending(tmp_path) -> None:
    with replacing(tmp_path / "state-01.weights.h5") as partial:
        assert partial.parent == tmp_path
        assert partial.name.endswith("state-01.weights.h5") and partial.name.startswith(".")
        partial.write_bytes(b"x")
        assert names_in(tmp_path) == [partial.name]
    assert names_in(tmp_path) == ["state-01.weights.h5"]


def test_readers_see_the_old_content_until_the_end(tmp_path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with replacing(path) as partial, open(path) as reader:
        partial.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert reader.closed


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("old", [None, "old"])
def test_a_failure_keeps_what_was_there(tmp_path, error: BaseException, old: str | None) -> None:
    path = tmp_path / "a.txt"
    if old:
        path.write_text(old)
    with pytest.raises(type(error)):
        with replacing(path) as partial:
            partial.write_text("half")
            raise error
    assert names_in(tmp_path) == (["a.txt"] if old else [])
    assert not old or path.read_text() == old


@pytest.mark.parametrize("error", [ValueError("x"), OSError(errno.ENOSPC, "full")])
def test_a_failure_leaves_no_new_folders(tmp_path, error: Exception) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(ValueError, match="x|full"):
        with replacing(tmp_path / "here" / "new" / "deeper" / "a.txt"):
            raise error
    assert names_in(tmp_path) == ["here"] and names_in(tmp_path / "here") == []


def test_a_made_folder_stays_if_it_is_used_and_one_that_was_there_always(tmp_path) -> None:
    (tmp_path / "before").mkdir()
    with folder_made(tmp_path / "before"), folder_made(tmp_path / "used" / "unused"):
        (tmp_path / "used" / "a.txt").touch()
    assert names_in(tmp_path) == ["before", "used"]
    assert names_in(tmp_path / "used") == ["a.txt"]


def test_content_that_is_not_json_keeps_what_was_there(tmp_path) -> None:
    path = tmp_path / "a.json"
    write_json(path, [1])
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, [float("nan")])
    assert json.loads(path.read_text()) == [1]
    assert names_in(tmp_path) == ["a.json"]


@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_new_files_follow_the_umask(tmp_path, umask, mask: int, expected: int) -> None:
    umask(mask)
    write_text(tmp_path / "a.txt", "x")
    assert permissions(tmp_path / "a.txt") == expected


def test_replaced_files_keep_their_permissions(tmp_path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "x")
    path.chmod(0o640)
    write_text(path, "y")
    assert permissions(path) == 0o640 and path.read_text() == "y"


def test_a_name_as_long_as_names_may_be(tmp_path) -> None:
    path = tmp_path / ("ü" * 125 + ".json")
    write_json(path, 1)
    assert path.read_text() == "1\n"


def test_a_file_in_place_of_the_folder_is_told_in_one_line(tmp_path) -> None:
    (tmp_path / "run").write_text("")
    path = tmp_path / "run" / "a.txt"
    with pytest.raises(InputError) as error:
        write_text(path, "x")
    assert str(error.value).startswith(f"{path}: got ")
    assert str(error.value).endswith(", expected a place that can be written to")
    assert names_in(tmp_path) == ["run"]


def test_a_folder_in_place_of_the_file_is_told_in_one_line(tmp_path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(InputError, match="^.*a.txt: got Is a directory, expected a place that"):
        write_text(tmp_path / "a.txt", "x")
    assert names_in(tmp_path) == ["a.txt"]


def test_a_folder_without_write_permission_is_told_in_one_line(tmp_path) -> None:
    # The administrator may write anywhere but to the kernel's own file system.
    folder = tmp_path / "locked"
    if os.geteuid():
        folder.mkdir(mode=0o500)
    else:
        folder = "/proc/self"
    with pytest.raises(InputError, match="^.*a.txt: got .*, expected a place that can be written"):
        write_text(os.path.join(folder, "a.txt"), "x")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_is_told_in_one_line(tmp_path) -> None:
    source, path = tmp_path / "source", tmp_path / "a.bin"
    source.write_bytes(b"x" * 100)
    path.write_text("old")
    with pytest.raises(InputError, match="a.bin: got No space left on device, expected a place"):
        with replacing(path), open(source, "rb") as reader, open("/dev/full", "wb") as full:
            shutil.copyfileobj(reader, full)
            full.flush()
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.bin", "source"]


@pytest.mark.parametrize("named", ["partial", "both", "nothing"])
def test_errors_about_the_written_file_name_the_final_one(tmp_path, named: str) -> None:
    """Copying names the source first and the target second when the disk is full."""
    path = tmp_path / "a.bin"
    with pytest.raises(InputError, match="^.*a.bin: got No space left on device, expected"):
        with replacing(path) as partial:
            error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if named == "partial":
                error.filename = str(partial)
            if named == "both":
                error.filename, error.filename2 = str(tmp_path / "source"), str(partial)
            raise error
    assert names_in(tmp_path) == []


def test_errors_about_another_file_are_passed_on(tmp_path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(FileNotFoundError, match="missing"):
        with replacing(tmp_path / "a.bin") as partial:
            shutil.copyfile(missing, partial)
    assert names_in(tmp_path) == []
