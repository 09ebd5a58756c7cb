"""Writing files so that a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from tfgan_audio.errors import InputError

# Names may be 255 bytes long: the temporary name keeps so many characters of the final one.
_KEPT_CHARACTERS = 50


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place when the body ends well.

    Permissions are those of the file that is replaced, or what the umask gives a new one.

    Args:
        path: File to write; missing folders above it are made.

    Yields:
        Path of an empty file with the same ending in the same folder.

    Raises:
        InputError: The file cannot be written; nothing is left behind.
    """
    path = Path(path)
    partial = partial_path(path)
    try:
        with folder_made(path.parent):
            try:
                partial.touch(exist_ok=False)
                if path.exists():
                    shutil.copymode(path, partial)
                yield partial
                _flush(partial)
                os.replace(partial, path)
            finally:
                with contextlib.suppress(OSError):
                    partial.unlink(missing_ok=True)
    except OSError as error:
        if not _concerns(error, path, partial):
            raise
        raise InputError(path, error.strerror or error, "a place that can be written to") from None


def partial_path(path: Path) -> Path:
    """Return a new hidden name in the folder of `path`, with the same ending, for it to grow under.

    Args:
        path: Where the file will be.
    """
    return path.parent / f".partial-{secrets.token_hex(4)}{path.name[-_KEPT_CHARACTERS:]}"


@contextlib.contextmanager
def folder_made(folder: str | os.PathLike) -> Iterator[None]:
    """Make a folder and those above it; what is still empty after the body is removed again.

    Args:
        folder: Folder that the body writes to. One that was there before stays.

    Raises:
        OSError: It cannot be made.
    """
    folder = Path(folder)
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for made in missing:  # the deepest first
            with contextlib.suppress(OSError):
                made.rmdir()


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write a text file in one move.

    Args:
        path: File to write.
        text: Its whole content.

    Raises:
        InputError: The file cannot be written; nothing is left behind.
    """
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike, content: object) -> None:
    """Write a JSON file in one move.

    Args:
        path: File to write.
        content: What `json.dumps` takes; NaN is refused, as it is not JSON.

    Raises:
        InputError: The file cannot be written; nothing is left behind.
    """
    write_text(path, json.dumps(content, indent=2, allow_nan=False) + "\n")


def _concerns(error: OSError, path: Path, partial: Path) -> bool:
    """Tell a failed write from trouble with another file, which its own message explains better."""
    named = {error.filename, error.filename2} - {None}
    return not named or not named.isdisjoint(map(str, (path, partial, *partial.parents)))


def _flush(path: Path) -> None:
    """Make sure the content is on the disk before its name says so."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
