"""How labels enter the networks of the families that make sounds."""

from __future__ import annotations

import math

import keras
from keras import layers, ops

LABEL_VECTOR = "label_vector"
"""Name of the layer that labels enter a network by."""


def label_input() -> keras.KerasTensor:
    """Return the input of class indices, [B]."""
    return keras.Input([], dtype="int32", name="label")


def with_labels(latent: keras.KerasTensor, hidden: keras.KerasTensor, num_classes: int):
    """Add a vector of the label to what a generator's first layer makes of the latent.

    Args:
        latent: Input [B, `latent_dim`].
        hidden: Output of the first layer, [B, C].
        num_classes: How many labels there are; 0 changes nothing.

    Returns:
        The generator's inputs, and `hidden` with the label in it.
    """
    if not num_classes:
        return latent, hidden
    label = label_input()
    vector = _label_vector(label, num_classes, hidden.shape[-1])
    # One label moves by a step of Adam as far as the many numbers of a latent do.
    vector = layers.Rescaling(math.sqrt(latent.shape[-1]), name="label_scale")(vector)
    return [latent, label], layers.Add(name="latent_and_label")([hidden, vector])


def from_shares(generator: keras.Model) -> keras.Model:
    """Return a generator as a function of [latent, shares of the classes [B, K]].

    A share of 1 is the label; other shares mix the vectors of labels.

    Args:
        generator: Generator with labels.
    """
    shares = generator.get_layer(LABEL_VECTOR).input
    return keras.Model([generator.inputs[0], shares], generator.output)


def project_labels(score, features, label: keras.KerasTensor, num_classes: int):
    """Add to a score how well features fit a label: their projection on its vector.

    Args:
        score: Score without regard to labels, [B, 1].
        features: What the critic's score is made of, [B, C].
        label: Input of class indices, [B].
        num_classes: How many labels there are.

    Returns:
        The score [B, 1], float32.

    Reference:
        Miyato and Koyama 2018, arXiv:1802.05637, equation 3. Differs: where something sounds
        counts too, as it does in the score without regard to labels.
    """
    vector = _label_vector(label, num_classes, features.shape[-1], dtype="float32")
    fit = ops.sum(ops.cast(features, "float32") * vector, axis=-1, keepdims=True)
    return layers.Add(name="score_with_label", dtype="float32")([score, fit])


def _label_vector(label: keras.KerasTensor, num_classes: int, width: int, **options):
    """Return a learned vector of each label; its gradient is a plain array, not an embedding's.

    All begin at zero: a network that knows few sounds of a label collapses to one, unless labels
    come gradually to what holds for all (Shahbazi et al. 2022, arXiv:2201.06578).
    """
    vectors = layers.Dense(
        width, use_bias=False, kernel_initializer="zeros", name=LABEL_VECTOR, **options
    )
    return vectors(ops.one_hot(label, num_classes))
