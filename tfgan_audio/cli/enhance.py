"""The verb `enhance`: remove noise from a file, a folder or a raw stream."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("model", metavar="MODEL")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--rate", "sample_rate_hz", type=click.IntRange(1), help="Rate of a raw stream in hertz."
)
@click.option(
    "--channels",
    "num_channels",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Channels of a raw stream.",
)
def command(
    model: str, source: str, target: str, sample_rate_hz: int | None, num_channels: int
) -> None:
    r"""Enhance IN into OUT with MODEL: a run folder, a .keras file or an export.

    IN is an audio file of any rate, length and channel count, a folder of them, or `-` for raw
    16-bit little-endian samples on stdin, which come out on stdout as they are done. What comes
    out has the rate, channels and length of what went in.

    \b
    Examples:
      tfgan-audio enhance runs/first noisy.wav clean.flac
      tfgan-audio enhance runs/first noisy_folder clean_folder
      arecord -t raw -f S16_LE -r 16000 | tfgan-audio enhance model.tflite - - > clean.raw
    """
    from tfgan_audio.errors import InputError
    from tfgan_audio.loading import load
    from tfgan_audio.serving import enhance_files

    if (source == "-") != (target == "-"):
        raise InputError("IN OUT", f"{source} {target}", "- for both, or for none")
    if source != "-" and not Path(source).exists():
        raise InputError(source, "nothing there", "an audio file or a folder")
    enhancer = load(model)
    if source == "-":
        enhance_files.enhance_pcm(
            enhancer,
            sys.stdin.buffer,
            sys.stdout.buffer,
            sample_rate_hz or enhancer.sample_rate_hz,
            num_channels,
        )
    elif Path(source).is_dir():
        failures = enhance_files.enhance_folder(enhancer, Path(source), Path(target))
        if failures:
            seen = f"{len(failures)} unusable files: {'; '.join(failures[:3])}"
            raise InputError(source, seen, "usable audio; the other files are done")
    else:
        enhance_files.enhance_file(enhancer, Path(source), Path(target))
