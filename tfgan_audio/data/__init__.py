"""Data sets: from folders of audio to batches for training.

Importing this package loads nothing; each name is imported when it is first used, and only
`make_dataset`, `mixtures`, `paired`, `sounds` and `speech` need TensorFlow to be imported.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Mixtures": "enhancement",
    "Pairs": "enhancement",
    "PreparedSet": "prepare",
    "Recipe": "recipe",
    "ShardSet": "shards",
    "Sounds": "slices",
    "SpeechSegments": "vocoder_source",
    "made_noise": "synthetic",
    "made_speech": "synthetic",
    "make_dataset": "pipeline",
    "mixtures": "datasets",
    "open_clips": "opening",
    "open_sounds": "opening",
    "open_speech": "opening",
    "paired": "datasets",
    "sounds": "datasets",
    "speech": "datasets",
    "write_shards": "shards",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
