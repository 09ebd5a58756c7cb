"""Open whatever this package has written, by its path alone."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from tfgan_audio.errors import InputError
from tfgan_audio.serving.backends import (
    enhancer_from_saved_model,
    enhancer_from_tflite,
    first_line,
)
from tfgan_audio.serving.enhancer import Enhancer

_EXPECTED = "a run folder, a .keras file, a SavedModel folder or a .tflite file"


def load(path: str | os.PathLike) -> Enhancer:
    """Open a trained model for use.

    Args:
        path: Run folder, `.keras` file, SavedModel export (its folder, or the folder of its
            numbered versions, of which the highest is taken) or `.tflite` file.

    Returns:
        An object with the family's verb: `.enhance(waveform, sample_rate_hz)`.

    Raises:
        InputError: Nothing there, or nothing of this package.

    Example:
        >>> load("nowhere")
        Traceback (most recent call last):
        tfgan_audio.errors.InputError: nowhere: got nothing there, expected a run folder, ...
    """
    path = Path(path)
    if not path.exists():
        raise InputError(path, "nothing there", _EXPECTED)
    if path.is_dir():
        return _load_folder(path)
    if path.suffix == ".tflite":
        return enhancer_from_tflite(path)
    if path.suffix == ".keras":
        return _load_keras(path)
    raise InputError(path, "an unknown kind of file", _EXPECTED)


def load_trained(path: str | os.PathLike):
    """Open the Keras model of a run.

    Args:
        path: Run folder or `.keras` file.

    Returns:
        The SEGAN, as `keras.saving.load_model` gives it; it computes in float32.

    Raises:
        InputError: Not a run that has a model, or not a model that streams.
    """
    path = Path(path)
    file = _model_file(path)
    if not zipfile.is_zipfile(file):
        raise InputError(file, "no Keras archive, or part of one", "a .keras file that is whole")
    import keras

    import tfgan_audio.models.segan  # noqa: F401  registers the family
    from tfgan_audio.serving.step_function import float32_policy

    try:
        with float32_policy():
            model = keras.saving.load_model(file)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(file, first_line(error), "a model of this package") from None
    if not hasattr(model, "stream"):
        raise InputError(file, f"a {type(model).__name__}", "a SEGAN")
    return model


def _model_file(path: Path) -> Path:
    """Return the file of the model, where `path` is that or the folder of a run."""
    if not path.exists():
        raise InputError(path, "nothing there", "a run folder or a .keras file")
    if path.is_file() and path.suffix != ".keras":
        raise InputError(path, "an unknown kind of file", "a run folder or a .keras file")
    if path.is_file() or (path / "model.keras").exists():
        return path if path.is_file() else path / "model.keras"
    if not (path / "config.yaml").exists():
        raise InputError(path, "no model.keras in it", "a run folder or a .keras file")
    best = path / "checkpoints" / "best.keras"
    expected = f"a finished one, or {best}" if best.exists() else "a finished one"
    raise InputError(path, "a run that has not ended", expected)


def _load_folder(path: Path) -> Enhancer:
    """Tell runs from exports, and exports from the folder of their versions."""
    if (path / "model.keras").exists() or (path / "config.yaml").exists():
        return _load_keras(path)
    if (path / "saved_model.pb").exists():
        return enhancer_from_saved_model(path)
    versions = [folder for folder in path.iterdir() if folder.name.isdecimal() and folder.is_dir()]
    if versions:
        return _load_folder(max(versions, key=lambda folder: int(folder.name)))
    seen = "an unknown kind of folder" if any(path.iterdir()) else "an empty folder"
    raise InputError(path, seen, _EXPECTED)


def _load_keras(path: Path) -> Enhancer:
    """Wrap a Keras model."""
    model = load_trained(path)
    return Enhancer(model.stream, model.sample_rate_hz)
