"""The verb `vocode`: mel spectrograms to sound, and recordings to copies made from their mels."""

import time
from pathlib import Path

import click

from tfgan_audio.cli.errors import PROGRAM
from tfgan_audio.cli.options import json_option, write_json
from tfgan_audio.errors import InputError

_MAX_SHOWN = 3


@click.command()
@click.argument("model", metavar="MODEL")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option(
    "--mels-first",
    is_flag=True,
    help="The mel files have [mels, frames], as PyTorch code bases write them.",
)
@json_option
def command(model: str, source: str, target: str, mels_first: bool, json_path: str | None) -> None:
    r"""Vocode IN into OUT with MODEL: the run folder, .keras file or export of a MelGAN.

    IN is a log-mel spectrogram [frames, mels] of the model's own convention (.npy, .npz, .h5, or
    .pt, .pth and .mel of PyTorch), or a recording of any format and rate, of which a copy is made
    from its mel alone, averaged over the channels and at the model's rate; or a folder of either,
    of which OUT gets a WAV file each. The ends are rendered beside quiet frames, so that nothing
    clicks. Values that are hardly a log-mel of that convention are warned of.

    \b
    Examples:
      tfgan-audio vocode runs/voice sentence.npy sentence.wav
      tfgan-audio vocode runs/voice tacotron_mels spoken --mels-first
      tfgan-audio vocode runs/voice recording.flac copy.flac --json speed.json
    """
    from tfgan_audio.loading import load

    if not Path(source).exists():
        raise InputError(source, "nothing there", "a mel or audio file, or a folder of such")
    vocoder = load(model, "vocode")
    start = time.perf_counter()
    done, doubts, failures = vocode(vocoder, Path(source), Path(target), mels_first)
    seconds = time.perf_counter() - start
    if json_path is not None:
        write_json(json_path, _figures(vocoder, done, seconds, doubts, failures))
    tell(source, doubts, failures)


def vocode(
    vocoder, source: Path, target: Path, mels_first: bool = False
) -> tuple[dict[str, int], list[str], list[str]]:
    """Vocode a file or a folder, showing the progress.

    Args:
        vocoder: The vocoder.
        source: Mel or recording, or a folder of them.
        target: File or folder to write.
        mels_first: Whether mel files have [M, F].

    Returns:
        Samples of each file by name; a line for each doubtful mel; one for each unusable file.

    Raises:
        InputError: As `FileVocoder` has it.
    """
    from tfgan_audio.importers.torch_archive import read_torch_archive
    from tfgan_audio.serving.vocode_files import FileVocoder

    files = FileVocoder(vocoder, mels_first, read_torch_archive, show_progress=True)
    if source.is_dir():
        done, failures = files.vocode_folder(source, target)
    else:
        done, failures = {target.name: files.vocode_file(source, target)}, []
    return done, files.doubts, failures


def tell(source: str, doubts: list[str], failures: list[str]) -> None:
    """Warn of doubtful mels, and raise where files could not be used.

    Args:
        source: What was vocoded.
        doubts: A line for each doubtful mel.
        failures: A line for each unusable file.

    Raises:
        InputError: There are such files.
    """
    for line in doubts[:_MAX_SHOWN]:
        click.echo(f"{PROGRAM}: warning: {line}", err=True)
    if len(doubts) > _MAX_SHOWN:
        click.echo(f"{PROGRAM}: warning: {len(doubts) - _MAX_SHOWN} more such mels", err=True)
    if failures:
        more = f"; and {len(failures) - _MAX_SHOWN} more" if failures[_MAX_SHOWN:] else ""
        seen = f"{len(failures)} unusable files: {'; '.join(failures[:_MAX_SHOWN])}{more}"
        raise InputError(source, seen, "mels and audio that go with the model; the others are done")


def _figures(vocoder, done: dict[str, int], seconds: float, doubts: list, failures: list) -> dict:
    """Return what `--json` writes; the time is that of all but loading the model."""
    rate_hz = vocoder.sample_rate_hz
    audio_seconds = sum(done.values()) / rate_hz
    return {
        "sample_rate_hz": rate_hz,
        "hop_samples": vocoder.hop_samples,
        "latency_samples": vocoder.stream().latency_samples,
        "audio_seconds": audio_seconds,
        "seconds": seconds,
        "times_real_time": audio_seconds / seconds,
        "warnings": doubts,
        "unusable": failures,
        "files": {name: num_samples / rate_hz for name, num_samples in done.items()},
    }
