"""From a configuration to objects: the one room that knows both.

- `models`: compiled models; `optimizers` are theirs.
- `sources`: examples to train on and to judge by.
- `descriptions`: the way back, from a model to the configuration that builds it.
"""

from tfgan_audio.factory.descriptions import describe_model
from tfgan_audio.factory.models import build_model, check_sizes
from tfgan_audio.factory.sources import (
    held_out_source,
    held_out_speech,
    read_sentences,
    training_source,
)

__all__ = [
    "build_model",
    "check_sizes",
    "describe_model",
    "held_out_source",
    "held_out_speech",
    "read_sentences",
    "training_source",
]
