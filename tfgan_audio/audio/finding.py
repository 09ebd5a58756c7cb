"""Find files below a folder by the endings of their names."""

import os
from collections.abc import Iterator
from pathlib import Path

from tfgan_audio.errors import InputError


def find_files(directory: str | os.PathLike, suffixes: tuple[str, ...], what: str) -> list[Path]:
    """List the files below a folder, at any depth, by their endings in any case.

    What is hidden (a name that starts with a dot) is left out. Linked folders are entered, but no
    folder twice.

    Args:
        directory: Folder to search.
        suffixes: Endings to take, in lower case.
        what: What such files are, for messages, such as "audio files".

    Returns:
        Paths that start with `directory`, in the order of their parts, the same on every system.

    Raises:
        InputError: No such folder, one in it that can not be read, or nothing found.
    """
    directory = Path(directory)
    if not os.path.isdir(directory):
        seen = "a file" if os.path.exists(directory) else "no such folder"
        raise InputError(directory, seen, f"a folder with {what}")
    found, num_others = [], 0
    for folder, names in _visible(directory):
        taken = [name for name in names if name.lower().endswith(suffixes)]
        num_others += len(names) - len(taken)
        found += [Path(folder, name) for name in taken]
    if not found:
        seen = f"no {what} ({num_others} others)"
        raise InputError(directory, seen, f"at least one {', '.join(suffixes)}")
    return sorted(found, key=lambda path: path.parts)


def _visible(directory: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder with the files in it, hidden ones left out, links that lead back too."""

    def refuse(error: OSError) -> None:
        raise InputError(error.filename, error.strerror, "a folder that can be read")

    entered = set()
    for folder, subfolders, names in os.walk(directory, onerror=refuse, followlinks=True):
        real = os.path.realpath(folder)
        if real in entered:
            subfolders.clear()
            continue
        entered.add(real)
        # Sorted, so that of two links to one folder the same is entered on every system.
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        yield folder, [name for name in names if not name.startswith(".")]
