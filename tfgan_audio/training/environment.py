"""With what a run was trained."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tfgan_audio.audio.features import MelFeatures

_PACKAGE = Path(__file__).resolve().parents[1]
_VERSIONED = ("tfgan_audio", "tensorflow", "keras", "numpy", "soundfile", "soxr")


def describe_environment(features: MelFeatures | None = None) -> dict[str, object]:
    """Return command line, versions, platform and revision, as JSON can hold them.

    Args:
        features: What a model takes or makes, whose fingerprint is recorded too; None for others.
    """
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "versions": {name: _version(name) for name in _VERSIONED},
        "git_revision": _git_revision(),
        "feature_fingerprint": None if features is None else features.fingerprint(),
    }


def _version(name: str) -> str | None:
    """Installed version of a distribution."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git_revision() -> str | None:
    """Revision of this package, where it runs in a git checkout of its own."""
    if not shutil.which("git"):
        return None
    # A package installed inside the checkout of something else is not of its revision.
    if not _git("ls-files", "__init__.py"):
        return None
    return _git("describe", "--always", "--dirty", "--abbrev=40")


def _git(*arguments: str) -> str | None:
    """What git says in the folder of the package, if anything."""
    command = ["git", *arguments]
    found = subprocess.run(command, cwd=_PACKAGE, capture_output=True, text=True)
    return found.stdout.strip() or None
