"""The verb `align`: when each word and each sound of a recording is said."""

import json
from pathlib import Path

import click

from tfgan_audio.errors import InputError

_SUFFIXES = (".textgrid", ".json")
_MAX_SHOWN = 3


@click.command()
@click.argument("model", metavar="MODEL")
@click.argument("source", metavar="AUDIO")
@click.argument("texts", metavar="[TEXT]", nargs=-1)
@click.argument("target", metavar="OUT")
@click.option("--speaker", metavar="NAME", help="Whose voice of the model's is nearest.")
@click.option("--language", metavar="CODE", help="Language of the text, such as en.")
def command(
    model: str,
    source: str,
    texts: tuple[str, ...],
    target: str,
    speaker: str | None,
    language: str | None,
) -> None:
    r"""Find the words and sounds of TEXT in the recording AUDIO, by the acoustic model MODEL.

    MODEL is a run folder or a .keras file of an AcousticModel that has learned to align. TEXT is
    what is said, all of it, or a file ending in .txt. OUT is a TextGrid of Praat (.TextGrid) or
    JSON (.json), with the tiers `words` and `phones`; pauses are empty intervals or, in JSON, lie
    between the others.

    If AUDIO is a folder, the text of each recording lies beside it under the same name, ending in
    .txt, TEXT is left out, and OUT is a folder that gets a TextGrid and a JSON of each.

    \b
    Examples:
      tfgan-audio align runs/reader one.wav "This is one sentence." one.TextGrid
      tfgan-audio align runs/reader one.flac one.txt one.json --language en
      tfgan-audio align runs/reader recordings aligned --speaker amy
    """
    from tfgan_audio.loading import load_trained

    is_folder = Path(source).is_dir()
    if not Path(source).exists():
        raise InputError(source, "nothing there", "an audio file, or a folder of such")
    if len(texts) != (0 if is_folder else 1):
        expected = "none beside a folder" if is_folder else "what is said in the recording, quoted"
        raise InputError("TEXT", " ".join(texts) or "nothing", expected)
    if not is_folder and Path(target).suffix.lower() not in _SUFFIXES:
        raise InputError(target, f"ending {Path(target).suffix!r}", "one of .TextGrid, .json")
    trained = load_trained(model)
    if not hasattr(trained, "align"):
        raise InputError(model, f"a {type(trained).__name__}", "an AcousticModel")
    from tfgan_audio.serving.speech_alignment import SpeechAligner

    aligner = SpeechAligner(trained, speaker, language)
    if is_folder:
        _align_folder(aligner, Path(source), Path(target))
    else:
        _write(_aligned(aligner, Path(source), _text(*texts)), Path(target))


def _aligned(aligner, audio: Path, text: str):
    """Align one recording, whose channels are averaged."""
    from tfgan_audio.audio.io import read_audio

    waveform, rate_hz = read_audio(audio, mono=True)
    return aligner.align(waveform[:, 0], rate_hz, text)


def _align_folder(aligner, source: Path, target: Path) -> None:
    """Align every recording that has a text; name those that could not be."""
    from tqdm import tqdm

    from tfgan_audio.audio.io import find_audio

    if target.exists() and not target.is_dir():
        raise InputError(target, "a file", "a folder to write to")
    failures = []
    for audio in tqdm(find_audio(source), desc="align", unit="file", disable=None):
        name = target / audio.relative_to(source)
        try:
            alignment = _aligned(aligner, audio, _text(str(audio.with_suffix(".txt"))))
        except InputError as error:
            failures.append(f"{audio}: {error}")
            continue
        for suffix in (".TextGrid", ".json"):
            _write(alignment, name.with_suffix(suffix))
    if failures:
        more = f"; and {len(failures) - _MAX_SHOWN} more" if failures[_MAX_SHOWN:] else ""
        seen = f"{len(failures)} unusable recordings: {'; '.join(failures[:_MAX_SHOWN])}{more}"
        raise InputError(source, seen, "recordings with their texts; the others are done")


def _text(source: str) -> str:
    """Return a text, or what a file ending in .txt holds."""
    from io import BytesIO

    from tfgan_audio.serving.speak_files import read_text

    return read_text(source, BytesIO()) if source != "-" else source


def _write(alignment, path: Path) -> None:
    """Write the times in the format of the ending."""
    from tfgan_audio.files import write_text
    from tfgan_audio.serving.text_grid import text_grid

    if path.suffix.lower() == ".textgrid":
        tiers = {"words": alignment.words, "phones": alignment.phones}
        write_text(path, text_grid(tiers, alignment.end_seconds))
        return
    content = {"end_seconds": alignment.end_seconds}
    for name in ("words", "phones"):
        content[name] = [
            {"start_seconds": i.start_seconds, "end_seconds": i.end_seconds, "label": i.label}
            for i in getattr(alignment, name)
        ]
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
