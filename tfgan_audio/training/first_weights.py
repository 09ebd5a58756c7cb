"""Weights of a trained model to begin a run with."""

from __future__ import annotations

import os

import keras
import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.loading import load_trained
from tfgan_audio.models.acoustic_networks import SYMBOL_EMBEDDING
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.models.label_conditioning import LABEL_VECTOR

_NO_LABELS = "none"
_VERBS = {"predict_mel": "speak", "vocode": "vocode"}


def take_weights(model: AdversarialModel, path: str | os.PathLike) -> None:
    """Give a new model the weights of a trained one, both networks'.

    A SpecGAN takes the moments of spectra along, which its networks know. A model with labels may
    begin with one without: they then change nothing at first. An acoustic model takes along what
    has the same name in both; its new symbols begin anew, its new speakers, languages and styles as
    the mean of those that were known.

    Args:
        model: Model that has not been trained.
        path: Run folder, `.keras` file, or "default" for the model of this family that comes along.

    Raises:
        InputError: There is no model, or one of another kind, other sizes or other labels.
    """
    verb = next((verb for able, verb in _VERBS.items() if hasattr(model, able)), None)
    trained = load_trained(path, verb)
    wanted, seen = type(model).__name__, type(trained).__name__
    if seen != wanted:
        raise InputError(path, f"a {seen}", f"a {wanted} as in the run")
    wanted, seen = _label_names(model), _label_names(trained)
    if seen not in (wanted, _NO_LABELS):
        raise InputError(path, f"a model with the label names {seen}", f"{wanted} as in the run")
    variables = [each for each in model.weights if seen == wanted or LABEL_VECTOR not in each.path]
    weights = [_rows_by_name(weight, model, trained) for weight in trained.weights]
    for variable, weight in zip(variables, weights, strict=False):
        if tuple(variable.shape) != weight.shape:
            seen = f"a model whose {variable.path} is {list(weight.shape)}"
            raise InputError(path, seen, f"{list(variable.shape)} as in the run")
    if len(weights) != len(variables):
        seen = f"a model with {len(weights)} weight arrays"
        raise InputError(path, seen, f"{len(variables)} as in the run")
    for variable, weight in zip(variables, weights, strict=True):
        variable.assign(weight)


def _label_names(model: AdversarialModel) -> str:
    """Return the classes of a model that makes sounds, as a text."""
    return ", ".join(getattr(model, "label_names", ())) or _NO_LABELS


def _rows_by_name(
    weight: keras.Variable, model: AdversarialModel, trained: AdversarialModel
) -> np.ndarray:
    """Return a trained weight; where its rows have names, those of the model's names."""
    values, layer = weight.numpy(), weight.path.split("/")[0]
    names = getattr(model, "row_names", {}).get(layer)
    if names is None:
        return values
    known = dict(zip(trained.row_names[layer], values, strict=True))
    begun = np.repeat(values.mean(axis=0)[None], len(names), axis=0)
    if layer == SYMBOL_EMBEDDING:
        # Symbols that begin alike could not be told apart.
        begun = next(own for own in model.weights if own.path == weight.path).numpy()
    return np.stack([known.get(name, new) for name, new in zip(names, begun, strict=True)])
