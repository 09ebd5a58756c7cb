"""Where a training run keeps what."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json

_VERSIONED = ("tfgan_audio", "tensorflow", "keras", "numpy", "soundfile", "soxr")


class RunFolder:
    """The folder of one run; creating the object makes the sub-folders.

    Args:
        path: Folder of the run.

    Raises:
        InputError: The folder cannot be written to.
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
        try:
            for folder in (self.checkpoints, self.samples, self.plots, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(self.path, error.strerror, "a folder that can be written to") from None

    def write_environment(self, **facts: object) -> None:
        """Record versions, platform and revision beside the results.

        Args:
            **facts: Further entries, such as the feature fingerprint.
        """
        versions = {name: _version(name) for name in _VERSIONED}
        environment = {
            "python": platform.python_version(),
            "platform": platform.platform(),
            "cpu_count": os.cpu_count(),
            "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
            "versions": versions,
            "git_revision": _git_revision(),
            **facts,
        }
        write_json(self.environment, environment)


def _version(name: str) -> str | None:
    """Installed version of a distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git_revision() -> str | None:
    """Revision of the working folder, where it is a git checkout."""
    if not shutil.which("git"):
        return None
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=40"], capture_output=True, text=True
    )
    return found.stdout.strip() or None
