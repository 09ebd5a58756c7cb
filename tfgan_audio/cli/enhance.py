"""The verb `enhance`: remove noise from a file, a folder or a raw stream."""

import sys
from pathlib import Path

import click

from tfgan_audio.errors import InputError

_MAX_SHOWN = 3


@click.command()
@click.argument("model", metavar="MODEL")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--rate", "sample_rate_hz", type=click.IntRange(1), help="Rate of a raw stream in hertz."
)
@click.option(
    "--channels", "num_channels", type=click.IntRange(1, 1024), help="Channels of a raw stream."
)
@click.option(
    "--attenuation-limit",
    "attenuation_limit_db",
    type=click.FloatRange(0.0),
    metavar="DB",
    help="Take the noise down by so many decibels at most.",
)
def command(
    model: str,
    source: str,
    target: str,
    sample_rate_hz: int | None,
    num_channels: int | None,
    attenuation_limit_db: float | None,
) -> None:
    r"""Enhance IN into OUT with MODEL: a run folder, a .keras file or an export.

    IN is an audio file of any rate, length and channel count, a folder of them, or `-` for raw
    16-bit little-endian samples on stdin, which come out on stdout as they are done. What comes
    out has the rate, channels and length of what went in, and its 24 or 32 bits or floats if OUT
    is WAV, AIFF or (24 bits) FLAC; else 16 bits. A raw stream has one channel and the
    model's rate unless told otherwise; another rate delays it by 0.1 to 0.2 seconds.

    \b
    Examples:
      tfgan-audio enhance runs/first noisy.wav clean.flac
      tfgan-audio enhance runs/first noisy_folder clean_folder --attenuation-limit 12
      arecord -t raw -f S16_LE -r 16000 | tfgan-audio enhance model.tflite - - > clean.raw
    """
    from tfgan_audio.loading import load
    from tfgan_audio.serving import enhance_files

    is_raw = source == "-"
    if is_raw != (target == "-"):
        raise InputError("IN OUT", f"{source} {target}", "- for both, or for none")
    if not is_raw and (sample_rate_hz or num_channels):
        option = "--rate" if sample_rate_hz else "--channels"
        raise InputError(option, sample_rate_hz or num_channels, "a raw stream: - -")
    if not is_raw and not Path(source).exists():
        raise InputError(source, "nothing there", "an audio file or a folder")
    enhancer = load(model, "enhance")
    if attenuation_limit_db is not None:
        enhancer = enhancer.limited(attenuation_limit_db)
    if is_raw:
        enhance_files.enhance_pcm(
            enhancer,
            sys.stdin.buffer,
            sys.stdout.buffer,
            sample_rate_hz or enhancer.sample_rate_hz,
            num_channels or 1,
        )
    elif Path(source).is_dir():
        failures = enhance_files.enhance_folder(enhancer, Path(source), Path(target), True)
        tell_failures(source, failures)
    else:
        enhance_files.enhance_file(enhancer, Path(source), Path(target), True)


def tell_failures(source: str, failures: list[str]) -> None:
    """Raise where files of a folder could not be used.

    Args:
        source: The folder.
        failures: One line for each such file.

    Raises:
        InputError: There are such.
    """
    if failures:
        more = f"; and {len(failures) - _MAX_SHOWN} more" if failures[_MAX_SHOWN:] else ""
        seen = f"{len(failures)} unusable files: {'; '.join(failures[:_MAX_SHOWN])}{more}"
        raise InputError(source, seen, "usable audio; the other files are done")
