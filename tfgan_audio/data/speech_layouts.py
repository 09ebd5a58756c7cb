"""Where the recordings and the speakers of published speech corpora lie."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tfgan_audio.audio.io import find_audio
from tfgan_audio.data.manifest import SPLITS, Clip, list_clips
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

_VCTK_FOLDERS = ("wav48_silence_trimmed", "wav48")


def ljspeech(root_dir: str | Path) -> list[Clip]:
    """List the recordings of the LJ Speech corpus, as its list names them.

    Args:
        root_dir: Folder that holds `metadata.csv` and `wavs`.

    Returns:
        Clips without labels, all in the split "train".

    Raises:
        InputError: No list, or a recording that it names and that is not there.

    Reference:
        Ito and Johnson 2017, https://keithito.com/LJ-Speech-Dataset.
    """
    path, folder = Path(root_dir, "metadata.csv"), Path(root_dir, "wavs")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        seen = getattr(error, "strerror", None) or "no text"
        raise InputError(path, seen, "the list of the LJ Speech corpus") from error
    names = [line.partition("|")[0] for line in lines if line.strip()]
    if not names:
        raise InputError(path, "no recording in it", "the list of the LJ Speech corpus")
    missing = [name for name in names if not (folder / f"{name}.wav").is_file()]
    if missing:
        seen = f"{len(missing)} of {len(names)} recordings missing: {first_few(missing)}"
        raise InputError(folder, seen, f"all recordings that {path} lists")
    return [Clip(f"wavs/{name}.wav", folder / f"{name}.wav", "") for name in sorted(names)]


def baker(root_dir: str | Path) -> list[Clip]:
    """List the recordings of the Chinese Standard Mandarin Speech Corpus (Databaker, CSMSC).

    Args:
        root_dir: Folder that holds `Wave`.

    Returns:
        Clips without labels, all in the split "train".

    Raises:
        InputError: No such folder, or no audio in it.
    """
    return [Clip(f"Wave/{clip.name}", clip.path, "") for clip in list_clips(Path(root_dir, "Wave"))]


def vctk(root_dir: str | Path, microphone: str) -> list[Clip]:
    """List the recordings of the VCTK corpus, version 0.92 or one before.

    Args:
        root_dir: Folder that holds `wav48_silence_trimmed` (0.92) or `wav48`.
        microphone: "mic1" or "mic2" of version 0.92; speakers without it are left out.

    Returns:
        Clips whose label is the speaker, all in the split "train".

    Raises:
        InputError: Neither folder, or no recording by this microphone.

    Reference:
        Yamagishi et al. 2019, Edinburgh DataShare 10283/3443.
    """
    folders = [Path(root_dir, name) for name in _VCTK_FOLDERS]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    if folder is None:
        expected = f"a folder that holds {' or '.join(_VCTK_FOLDERS)}"
        raise InputError(root_dir, "neither of the corpus' folders", expected)
    paths = find_audio(folder)
    if folder.name == _VCTK_FOLDERS[0]:
        paths = [path for path in paths if path.stem.endswith(f"_{microphone}")]
    if not paths:
        raise InputError(folder, f"no recording by {microphone}", "SPEAKER/SPEAKER_001_mic1.flac")
    return [_clip_of_speaker(path, root_dir, path.parent.name) for path in paths]


def libritts(
    root_dir: str | Path, training_parts: Sequence[str], validation_parts: Sequence[str]
) -> list[Clip]:
    """List parts of the LibriTTS corpus; its own parts have no speaker in common.

    Args:
        root_dir: Folder that holds the parts, such as `train-clean-100`.
        training_parts: Parts to train on.
        validation_parts: Parts that are held out.

    Returns:
        Clips with their splits, whose label is the speaker.

    Raises:
        InputError: A part that is not there, without audio, or not laid out by speaker and chapter.

    Reference:
        Zen et al. 2019, arXiv:1904.02882.
    """
    clips = []
    for split, parts in zip(SPLITS, (training_parts, validation_parts), strict=True):
        for part in parts:
            folder = Path(root_dir, part)
            for path in find_audio(folder):
                places = path.relative_to(folder).parts
                if len(places) != 3:
                    raise InputError(path, "another layout", f"{part}/SPEAKER/CHAPTER/NAME.wav")
                clips.append(replace(_clip_of_speaker(path, root_dir, places[0]), split=split))
    return clips


def _clip_of_speaker(path: Path, root_dir: str | Path, speaker: str) -> Clip:
    """Clip named by its path in the corpus."""
    return Clip(path.relative_to(root_dir).as_posix(), path, speaker)
