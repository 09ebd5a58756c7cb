"""What a folder of audio holds: clips, labels, a split into training and validation, pairs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

import numpy as np

from tfgan_audio.audio.io import find_audio, read_info
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

SPLITS = ("train", "validation")


@dataclass(frozen=True)
class Clip:
    """One audio file of a data set.

    Args:
        name: Path below the folder, with its ending and "/" on every system.
        path: Where the file is.
        label: Folder that tells clips apart (speaker, class): the first one below the part that
            all clips share; "" for clips directly there.
        split: "train" or "validation"; where `mix` shares them out, also "test".
    """

    name: str
    path: Path
    label: str
    split: str = "train"


def list_clips(directory: str | Path) -> list[Clip]:
    """List the audio files of a folder, at any depth, with their labels.

    Args:
        directory: Folder to search.

    Returns:
        Clips in the order of `find_audio`, all in the split "train".

    Raises:
        InputError: No such folder, no audio in it, or a name that no text file can hold.
    """
    paths = find_audio(directory)
    names = [path.relative_to(directory).as_posix() for path in paths]
    for name in names:
        if not _is_text(name):
            raise InputError(directory, f"the file name {ascii(name)}", "names in UTF-8")
    return list(map(Clip, names, paths, _labels(names)))


def split_clips(clips: Sequence[Clip], fraction: float, group: str = "auto") -> list[Clip]:
    """Hold out a share of the clips for validation.

    Whole groups go to one side. Groups are taken in the order of a hash of their name until the
    held-out share of the clips is as near to the fraction as it gets; both sides keep at least one
    group. The split depends on the names alone: not on order, seed or machine.

    Args:
        clips: Clips of one folder.
        fraction: Share of the clips to hold out, in [0, 1); 0 holds out none.
        group: What stays together: "label", "file", or "auto" (labels if there are two or more).

    Returns:
        The same clips with their splits; with a single group all stay in "train".

    Raises:
        InputError: An argument is out of range.
    """
    if not 0.0 <= fraction < 1.0:
        raise InputError("validation_fraction", fraction, "a fraction in [0, 1)")
    if group not in ("auto", "label", "file"):
        raise InputError("group", group, "auto, label or file")
    several_labels = len({clip.label for clip in clips}) > 1
    by_label = group == "label" or (group == "auto" and several_labels)
    keys = [clip.label if by_label else clip.name for clip in clips]
    held_out = _held_out(keys, fraction)
    return [
        replace(clip, split=SPLITS[key in held_out]) for clip, key in zip(clips, keys, strict=True)
    ]


def pair_clips(noisy: Sequence[Clip], clean: Sequence[Clip]) -> list[tuple[Clip, Clip]]:
    """Pair noisy and clean files of equal names and check that they fit together.

    Both partners of a pair belong to the split of the noisy one.

    Args:
        noisy: Files of one folder.
        clean: Files of the other folder.

    Returns:
        Pairs in the order of `noisy`.

    Raises:
        InputError: A missing partner, or partners of different rate or length.
    """
    where = f"{_root(noisy)} and {_root(clean)}"
    names = pair_names([clip.name for clip in noisy], [clip.name for clip in clean], where)
    pairs = [
        (noisy[index], replace(clean[partner], split=noisy[index].split))
        for index, partner in names
    ]
    unequal = []
    for noisy_clip, clean_clip in pairs:
        sides = [read_info(clip.path) for clip in (noisy_clip, clean_clip)]
        seen = [f"{side.num_samples} samples at {side.sample_rate_hz} Hz" for side in sides]
        if seen[0] != seen[1]:
            unequal.append(f"{noisy_clip.name} ({seen[0]} against {seen[1]})")
    if unequal:
        seen_first = f"{len(unequal)} unequal pairs: {first_few(unequal)}"
        raise InputError(where, seen_first, "partners of the same rate and length")
    return pairs


def pair_names(noisy: Sequence[str], clean: Sequence[str], where: object) -> list[tuple[int, int]]:
    """Pair names that are equal up to their ending.

    Args:
        noisy: Names of one side, with endings.
        clean: Names of the other side.
        where: What to call the two sets in an error.

    Returns:
        Positions (noisy, clean), in the order of `noisy`.

    Raises:
        InputError: A name without a partner, or two files that differ only in their ending.
    """
    noisy_stems, clean_stems = _stems(noisy, where), _stems(clean, where)
    for side, stems, others in (
        ("clean", noisy_stems, clean_stems),
        ("noisy", clean_stems, noisy_stems),
    ):
        missing = [stem for stem in stems if stem not in others]
        if missing:
            count = f"{len(missing)} of {len(stems)} files"
            seen = f"no {side} partner for {count}: {first_few(missing)}"
            raise InputError(where, seen, "noisy and clean files of the same names")
    return [(index, clean_stems[stem]) for stem, index in noisy_stems.items()]


def _is_text(name: str) -> bool:
    """Whether a file name was valid UTF-8 (Python keeps the bytes of others as surrogates)."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _root(clips: Sequence[Clip]) -> Path:
    """Folder that the names of the clips are relative to."""
    return clips[0].path.parents[clips[0].name.count("/")]


def _stems(names: Sequence[str], where: object) -> dict[str, int]:
    """Map each name without its ending to its position."""
    stems: dict[str, int] = {}
    for index, name in enumerate(names):
        stem = str(PurePosixPath(name).with_suffix(""))
        if stem in stems:
            raise InputError(where, f"both {names[stems[stem]]} and {name}", "one file per name")
        stems[stem] = index
    return stems


def _labels(names: Sequence[str]) -> list[str]:
    """First folder of each name below the folders that all names share."""
    folders = [PurePosixPath(name).parent.parts for name in names]
    num_shared = 0
    while all(len(parts) > num_shared for parts in folders):
        if len({parts[num_shared] for parts in folders}) > 1:
            break
        num_shared += 1
    return [parts[num_shared] if len(parts) > num_shared else "" for parts in folders]


def _held_out(groups: Sequence[str], fraction: float) -> set[str]:
    """Groups of the validation side."""
    counts = Counter(groups)
    if fraction == 0.0 or len(counts) < 2:
        return set()
    order = sorted(counts, key=lambda key: sha256(key.encode()).digest())
    num_clips = np.cumsum([counts[key] for key in order[:-1]])
    nearest = int(np.argmin(np.abs(num_clips - fraction * len(groups))))
    return set(order[: nearest + 1])
