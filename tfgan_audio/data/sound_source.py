"""From opened or prepared sounds to slices with labels, and a word where they are few."""

import sys
from typing import Protocol

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.opening import check_format
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.data.slices import Sounds, long_enough
from tfgan_audio.errors import InputError

FEW_SLICES = 1000
"""A set with fewer is small: a critic that sees 5 batches of 64 a step meets each slice again in
four steps. Users with tens or hundreds of clips report sounds that soon got worse again."""


class SoundSection(Protocol):
    """What is read of a data section whose sounds are prepared."""

    sample_rate_hz: int
    num_channels: int
    labels: bool
    position: str
    pad: bool
    balanced: bool


def prepared_labels(
    section: SoundSection, prepared: PreparedSet, slice_samples: int
) -> tuple[str, ...]:
    """Return the labels of prepared sounds in the order of their indices.

    Args:
        section: Data section that the set was prepared from.
        prepared: The set.
        slice_samples: Length of a slice.

    Returns:
        Names; none where the section does without labels.

    Raises:
        InputError: As `sorted_labels`.
    """
    clips = prepared["sound"].subset("train")
    return sorted_labels(clips, slice_samples, section.pad) if section.labels else ()


def prepared_sounds(
    section: SoundSection, prepared: PreparedSet, slice_samples: int, split: str, seed: int = 0
) -> Sounds:
    """Return slices of prepared sounds.

    Args:
        section: Data section that the set was prepared from.
        prepared: The set.
        slice_samples: Length of a slice.
        split: "train" or "validation".
        seed: Names the sequence of slices.

    Raises:
        InputError: Sounds of another rate or channel count, or as `split_sounds`.
    """
    clips = prepared["sound"]
    check_format(prepared.path, clips, section.sample_rate_hz, section.num_channels)
    options = {name: getattr(section, name) for name in ("labels", "position", "pad", "balanced")}
    return split_sounds(clips, slice_samples, split, seed, **options)


def split_sounds(
    clips: Clips,
    slice_samples: int,
    split: str | None,
    seed: int,
    *,
    labels: bool,
    position: str,
    pad: bool,
    balanced: bool,
) -> Sounds:
    """Return slices of one split, with the labels of the split "train".

    Says on stderr how many clips to train on are left out, and when the slices are few.

    Args:
        clips: Clips of both splits.
        slice_samples: Length of a slice.
        split: "train", "validation", or None for all clips, which are trained on then.
        seed: Names the sequence of slices.
        labels: Whether slices have labels.
        position: As for `Sounds`.
        pad: As for `Sounds`.
        balanced: As for `Sounds`.

    Raises:
        InputError: As `Sounds` and, with labels, as `sorted_labels`.
    """
    to_train_on = clips if split is None else clips.subset("train")
    names = sorted_labels(to_train_on, slice_samples, pad) if labels else ()
    source = Sounds(clips.subset(split), slice_samples, seed, names, position, pad, balanced)
    if split != "validation":
        for note in notes(source):
            print(f"sounds: {note}", file=sys.stderr)
    return source


def sorted_labels(clips: Clips, slice_samples: int, pad: bool) -> tuple[str, ...]:
    """Return the labels of clips to train on, each of which must have something to learn from.

    Args:
        clips: The clips.
        slice_samples: Length of a slice.
        pad: Whether clips shorter than a slice count.

    Raises:
        InputError: A clip without a label, a single label, or one without a clip as long as a
            slice.
    """
    names = sorted(set(clips.labels))
    if "" in names:
        nameless = clips.names[clips.labels.index("")]
        raise InputError(nameless, "no label", "sounds that were prepared with labels: true")
    if len(names) < 2:
        raise InputError("sounds", f"{len(names)} label", "at least 2")
    for name in names:
        alike = [index for index, label in enumerate(clips.labels) if label == name]
        long_enough(f"label {name}", clips.select(alike), slice_samples, pad)
    return tuple(names)


def notes(source: Sounds) -> list[str]:
    """Return what a user should know of slices before a long training.

    Args:
        source: The slices to train on.

    Returns:
        Sentences, none if all clips are used and the slices are at least `FEW_SLICES`.
    """
    sentences = []
    seconds = source.segment_samples / source.clips.sample_rate_hz
    if source.num_left_out:
        num_clips = source.num_left_out + source.clips.num_clips
        sentences.append(
            f"{source.num_left_out} of {num_clips} clips are shorter than a slice of "
            f"{seconds:.2f} s and left out; pad: true keeps them"
        )
    if source.num_slices < FEW_SLICES:
        minutes = source.num_slices * seconds / 60
        sentences.append(
            f"{source.num_slices} slices ({minutes:.1f} min) are few: below {FEW_SLICES} a model "
            "tends to learn them by heart; more sounds help, or augment"
        )
    return sentences
