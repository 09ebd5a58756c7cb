"""The verb `speak`: text to sound."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tfgan_audio.cli.errors import PROGRAM
from tfgan_audio.cli.options import json_option, write_json
from tfgan_audio.errors import InputError


@click.command()
@click.argument("model", metavar="MODEL")
@click.argument("source", metavar="TEXT")
@click.argument("target", metavar="OUT")
@click.option("--vocoder", metavar="MODEL", help="The vocoder; else that of MODEL's folder or run.")
@click.option("--speaker", metavar="NAME", help="Who speaks; a:0.3,b:0.7 mixes two voices.")
@click.option("--language", metavar="CODE", help="Of what says no other, such as en.")
@click.option("--style", metavar="NAME", help="Emotion or style; mixed like speakers.")
@click.option("--pace", type=float, default=1.0, metavar="FACTOR", help="2 is twice as fast.")
@click.option("--pitch", type=float, default=0.0, metavar="SEMITONES", help="Added to the pitch.")
@click.option("--energy", type=float, default=0.0, metavar="DB", help="Added to the level.")
@click.option(
    "--ssml/--plain", default=None, help="What TEXT is; without it, <speak> at its start tells."
)
@click.option("--raw", is_flag=True, help="No WAV header on stdout, only 16-bit samples.")
@json_option
def command(
    model: str,
    source: str,
    target: str,
    vocoder: str | None,
    speaker: str | None,
    language: str | None,
    style: str | None,
    pace: float,
    pitch: float,
    energy: float,
    ssml: bool | None,
    raw: bool,
    json_path: str | None,
) -> None:
    r"""Speak TEXT into OUT with MODEL: the run folder, .keras file or export of an AcousticModel.

    TEXT is the text itself, a file ending in .txt, .ssml or .xml, or `-` for stdin. OUT is an audio
    file, or `-` for a WAV stream on stdout, sentence by sentence as they are made. The vocoder is
    that of --vocoder, or lies in the folder of MODEL as `vocoder`, `vocoder.keras` or
    `vocoder.tflite`, or is the one that MODEL's run was trained with (train.vocoder); it has to
    take the mels that MODEL makes.

    Of SSML the elements break, prosody (rate, pitch), voice, lang, p and s are understood.

    \b
    Examples:
      tfgan-audio speak runs/reader "It's 5 pm. Time for tea!" tea.wav
      tfgan-audio speak runs/reader book.txt book.flac --vocoder runs/voice --pace 1.2
      tfgan-audio speak runs/reader "Hello." mix.wav --speaker amy:0.3,bob:0.7 --style happy
      tfgan-audio speak runs/reader '<speak>One<break time="1s"/>two.</speak>' two.wav
      cat letter.txt | tfgan-audio speak runs/reader - - | aplay
    """
    from tfgan_audio.loading import load
    from tfgan_audio.serving.speak_files import open_sink, read_text, speak_into
    from tfgan_audio.serving.speaker import Manner

    is_streamed = target == "-"
    if is_streamed and json_path == "-":
        raise InputError("--json", "-", "a file, where OUT is - already")
    text = read_text(source, sys.stdin.buffer)
    manner = Manner(
        speaker=mixture("--speaker", speaker),
        language=language,
        style=mixture("--style", style),
        pace=pace,
        pitch_semitones=pitch,
        energy_db=energy,
        ssml=ssml,
    )
    acoustic = load(model, "speak")
    opened = acoustic.vocoder(vocoder)
    with _warnings_told():
        sentences = acoustic.sentences(text, manner)
        if not is_streamed:  # what is wrong with a long text is told before the work
            sentences = _shown(list(sentences))
        with open_sink(target, sys.stdout.buffer, acoustic.sample_rate_hz, raw) as sink:
            spoken = speak_into(sink, acoustic, sentences, opened)
    if json_path is not None:
        write_json(json_path, _figures(spoken))


def mixture(option: str, text: str | None) -> str | dict[str, float] | None:
    """Return what names speakers or styles on a command line.

    Args:
        option: The option, for the message.
        text: A name, or names with weights: `a:0.3,b:0.7`.

    Raises:
        InputError: Weights that are no numbers, no name, or one name twice.

    Example:
        >>> mixture("--speaker", "amy"), mixture("--speaker", "amy:1,bob:3")
        ('amy', {'amy': 1.0, 'bob': 3.0})
    """
    if text is None:
        return None
    parts = {}
    for part in text.split(","):
        name, _, weight = part.rpartition(":") if ":" in part else (part, "", "1")
        name = name.strip()
        try:
            share = float(weight)
        except ValueError:
            share = None
        if not name or name in parts or share is None:
            expected = "a name, or names with weights, such as a:0.3,b:0.7"
            raise InputError(option, text or "nothing", expected)
        parts[name] = share
    return parts if {":", ","} & set(text) else name


def _shown(sentences: list) -> Iterator:
    """Yield sentences beside a bar with an ETA, by their letters."""
    from tqdm import tqdm

    shape = "{l_bar}{bar}| {n:.0f}/{total:.0f} letters [{elapsed}<{remaining}]"
    num_letters = sum(len(sentence.spoken) for sentence in sentences)
    with tqdm(total=num_letters, desc="speak", bar_format=shape, disable=None) as bar:
        for sentence in sentences:
            yield sentence
            bar.update(len(sentence.spoken))


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Tell each warning once, in one line."""
    with warnings.catch_warnings():
        warnings.simplefilter("once", UserWarning)
        warnings.showwarning = lambda message, *_, **__: click.echo(
            f"{PROGRAM}: warning: {message}", err=True
        )
        yield


def _figures(spoken) -> dict:
    """Return what `--json` writes; the time is that of all but loading the models."""
    audio_seconds = spoken.num_samples / spoken.sample_rate_hz
    return {
        "sample_rate_hz": spoken.sample_rate_hz,
        "audio_seconds": audio_seconds,
        "seconds": spoken.seconds,
        "first_sound_seconds": spoken.first_sound_seconds,
        "real_time_factor": spoken.seconds / audio_seconds if audio_seconds else None,
        "sentences": [{"spoken": text, "end_seconds": end} for text, end in spoken.ends],
    }
