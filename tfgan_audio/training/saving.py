"""Save a model in one move."""

from __future__ import annotations

import os

import keras

from tfgan_audio.files import replacing


def save_model(model: keras.Model, path: str | os.PathLike) -> None:
    """Save a whole model, optimizer states and all.

    Keras packs `.keras` files in memory. The format `.weights.h5` would let HDF5 write to the disk,
    and on a full one that library brings the whole process down.

    Args:
        model: Compiled model.
        path: File that ends in `.keras`.

    Raises:
        InputError: The file cannot be written; what was there before stays.
    """
    with replacing(path) as partial:
        model.save(partial)
