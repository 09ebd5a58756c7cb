"""Share out clips among the parts of a corpus so that no speaker and no recording is in two."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tfgan_audio.data.manifest import Clip, split_clips
from tfgan_audio.errors import InputError


def with_speakers(clips: Sequence[Clip], pattern: str) -> list[Clip]:
    """Label clips by what a pattern finds in their names.

    Args:
        clips: Clips of one folder.
        pattern: Regular expression whose first group is the speaker.

    Returns:
        The same clips with other labels.

    Raises:
        InputError: A name in which nothing is found.
    """
    labelled = []
    for clip in clips:
        found = re.search(pattern, clip.name)
        if found is None:
            expected = f"a path that speaker_pattern finds a speaker in: {pattern}"
            raise InputError(clip.path, "no speaker", expected)
        labelled.append(replace(clip, label=found[1]))
    return labelled


def share_out(
    clips: Sequence[Clip], parts: Mapping[str, float], what: str, by_label: bool = False
) -> list[Clip]:
    """Give every clip to one part.

    What is shared out depends on the names alone, as in `split_clips`.

    Args:
        clips: Clips of one folder.
        parts: Share of the clips for each part; the first part gets what the others leave.
        what: What is shared out, for the error.
        by_label: Whether clips of one label stay together.

    Returns:
        The same clips with their parts as splits, part by part.

    Raises:
        InputError: Fewer clips, or labels, than parts.
    """
    first, *others = parts
    groups = {clip.label if by_label else clip.name for clip in clips}
    if len(groups) <= len(others):
        hint = ", or a speaker_pattern that tells them apart" if by_label else ""
        expected = f"at least {len(parts)}, so that {', '.join(parts)} share none{hint}"
        raise InputError(what, len(groups), expected)
    taken: list[Clip] = []
    left, share_left = list(clips), 1.0
    for part in reversed(others):
        parted = split_clips(left, parts[part] / share_left, "label" if by_label else "file")
        taken += [replace(clip, split=part) for clip in parted if clip.split == "validation"]
        left = [clip for clip in parted if clip.split == "train"]
        share_left -= parts[part]
    return [replace(clip, split=first) for clip in left] + taken
