"""What the verbs share that make sounds: options, their checks, the closing line."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import json_option, write_json
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.audio.finishing import Finishing


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
_FORMAT = click.option(
    "--format",
    "file_format",
    type=click.Choice(["wav", "flac"]),
    help="Format of the files. Default: wav.",
)
_OVERWRITE = click.option(
    "--overwrite", is_flag=True, help="Replace what this verb has written there before."
)


@dataclass(frozen=True, kw_only=True)
class SoundRequest:
    """What every command line that makes sounds asks for.

    Attributes:
        model: Run folder or .keras file.
        out: File or folder to write.
        labels: Names of classes.
        finishing: Levels and ends of the sounds.
        file_format: Of the files in a folder; None is wav.
        overwrite: Whether to replace what is there.
        json_path: File for the figures, if any.
    """

    model: str
    out: str
    labels: tuple[str, ...]
    finishing: "Finishing"
    file_format: str | None
    overwrite: bool
    json_path: str | None

    def tell(self, sample_rate_hz: int, sounds: Sequence[Mapping[str, Any]], **facts: Any) -> None:
        """Say what was written and where 16 bits could not hold it; write the figures.

        Args:
            sample_rate_hz: Rate of the sounds.
            sounds: Facts of each sound, with its "peak".
            facts: More figures.
        """
        num_clipped = sum(sound["peak"] > 1.0 for sound in sounds)
        clipped = f", {num_clipped} of them clipped (--peak 0 scales them)" if num_clipped else ""
        count = f"{len(sounds)} sound{'s' * (len(sounds) > 1)}"
        click.echo(f"{self.out}: {count}{clipped}", err=self.json_path == "-")
        if self.json_path is not None:
            whole = {"path": self.out, "sample_rate_hz": sample_rate_hz, **facts, "sounds": sounds}
            write_json(self.json_path, whole)


def sound_output_options(command: Callable) -> Callable:
    """Add the options of `SoundRequest` but for labels; levels and ends come as `finishing`."""

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

    for option in reversed((*_FINISHING, _FORMAT, _OVERWRITE, json_option)):
        with_finishing = option(with_finishing)
    return with_finishing


def label_option(help_text: str) -> Callable[[Callable], Callable]:
    """Return the option `--label`, passed to the verb as the tuple `labels`.

    Args:
        help_text: What several labels do.
    """
    return click.option("--label", "labels", multiple=True, metavar="NAME", help=help_text)


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


def free_audio_path(path: str, overwrite: bool) -> Path:
    """Return a file to write sound to that, like its latents' file beside it, may be written.

    Args:
        path: Name with the ending of an audio file.
        overwrite: Whether to replace what is there.

    Raises:
        InputError: Something is there already.
    """
    for taken in (Path(path), latents_path_of(path)):
        if taken.exists() and not overwrite:
            raise InputError(taken, "something there already", "another name, or --overwrite")
    return Path(path)


def latents_path_of(path: str | Path) -> Path:
    """Return where the latents of a sound file stand."""
    return Path(path).with_suffix(".npy")


label_by_option = click.option(
    "--label-by",
    type=click.Choice(["folder", "prefix"]),
    default="folder",
    show_default=True,
    help="Where a sound's class stands: its folder, or its name before the first _.",
)
