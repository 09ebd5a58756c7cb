"""The VoiceBank-DEMAND corpus as it is published: flat folders of 48 kHz files of equal names.

Reference:
    Valentini-Botinhao et al. 2016, "Investigating RNN-based speech enhancement methods for
    noise-robust Text-to-Speech"; Edinburgh DataShare 10283/2791.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tfgan_audio.data.manifest import SPLITS, Clip
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few


def training_folders(root_dir: str | Path, training_set: str) -> dict[str, Path]:
    """Return the folders of a training set.

    Args:
        root_dir: Folder that holds the unpacked archives.
        training_set: "28spk" or "56spk".

    Returns:
        The folders of the roles "noisy" and "clean".
    """
    return {
        side: Path(root_dir) / f"{side}_trainset_{training_set}_wav" for side in ("noisy", "clean")
    }


def hold_out_speakers(clips: Sequence[Clip], speakers: Sequence[str]) -> list[Clip]:
    """Hold out all clips of some speakers for validation.

    Args:
        clips: Clips whose file names start with a speaker: `p226_001.wav`.
        speakers: The speakers to hold out.

    Returns:
        The same clips with their splits; the label of each is its speaker.

    Raises:
        InputError: A speaker who says nothing, or no other speaker left to train on.
    """
    labels = [Path(clip.name).name.partition("_")[0] for clip in clips]
    labelled = [replace(clip, label=label) for clip, label in zip(clips, labels, strict=True)]
    return hold_out_named(labelled, speakers)


def hold_out_named(clips: Sequence[Clip], speakers: Sequence[str]) -> list[Clip]:
    """Hold out all clips of some speakers for validation.

    Args:
        clips: Clips whose label is their speaker.
        speakers: The speakers to hold out.

    Returns:
        The same clips with their splits.

    Raises:
        InputError: A speaker who says nothing, or no other speaker left to train on.
    """
    labels = [clip.label for clip in clips]
    for speaker in speakers:
        if speaker not in labels:
            expected = f"speakers of the training set: {first_few(sorted(set(labels)))}"
            raise InputError("validation_speakers", speaker, expected)
    if set(labels) <= set(speakers):
        raise InputError("validation_speakers", first_few(speakers), "others to train on")
    return [replace(clip, split=SPLITS[clip.label in speakers]) for clip in clips]
