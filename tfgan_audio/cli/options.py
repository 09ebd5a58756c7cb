"""Options and arguments that several verbs share."""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tfgan_audio import files
from tfgan_audio.errors import InputError

_STDOUT = "-"


def overrides_argument(command: Callable) -> Callable:
    """Add the trailing `KEY=VALUE ...`, passed to the verb as the tuple `overrides`."""
    return click.argument("overrides", nargs=-1, metavar="[KEY=VALUE]...")(command)


def seed_option(default: int | None = None) -> Callable[[Callable], Callable]:
    """Return the option `--seed`, passed to the verb as `seed`.

    Args:
        default: Seed without the option; None leaves it to the verb.
    """
    return click.option(
        "--seed",
        type=click.IntRange(0, 2**31 - 1),
        default=default,
        show_default=default is not None,
        help="Makes the result repeatable.",
    )


def json_option(command: Callable) -> Callable:
    """Add `--json FILE`, passed to the verb as `json_path` (None without the option)."""
    return click.option(
        "--json",
        "json_path",
        metavar="FILE",
        callback=lambda ctx, param, value: _checked_json_path(value),
        help="Write the figures to a JSON file too; - is stdout.",
    )(command)


def write_json(path: str | os.PathLike[str], result: Any) -> None:
    """Write what `--json` asked for, whole or not at all.

    Args:
        path: File to write; `-` is stdout.
        result: Mappings, lists, texts and numbers; those of numpy too. What is not a finite number
            becomes null, for which JSON has no other word.

    Raises:
        InputError: The file cannot be written; what was there before is untouched.
    """
    if str(path) == _STDOUT or Path(path).exists() and not Path(path).is_file():
        with click.open_file(str(path), "w", encoding="utf-8") as stream:  # a device or a pipe
            stream.write(json.dumps(_plain(result), indent=2) + "\n")
    else:
        files.write_json(path, _plain(result))


def _checked_json_path(path: str | None) -> str | None:
    """Refuse, before the work, a file that could not be written after it."""
    if path is None or path == _STDOUT:
        return path
    if Path(path).is_dir():
        raise InputError(path, "a folder", "a file name for --json")
    above = next(folder for folder in Path(path).absolute().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise InputError(path, f"{above} that cannot be written to", "a writable place for --json")
    return path


def _plain(value: Any) -> Any:
    """Return a value in types that JSON has."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, os.PathLike) else value
