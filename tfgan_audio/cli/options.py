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


def count_option(
    name: str, default: int, help_text: str, least: int = 1, metavar: str = "N"
) -> Callable[[Callable], Callable]:
    """Return an option that takes a whole number.

    Args:
        name: The option, such as `--steps`; may be followed by `/` and the parameter's name.
        default: Number without the option.
        help_text: What it is.
        least: Smallest number to take.
        metavar: Unit to show in the help.
    """
    return click.option(
        *name.split("/"),
        type=click.IntRange(least),
        default=default,
        show_default=True,
        metavar=metavar,
        help=help_text,
    )


def json_option(command: Callable) -> Callable:
    """Add `--json FILE`, passed to the verb as `json_path` (None without the option)."""
    return click.option(
        "--json",
        "json_path",
        metavar="FILE",
        callback=checked_output,
        help="Write the figures to a JSON file too; - is stdout.",
    )(command)


def checked_output(ctx: click.Context, param: click.Parameter, path: str | None) -> str | None:
    """Refuse, before the work, a file that could not be written after it.

    The callback of options that name an output file.

    Args:
        ctx: Unused.
        param: The option, for the message.
        path: Its value; a device or a pipe, and `-`, pass.

    Returns:
        The value.

    Raises:
        InputError: A folder, or a file in a place that cannot be written to.
    """
    if path is None or path == _STDOUT or _is_device(path):
        return path
    option = param.opts[0]
    if Path(path).is_dir():
        raise InputError(path, "a folder", f"a file name for {option}")
    above = next(folder for folder in Path(path).absolute().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        seen = f"{above} that cannot be written to"
        raise InputError(path, seen, f"a writable place for {option}")
    return path


def write_json(path: str | os.PathLike[str], result: Any) -> None:
    """Write what `--json` asked for, whole or not at all.

    Args:
        path: File to write; `-` is stdout.
        result: Mappings, lists, texts and numbers; those of numpy too. What is not a finite number
            becomes null, for which JSON has no other word.

    Raises:
        InputError: The file cannot be written; what was there before is untouched.
    """
    if str(path) == _STDOUT or _is_device(path):
        with click.open_file(str(path), "w", encoding="utf-8") as stream:
            stream.write(json.dumps(_plain(result), indent=2) + "\n")
    else:
        files.write_json(path, _plain(result))


def _is_device(path: str | os.PathLike[str]) -> bool:
    """Tell what takes no other file in its place: a device or a pipe."""
    return Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()


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
