"""Save models and weights in one move, with errors of one line."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import keras

from tfgan_audio.errors import InputError
from tfgan_audio.files import replacing


def save_model(model: keras.Model, path: str | os.PathLike) -> None:
    """Save a whole model.

    Args:
        model: Built model.
        path: File that ends in `.keras`.

    Raises:
        InputError: The file cannot be written; what was there before stays.
    """
    with _written(path) as partial:
        model.save(partial)


def save_weights(model: keras.Model, path: str | os.PathLike) -> None:
    """Save the weights of a model and, where it is compiled, the state of its optimizers.

    Args:
        model: Built model.
        path: File that ends in `.weights.h5`.

    Raises:
        InputError: The file cannot be written; what was there before stays.
    """
    with _written(path) as partial:
        model.save_weights(partial, overwrite=True)


@contextlib.contextmanager
def _written(path: str | os.PathLike) -> Iterator[Path]:
    """Do as `replacing`; HDF5 tells of a full disk on half a page, and not as an `OSError` only."""
    with replacing(path) as partial:
        try:
            yield partial
        except OSError as error:
            if error.errno is None or error.filename is not None:
                raise
            raise OSError(error.errno, os.strerror(error.errno)) from None
        except RuntimeError as error:
            if "unable to" not in str(error).lower():
                raise
            raise InputError(path, "a failed write", "a place with enough free space") from None
