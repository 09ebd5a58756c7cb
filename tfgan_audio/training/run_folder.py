"""Where a training run keeps what."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tfgan_audio.errors import InputError

try:
    import fcntl
except ImportError:  # Windows, where two processes in one folder are not told apart.
    fcntl = None

_EXPECTED = "a folder that can be written to"


class RunFolder:
    """The folder of one run; creating the object touches no disk.

    Args:
        path: Folder of the run.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = Path(path)
        self.config = self.path / "config.yaml"
        self.environment = self.path / "environment.json"
        self.model = self.path / "model.keras"
        self.history = self.path / "history.csv"
        self.report_json = self.path / "report.json"
        self.report_html = self.path / "report.html"
        self.checkpoints = self.path / "checkpoints"
        self.samples = self.path / "samples"
        self.plots = self.path / "plots"
        self.logs = self.path / "logs"

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Make the folder and keep other trainings out of it while the body runs.

        A folder that holds nothing after the body is removed again.

        Raises:
            InputError: The folder cannot be written to, holds files but no run, or is in use.
        """
        made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(self.path, error.strerror, _EXPECTED) from None
        try:
            if not os.access(self.path, os.W_OK | os.X_OK):
                raise InputError(self.path, "no permission to write", _EXPECTED)
            self._refuse_other_files()
            with _locked(self.path):
                yield
        finally:
            with contextlib.suppress(OSError):
                for folder in made:
                    folder.rmdir()

    def make_folders(self) -> None:
        """Make the folders inside, and remove the unfinished files of a process that was killed.

        Raises:
            InputError: They cannot be made.
        """
        try:
            for file in filter(_is_unfinished, self.path.rglob(".*partial*")):
                file.unlink()
            for folder in (self.checkpoints, self.samples, self.plots, self.logs):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(error.filename, error.strerror, _EXPECTED) from None

    def _refuse_other_files(self) -> None:
        """Raise if the folder holds anything that no run has put there."""
        if self.config.exists():
            return
        others = [entry.name for entry in self.path.iterdir() if not _is_unfinished(entry)]
        if others:
            seen = f"other files, {sorted(others)[0]} among them, and no config.yaml"
            raise InputError(self.path, seen, "a new folder, or that of a run")


def _is_unfinished(path: Path) -> bool:
    """Tell the temporary files of `files.replacing` and of the audio writer."""
    return path.name.startswith(".partial-") or path.name.endswith(".partial")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock that the system takes back when the process ends, however it ends."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(folder, "a training at work in it", "a folder not in use") from None
    except OSError:
        pass  # Some network file systems cannot lock a folder.
    try:
        yield
    finally:
        os.close(descriptor)
