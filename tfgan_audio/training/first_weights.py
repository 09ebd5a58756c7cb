"""Weights of a trained model to begin a run with."""

from __future__ import annotations

import os

from tfgan_audio.errors import InputError
from tfgan_audio.loading import load_trained
from tfgan_audio.models.adversarial import AdversarialModel


def take_weights(model: AdversarialModel, path: str | os.PathLike) -> None:
    """Give a new model the weights of a trained one, both networks'.

    A SpecGAN takes the moments of spectra along, which its networks know.

    Args:
        model: Model that has not been trained.
        path: Run folder, `.keras` file or "default".

    Raises:
        InputError: There is no model, or one of another kind, other sizes or other labels.
    """
    trained = load_trained(path)
    for name, seen, wanted in (
        ("model", type(trained).__name__, type(model).__name__),
        ("label names", _label_names(trained), _label_names(model)),
    ):
        if seen != wanted:
            raise InputError(path, f"a model with the {name} {seen}", f"{wanted} as in the run")
    weights = trained.get_weights()
    for variable, weight in zip(model.weights, weights, strict=False):
        if tuple(variable.shape) != weight.shape:
            seen = f"a model whose {variable.path} is {list(weight.shape)}"
            raise InputError(path, seen, f"{list(variable.shape)} as in the run")
    if len(weights) != len(model.weights):
        seen = f"a model with {len(weights)} weight arrays"
        raise InputError(path, seen, f"{len(model.weights)} as in the run")
    model.set_weights(weights)


def _label_names(model: AdversarialModel) -> str:
    """Return the classes of a model that makes sounds, as a text."""
    return ", ".join(getattr(model, "label_names", ())) or "none"
