"""Comparison of gradients and of updated weights with those that the original code computed."""

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.importers.transfer import Places
from tfgan_audio.models import adversarial_step
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.models.segan import SEGAN

SEED = tf.constant([0, 0])
# Below this share of its largest value, the sign of a gradient is a matter of rounding, and with
# it the first step of RMSprop.
CLEAR_SHARE = 1e-4


def discriminator_gradients(
    model: AdversarialModel, batch: dict, fake: tf.Tensor
) -> list[tf.Tensor]:
    """Gradients of the discriminator's loss."""
    with tf.GradientTape() as tape:
        terms, _ = adversarial_step._discriminator_terms(model, batch, fake, SEED, training=True)
    return tape.gradient(terms["d_loss"], model.discriminator.trainable_variables)


def generator_gradients(model: SEGAN, batch: dict, latent: tf.Tensor) -> list[tf.Tensor]:
    """Gradients of the generator's loss."""
    with tf.GradientTape() as tape:
        fake = model.generator([batch["noisy"], latent], training=True)
        terms = adversarial_step._generator_terms(model, batch, fake, (), training=True)
    return tape.gradient(terms["g_loss"], model.generator.trainable_variables)


def assert_gradients(
    variables: list[keras.Variable],
    gradients: list[tf.Tensor],
    places: Places,
    expected: Mapping[str, np.ndarray],
    tolerance: float,
) -> float:
    """Compare the named gradients, each relative to its peak; return the largest deviation."""
    found = {variable.path: gradient for variable, gradient in zip(variables, gradients)}
    worst = 0.0
    for name, values in expected.items():
        values = places[name].convert(values)
        deviation = np.abs(found[places[name].variable.path] - values).max() / np.abs(values).max()
        assert deviation < tolerance, name
        worst = max(worst, float(deviation))
    return worst


def assert_weights(
    places: Places,
    after: Mapping[str, np.ndarray],
    gradients: Mapping[str, np.ndarray],
    tolerance: float,
) -> float:
    """Compare the weights after a step where their gradients are clear."""
    worst = 0.0
    for name, values in after.items():
        clear = np.abs(gradients[name]) > CLEAR_SHARE * np.abs(gradients[name]).max()
        place = places[name]
        difference = np.abs(place.variable.numpy() - place.convert(values))
        worst = max(worst, float(difference[place.convert(clear)].max()))
        assert worst < tolerance, name
    return worst


def part(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """Arrays whose name starts so, by the rest of it."""
    return {name[len(prefix) :]: arrays[name] for name in arrays if name.startswith(prefix)}
