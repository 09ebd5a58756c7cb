"""Where sounds and their labels lie: one's own folders, Speech Commands, NSynth."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tfgan_audio.audio.io import find_audio
from tfgan_audio.data.manifest import SPLITS, Clip, list_clips, split_clips
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few, unknown_name

_NSYNTH_PARTS = {"nsynth-train": "train", "nsynth-valid": "validation"}


def folder_sounds(sound_dir: str | Path, labels: bool, label_by: str) -> list[Clip]:
    """List the sounds of any folder.

    Args:
        sound_dir: Folder to search, at any depth.
        labels: Whether the clips get labels.
        label_by: What a label is: "folder", the folder directly below `sound_dir`; or "prefix",
            what stands before the first "_" of a file's name, as in `0_jackson_3.wav`.

    Returns:
        The clips, all in the split "train"; without labels, the label of each is "".

    Raises:
        InputError: No audio; a file or a folder that gives no label; a single label.
    """
    clips = list_clips(sound_dir)
    if not labels:
        return [replace(clip, label="") for clip in clips]
    find_labels = {"folder": _labels_by_folder, "prefix": _labels_by_prefix}
    if label_by not in find_labels:
        raise InputError("label_by", label_by, "folder or prefix")
    found = find_labels[label_by](Path(sound_dir), clips)
    if len(set(found)) < 2:
        raise InputError(sound_dir, f"the label {found[0]} alone", "at least 2 labels")
    return [replace(clip, label=label) for clip, label in zip(clips, found, strict=True)]


def hold_out_evenly(clips: Sequence[Clip], fraction: float) -> list[Clip]:
    """Hold out the same share of every label.

    Which clips these are depends on the names alone, as in `split_clips`.

    Args:
        clips: Clips of one folder.
        fraction: Share to hold out, in [0, 1).

    Returns:
        The same clips with their splits. Every label keeps a clip to learn from, and holds out at
        least one if it has two.
    """
    by_label: dict[str, list[Clip]] = {}
    for clip in clips:
        by_label.setdefault(clip.label, []).append(clip)
    return [
        clip for alike in by_label.values() for clip in split_clips(alike, fraction, group="file")
    ]


def speech_commands(root_dir: str | Path, words: Sequence[str]) -> list[Clip]:
    """List some words of the Speech Commands corpus, versions 1 and 2, as it is published.

    Files in its `validation_list.txt` are held out, those in its `testing_list.txt` left out. So no
    speaker is in two parts.

    Args:
        root_dir: Folder that holds a folder of each word, and the two lists.
        words: The words to take.

    Returns:
        Clips whose label is the word.

    Raises:
        InputError: A missing list or word, or a list that holds out none or leaves none.

    Reference:
        Warden 2018, "Speech Commands: a dataset for limited-vocabulary speech recognition",
        arXiv:1804.03209, section 7.
    """
    root = Path(root_dir)
    held_out, left_out = (
        _name_list(root / f"{part}_list.txt") for part in ("validation", "testing")
    )
    known = sorted(
        path.name for path in root.iterdir() if path.is_dir() and path.name[0] not in "._"
    )
    clips = []
    for word in words:
        if word not in known:
            raise unknown_name(word, "word", known or ["folders of words"])
        for path in find_audio(root / word):
            name = path.relative_to(root).as_posix()
            if name not in left_out:
                clips.append(Clip(name, path, word, SPLITS[name in held_out]))
    for split in SPLITS:
        if all(clip.split != split for clip in clips):
            seen = f"no file of {first_few(words)} for the part {split}"
            raise InputError(
                root, seen, "both parts, as validation_list.txt and testing_list.txt say"
            )
    return clips


def nsynth(root_dir: str | Path, label_by: str) -> list[Clip]:
    """List the notes of the NSynth corpus as it is published (JSON and WAV).

    `nsynth-train` is learnt from and `nsynth-valid` held out; no instrument is in both.

    Args:
        root_dir: Folder that holds the two, each with `audio` and `examples.json`.
        label_by: Label of a note: "instrument_family", "instrument_source" or "pitch", the MIDI
            number in three digits as in the names of the files.

    Raises:
        InputError: A missing or damaged part, or a note that its `examples.json` does not tell of.

    Reference:
        Engel et al. 2017, "Neural audio synthesis of musical notes with WaveNet autoencoders",
        arXiv:1704.01279.
    """
    clips = []
    for part, split in _NSYNTH_PARTS.items():
        notes_path = Path(root_dir, part, "examples.json")
        notes = _read_notes(notes_path)
        for path in find_audio(Path(root_dir, part, "audio")):
            label = _note_label(notes.get(path.stem), label_by)
            if label is None:
                expected = f"a note with {label_by} in {notes_path}"
                raise InputError(path, "none that is known", expected)
            clips.append(Clip(path.relative_to(root_dir).as_posix(), path, label, split))
    return clips


def _labels_by_folder(sound_dir: Path, clips: Sequence[Clip]) -> list[str]:
    """Folder directly below the root of each clip."""
    loose = [clip.name for clip in clips if "/" not in clip.name]
    if loose:
        seen = f"{len(loose)} files beside the folders of the labels: {first_few(loose)}"
        raise InputError(sound_dir, seen, "every file in the folder of its label")
    labels = [clip.name.split("/", 1)[0] for clip in clips]
    for path in sorted(sound_dir.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name not in labels:
            raise InputError(path, "no audio files", "sounds of this label, or no such folder")
    return labels


def _labels_by_prefix(sound_dir: Path, clips: Sequence[Clip]) -> list[str]:
    """Text before the first underscore of each file name."""
    parts = [clip.path.name.partition("_") for clip in clips]
    for clip, (label, separator, _) in zip(clips, parts, strict=True):
        if not (label and separator):
            raise InputError(clip.path, "a name without a label", "a name such as LABEL_1.wav")
    return [label for label, *_ in parts]


def _name_list(path: Path) -> set[str]:
    """Names that a list of Speech Commands holds."""
    try:
        return set(path.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        expected = "a list of files, as Speech Commands has it beside its folders of words"
        raise InputError(path, getattr(error, "strerror", None) or "no text", expected) from error


def _read_notes(path: Path) -> dict[str, Any]:
    """What NSynth tells of the notes of a part."""
    expected = "the examples.json of NSynth"
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(path, getattr(error, "strerror", None) or "no JSON", expected) from error
    if not isinstance(notes, dict):
        raise InputError(path, f"a {type(notes).__name__}", expected)
    return notes


def _note_label(note: Any, label_by: str) -> str | None:
    """Label of a note; None if it is not told."""
    note = note if isinstance(note, dict) else {}
    if label_by == "pitch":
        pitch = note.get("pitch")
        return f"{pitch:03d}" if isinstance(pitch, int) else None
    return note.get(f"{label_by}_str")
