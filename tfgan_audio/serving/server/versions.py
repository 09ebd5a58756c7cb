"""The versions of a model that its base path holds."""

from __future__ import annotations

import re
from pathlib import Path

from tensorflow_serving.config.file_system_storage_path_source_pb2 import (
    FileSystemStoragePathSourceConfig,
)

VersionPolicy = FileSystemStoragePathSourceConfig.ServableVersionPolicy
_MAX_VERSION = 2**63 - 1


def find_versions(base_path: Path, policy: VersionPolicy) -> dict[int, Path] | None:
    """Return the folders of the versions that a model is to have.

    Folders that are no number are ignored: that is where a new version is written before it is
    renamed.

    Args:
        base_path: Folder of the versions.
        policy: Which of them: the latest N (one where nothing is said), all, or specific ones.

    Returns:
        Folders by number, highest last; None where the base path is missing.
    """
    try:
        children = list(base_path.iterdir())
    except OSError:
        return None
    numbers = {
        int(child.name): child
        for child in sorted(children)
        if re.fullmatch("[0-9]+", child.name) and int(child.name) <= _MAX_VERSION
        if child.is_dir()
    }
    chosen = sorted(numbers)
    kind = policy.WhichOneof("policy_choice") or "latest"
    if kind == "latest":
        chosen = chosen[-(policy.latest.num_versions or 1) :]
    elif kind == "specific":
        chosen = sorted(set(chosen) & set(policy.specific.versions))
    return {number: numbers[number] for number in chosen}
