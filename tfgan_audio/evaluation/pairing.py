"""Pair the files of two folders by name."""

import os
from pathlib import Path

from tfgan_audio.audio.io import find_audio
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few


def pair_folders(
    reference_dir: str | os.PathLike | None, estimate_dir: str | os.PathLike
) -> dict[str, tuple[Path | None, Path]]:
    """Pair the audio files of two folders, at any depth, by relative name without suffix.

    Args:
        reference_dir: Clean files, or None.
        estimate_dir: Processed files.

    Returns:
        Relative name -> (clean file or None, processed file).

    Raises:
        InputError: If a folder holds no audio or two files of one name, or a file of either folder
            has no partner.
    """
    estimates = _by_name(estimate_dir)
    if reference_dir is None:
        return {name: (None, path) for name, path in estimates.items()}
    references = _by_name(reference_dir)
    for folder, own, others in (
        (estimate_dir, estimates, references),
        (reference_dir, references, estimates),
    ):
        if missing := sorted(others.keys() - own.keys()):
            seen = f"{len(own)} files without {first_few(missing)} ({len(missing)} missing)"
            raise InputError(folder, seen, f"a partner for each of the {len(others)} files")
    return {name: (references[name], estimates[name]) for name in sorted(estimates)}


def _by_name(folder: str | os.PathLike) -> dict[str, Path]:
    """Audio files of a folder by relative name without suffix."""
    found: dict[str, Path] = {}
    for path in find_audio(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in found:
            seen = f"{found[name].name} and {path.name}"
            raise InputError(folder, seen, "one file of each name, whatever its suffix")
        found[name] = path
    return found
