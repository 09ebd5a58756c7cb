"""What a kind of data section stands for: files, role by role, and how they are stored."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.data.manifest import Clip, list_clips
from tfgan_audio.data.reading import read_together
from tfgan_audio.data.scan import scan_file
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

Row = tuple[tuple[str, Clip], ...]
"""Files to be scaled alike, each with its role."""


class Recordings:
    """The recordings that a data section names; each kind of section has a subclass.

    Args:
        data: The section.
    """

    def __init__(self, data: Any) -> None:
        self.data = data

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of each role."""
        raise NotImplementedError

    @property
    def num_channels(self) -> int:
        """Channels that are stored."""
        return 1

    @cached_property
    def listed(self) -> Mapping[str, list[Clip]]:
        """The files of each role."""
        return {role: list_clips(folder) for role, folder in self.folders.items()}

    def settings(self) -> list:
        """Return what the shards depend on beside the files, ready for JSON."""
        raise NotImplementedError

    def told(self) -> dict[str, str]:
        """Return the keys of the section that a set remembers, for when its source is gone."""
        return {}

    def files(self) -> dict[str, list]:
        """Return what tells the files of each role from others without reading them."""
        return {
            role: [(clip.name, clip.path.stat().st_size) for clip in clips if clip.path.exists()]
            for role, clips in self.listed.items()
        }

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the usable files with their splits, those that belong together in one row.

        Args:
            skip_bad: Leave out files that can not be used instead of refusing the set.

        Raises:
            InputError: An unusable folder or file, or nothing to hold out.
        """
        raise NotImplementedError

    def read(self, row: Row) -> list[np.ndarray]:
        """Read the files of a row as they are stored, float32 [T, C] each."""
        return read_together([clip for _, clip in row], self.data.sample_rate_hz, self.num_channels)

    def finish(self, folder: Path) -> None:
        """Add to the folder of a set, whose shards are written, what else it needs.

        Args:
            folder: The folder, with one of shards for each role.
        """


def usable_clips(folder: Path, clips: Sequence[Clip], role: str, skip_bad: bool) -> list[Clip]:
    """Scan the files of a role and return those that can be used.

    Args:
        folder: Where they are, for the error.
        clips: The files.
        role: Word for the progress bar.
        skip_bad: Leave out the others instead of refusing the set.

    Raises:
        InputError: None can be used, or one can not and is not to be left out.
    """
    reports = list(ordered_map(scan_file, clips, f"scan {role}"))
    bad = [f"{report.name} ({report.problem})" for report in reports if report.problem]
    if len(bad) == len(clips):
        raise InputError(folder, f"no usable file: {first_few(bad)}", "audible recordings")
    if bad and not skip_bad:
        seen = f"{len(bad)} unusable of {len(clips)} files: {first_few(bad)}"
        raise InputError(folder, seen, "usable files only, or prepare --skip-bad")
    return [clip for clip, report in zip(clips, reports, strict=True) if not report.problem]
