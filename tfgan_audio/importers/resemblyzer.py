"""The weights of the speaker encoder in the package Resemblyzer, read without torch."""

import importlib.util
from pathlib import Path

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.importers.torch_archive import read_torch_archive


def resemblyzer_weights() -> dict[str, np.ndarray]:
    """Return the arrays of the encoder by name.

    Raises:
        InputError: The package is not installed; it may be without its dependencies.
    """
    found = importlib.util.find_spec("resemblyzer")
    if found is None or not found.submodule_search_locations:
        expected = "it installed: pip install --no-deps Resemblyzer"
        raise InputError("speaker_similarity", "no package resemblyzer", expected)
    path = Path(found.submodule_search_locations[0], "pretrained.pt")
    return dict(read_torch_archive(path)["model_state"])
