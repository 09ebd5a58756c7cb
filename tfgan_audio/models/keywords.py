"""Keywords of a model whose sizes are a dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from tfgan_audio.nearest import unknown_name

_OF_KERAS = ("name", "dtype", "trainable")
Sizes = TypeVar("Sizes")


def split_keywords(
    model: str, sizes: type[Sizes], keywords: Mapping[str, Any]
) -> tuple[Sizes, dict[str, Any]]:
    """Return what the networks are made of, and the keywords that Keras takes.

    Args:
        model: Name of the model, for the error.
        sizes: Dataclass of the sizes.
        keywords: All keywords.

    Raises:
        InputError: A keyword is unknown, or sizes are out of range.
    """
    known = [field.name for field in fields(sizes)]
    own = {name: value for name, value in keywords.items() if name not in _OF_KERAS}
    for name in own:
        if name not in known:
            raise unknown_name(name, f"keyword of {model}", known)
    return sizes(**own), {name: keywords[name] for name in _OF_KERAS if name in keywords}
