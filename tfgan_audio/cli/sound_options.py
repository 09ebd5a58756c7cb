"""What the verbs share that make sounds: options, their checks, the closing line."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from tfgan_audio.errors import InputError


class FiniteRange(click.FloatRange):
    """Numbers of a range, without NaN and infinity, which `click.FloatRange` lets pass."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Return the number of a text."""
        number = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail(f"{number} is no number.", param, ctx)


_FINISHING = (
    click.option(
        "--trim",
        "trim_db",
        type=FiniteRange(0.0),
        metavar="DB",
        help="Cut ends that are so far below the sound's peak.",
    ),
    click.option(
        "--fade-ms",
        type=FiniteRange(0.0),
        default=0.0,
        metavar="MS",
        help="Fade in and out for so long.",
    ),
    click.option(
        "--loudness",
        "level_dbfs",
        type=FiniteRange(max=0.0),
        metavar="DBFS",
        help="RMS level to bring each sound to, as far as no peak passes full scale, or --peak.",
    ),
    click.option(
        "--peak",
        "peak_dbfs",
        type=FiniteRange(max=0.0),
        metavar="DBFS",
        help="Peak to bring each sound to.",
    ),
)


def finishing_options(command: Callable) -> Callable:
    """Add `--trim`, `--fade-ms`, `--loudness` and `--peak`, passed to the verb as `finishing`."""

    @functools.wraps(command)
    def with_finishing(
        trim_db: float | None,
        fade_ms: float,
        level_dbfs: float | None,
        peak_dbfs: float | None,
        **options: Any,
    ) -> None:
        from tfgan_audio.audio.finishing import Finishing

        command(finishing=Finishing(trim_db, fade_ms, level_dbfs, peak_dbfs), **options)

    for option in reversed(_FINISHING):
        with_finishing = option(with_finishing)
    return with_finishing


def label_option(help_text: str) -> Callable[[Callable], Callable]:
    """Return the option `--label`, passed to the verb as the tuple `labels`.

    Args:
        help_text: What several labels do.
    """
    return click.option("--label", "labels", multiple=True, metavar="NAME", help=help_text)


format_option = click.option(
    "--format",
    "file_format",
    type=click.Choice(["wav", "flac"]),
    help="Format of the files. Default: wav.",
)
overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace what this verb has written there before."
)


def refuse_beside(option: str, others: Mapping[str, Any]) -> None:
    """Refuse options that mean nothing beside another one.

    Args:
        option: The one that was given.
        others: Values of those by their names; None where not given.

    Raises:
        InputError: One of them was given.
    """
    for name, value in others.items():
        if value is not None:
            raise InputError(name, f"{value} beside {option}", "one of the two")


def tell(path: str, sounds: Sequence[Mapping[str, Any]], to_stderr: bool) -> None:
    """Say what was written, and where 16 bits could not hold it.

    Args:
        path: File or folder.
        sounds: Facts of each sound, with its "peak".
        to_stderr: Whether stdout is taken.
    """
    num_clipped = sum(sound["peak"] > 1.0 for sound in sounds)
    clipped = f", {num_clipped} of them clipped (--peak 0 scales them)" if num_clipped else ""
    count = f"{len(sounds)} sound{'s' * (len(sounds) > 1)}"
    click.echo(f"{path}: {count}{clipped}", err=to_stderr)
