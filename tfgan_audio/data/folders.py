"""Folders this package makes: complete or absent, and known by a JSON file inside them."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tfgan_audio.errors import InputError
from tfgan_audio.files import folder_made


@contextmanager
def published_folder(out_dir: str | Path, marker: str, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder to fill; rename it to `out_dir` when the block ends well.

    A killed or failed block leaves `out_dir` as it was. What a killed run left beside it is removed
    by the next run on the same machine.

    Args:
        out_dir: Folder to make. Its parents are made too; a link is followed.
        marker: Name of the file in it that tells a folder of this kind.
        replace: Whether an existing folder with a marker gives way (at the very end).

    Yields:
        The temporary folder, in the same parent as `out_dir`.

    Raises:
        InputError: `out_dir` holds something else, or is there already and `replace` is false, or
            it can not be written (permission, full disk).
    """
    out_dir = Path(out_dir).resolve()
    _refuse_taken(out_dir, marker, replace)
    partial = out_dir.parent / f"{_partial_prefix(out_dir)}{os.getpid()}"
    try:
        with folder_made(out_dir.parent):
            _remove_abandoned(out_dir)
            partial.mkdir()
            try:
                yield partial
                _sync_tree(partial)
                _swap_in(partial, out_dir, replace)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except InputError as error:  # Files are named by where they would have been.
        name = str(error.name).replace(str(partial), str(out_dir))
        raise InputError(name, error.seen, error.expected) from error
    except OSError as error:
        expected = "a place that can be written, with enough free space"
        raise InputError(out_dir, error.strerror or error, expected) from error


def read_json(path: Path, expected_format: str, expected_version: int) -> dict[str, Any]:
    """Read a JSON file of ours and check what it says it is.

    Args:
        path: The file.
        expected_format: Value its key "format" must have.
        expected_version: Value its key "version" must have.

    Returns:
        The content.

    Raises:
        InputError: The file is missing, is no JSON, or is of another format or version.
    """
    expected = f"{expected_format} version {expected_version}"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        seen = f"{content['format']} version {content['version']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(path, "no file of this format", expected) from error
    if seen != expected:
        raise InputError(path, seen, expected)
    return content


def _refuse_taken(out_dir: Path, marker: str, replace: bool) -> None:
    """Raise if what stands at or above `out_dir` shall not give way."""
    nearest = next(path for path in (out_dir, *out_dir.parents) if path.exists())
    if not nearest.is_dir():
        raise InputError(nearest, "a file", f"a folder, to write {out_dir.name} to")
    if nearest != out_dir or not any(out_dir.iterdir()):
        return
    if not (out_dir / marker).exists():
        raise InputError(out_dir, "a folder with other files", "a new or empty folder")
    if not replace:
        expected = "another folder, or --overwrite"
        raise InputError(out_dir, "a set of other files or settings", expected)


def _partial_prefix(out_dir: Path) -> str:
    """Start of the temporary names that runs of this machine use for `out_dir`."""
    return f".{out_dir.name}.partial-{socket.gethostname()}-"


def _remove_abandoned(out_dir: Path) -> None:
    """Remove temporary folders whose process is gone."""
    prefix = _partial_prefix(out_dir)
    for entry in out_dir.parent.iterdir():
        process = entry.name.removeprefix(prefix).removesuffix("-old")
        if entry.name.startswith(prefix) and process.isdigit() and not _is_running(int(process)):
            shutil.rmtree(entry, ignore_errors=True)


def _is_running(process: int) -> bool:
    """Whether a process of this id exists (true where that can not be asked safely)."""
    if os.name != "posix" or process == os.getpid():
        return os.name != "posix"
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync_tree(folder: Path) -> None:
    """Force every file and folder under `folder` to disk."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap_in(partial: Path, out_dir: Path, replace: bool) -> None:
    """Rename `partial` to `out_dir`; an old one is moved aside first and removed last."""
    if not replace or not out_dir.exists():
        os.replace(partial, out_dir)
        return
    old = partial.with_name(f"{partial.name}-old")
    os.replace(out_dir, old)
    os.replace(partial, out_dir)
    shutil.rmtree(old, ignore_errors=True)
