"""How labels enter the networks of the families that make sounds."""

from __future__ import annotations

import keras
from keras import layers, ops

_VECTOR = "label_vector"
_LIKE_LATENTS = keras.initializers.RandomUniform(-1.0, 1.0)


def label_input() -> keras.KerasTensor:
    """Return the input of class indices, [B]."""
    return keras.Input([], dtype="int32", name="label")


def with_labels(latent: keras.KerasTensor, num_classes: int):
    """Join a latent with a vector of its label, as long and drawn from the same range.

    Args:
        latent: Input [B, `latent_dim`].
        num_classes: How many labels there are; 0 leaves the latent alone.

    Returns:
        The generator's inputs, and what its first layer takes.
    """
    if not num_classes:
        return latent, latent
    label = label_input()
    vector = _label_vector(label, num_classes, latent.shape[-1], _LIKE_LATENTS)
    return [latent, label], layers.Concatenate(name="latent_and_label")([latent, vector])


def from_shares(generator: keras.Model) -> keras.Model:
    """Return a generator as a function of [latent, shares of the classes [B, K]].

    A share of 1 is the label; other shares mix the vectors of labels.

    Args:
        generator: Generator with labels.
    """
    shares = generator.get_layer(_VECTOR).input
    return keras.Model([generator.inputs[0], shares], generator.output)


def project_labels(score, features, label: keras.KerasTensor, num_classes: int):
    """Add to a score how well features fit a label: the projection of their sum on its vector.

    Args:
        score: Score without regard to labels, [B, 1].
        features: Last feature map of the critic, [B, ..., C].
        label: Input of class indices, [B].
        num_classes: How many labels there are.

    Returns:
        The score [B, 1], float32.

    Reference:
        Miyato and Koyama 2018, arXiv:1802.05637, equation 3.
    """
    summed = ops.sum(ops.cast(features, "float32"), axis=list(range(1, len(features.shape) - 1)))
    vector = _label_vector(label, num_classes, features.shape[-1], dtype="float32")
    fit = ops.sum(summed * vector, axis=-1, keepdims=True)
    return layers.Add(name="score_with_label", dtype="float32")([score, fit])


def _label_vector(label: keras.KerasTensor, num_classes: int, width: int, *initializer, **options):
    """Return a learned vector of each label; its gradient is a plain array, not an embedding's."""
    vectors = layers.Dense(width, None, False, *initializer, name=_VECTOR, **options)
    return vectors(ops.one_hot(label, num_classes))
