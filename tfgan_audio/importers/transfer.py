"""Put arrays by their foreign names into the variables of a model, all of them and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from tfgan_audio.errors import InputError

_NUM_SHOWN = 3


@dataclass(frozen=True)
class Place:
    """Where an array goes.

    Args:
        variable: Variable of the model.
        shape: Shape that the array has to have.
        convert: From that shape to the variable's.
    """

    variable: keras.Variable
    shape: tuple[int, ...]
    convert: Callable[[np.ndarray], np.ndarray]


Places = dict[str, Place]


def reshaped(variable: keras.Variable, *shape: int) -> Place:
    """Return the place of an array with the same values in the same order.

    Args:
        variable: Variable of the model.
        *shape: Shape of the array; none for the variable's.
    """
    return Place(variable, shape or variable.shape, lambda array: array.reshape(variable.shape))


def transfer(arrays: Mapping[str, np.ndarray], places: Places, path: Path, basis: str) -> None:
    """Assign arrays to their places, after all have been checked.

    Args:
        arrays: Arrays by foreign name.
        places: Places by the same names.
        path: Checkpoint they are from, for messages.
        basis: What the places follow from, such as the options file.

    Raises:
        InputError: An array is missing, without a place, of another shape or not finite.
    """
    missing = [name for name in places if name not in arrays]
    if missing:
        name = missing[0]
        expected = f"one of shape {list(places[name].shape)} by {basis}"
        raise InputError(path, f"no variable {_some(missing)}", expected)
    left = [name for name in arrays if name not in places]
    if left:
        raise InputError(path, f"variables without a place: {_some(left)}", f"those of {basis}")
    for name, place in places.items():
        shape = arrays[name].shape
        if tuple(shape) != tuple(place.shape):
            expected = f"{list(place.shape)} by {basis}"
            raise InputError(f"{path}: {name}", f"shape {list(shape)}", expected)
        if not np.isfinite(arrays[name]).all():
            raise InputError(f"{path}: {name}", "NaN or infinity", "finite weights")
    for name, place in places.items():
        place.variable.assign(place.convert(arrays[name]))


def _some(names: Iterable[str]) -> str:
    """Return some names and how many more there are."""
    names = list(names)
    more = len(names) - _NUM_SHOWN
    shown = ", ".join(names[:_NUM_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
