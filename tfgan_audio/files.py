"""Writing files so that a reader sees the old content or the new, never a part."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tfgan_audio.errors import InputError


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place when the body ends well.

    Args:
        path: File to write; missing folders above it are made.

    Yields:
        Path with the same ending in the same folder.

    Raises:
        InputError: The file cannot be written; nothing is left behind.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".partial-", suffix=path.name, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise InputError(path, error.strerror, "a place that can be written to") from None
    partial = Path(name)
    try:
        yield partial
        _flush(partial)
        os.replace(partial, path)
    except OSError as error:
        raise InputError(path, error.strerror or error, "a place that can be written to") from None
    finally:
        partial.unlink(missing_ok=True)


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


def _flush(path: Path) -> None:
    """Make sure the content is on the disk before its name says so."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
