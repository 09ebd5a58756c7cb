"""Folders that appear complete or not at all."""

import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tfgan_audio.errors import InputError


@contextmanager
def published_folder(out_dir: str | Path, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder to fill; rename it to `out_dir` when the block ends well.

    A killed or failed block leaves `out_dir` as it was. What a killed run left beside it is removed
    by the next run on the same machine.

    Args:
        out_dir: Folder to make. Its parents are made too.
        replace: Whether an existing `out_dir` gives way (at the very end).

    Yields:
        The temporary folder, in the same parent as `out_dir`.

    Raises:
        InputError: `out_dir` exists and `replace` is false, or it can not be written (permission,
            full disk).
    """
    out_dir = Path(out_dir).absolute()
    if not replace and out_dir.exists() and not _is_empty_folder(out_dir):
        raise InputError(out_dir, "a folder with content", "a new folder")
    nearest = next(parent for parent in out_dir.parents if parent.exists())
    if not nearest.is_dir():
        raise InputError(nearest, "a file", f"a folder, to write {out_dir.name} to")
    partial = out_dir.parent / f"{_partial_prefix(out_dir)}{os.getpid()}"
    try:
        out_dir.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(out_dir)
        partial.mkdir()
        yield partial
        _sync_tree(partial)
        _swap_in(partial, out_dir, replace)
    except OSError as error:
        expected = "a place that can be written, with enough free space"
        raise InputError(out_dir, error.strerror or error, expected) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` as JSON, one clip or key a line, and force it to disk.

    Args:
        path: File to write, inside a folder that is not published yet.
        content: What to store.
    """
    with path.open("w", encoding="utf-8") as stream:
        json.dump(content, stream, ensure_ascii=False, indent=0)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())


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


def _partial_prefix(out_dir: Path) -> str:
    """Start of the temporary names that runs of this machine use for `out_dir`."""
    return f".{out_dir.name}.partial-{socket.gethostname()}-"


def _remove_abandoned(out_dir: Path) -> None:
    """Remove temporary folders whose process is gone."""
    prefix = _partial_prefix(out_dir)
    for entry in out_dir.parent.iterdir():
        process = entry.name.removeprefix(prefix)
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


def _is_empty_folder(path: Path) -> bool:
    """Whether the path is a folder without entries."""
    return path.is_dir() and not any(path.iterdir())


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
