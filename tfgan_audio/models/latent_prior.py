"""What follows what: a density of the next slice's latent, given those before it.

Letters: B batch, S slices of a sequence, N slices of a piece, D latent, K mixture components,
P = K (1 + 2 D) parameters of a mixture.
"""

from __future__ import annotations

import hashlib
import math
import os
import zipfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import ndtri

from tfgan_audio.errors import InputError

LARGEST_LATENT = 0.995
"""Bound of encoded and drawn latents, which keeps their inverse hyperbolic tangents below 3."""
PRIOR_NAME = "prior.keras"
"""Name of its file, beside the model."""
_LEAST_DEVIATION = 0.05
_LEAST_CHANCE = 2.0**-25  # half the distance of two numbers that are drawn


@keras.saving.register_keras_serializable(package="tfgan_audio")
class LatentPrior(keras.Model):
    """A GRU over latents with a mixture of Gaussians for the next one.

    Latents are seen through the inverse hyperbolic tangent, so that whatever is drawn comes back to
    (-1, 1). Called on latents before, it gives the parameters of each step's mixture.

    Args:
        latent_dim: Width D of a latent.
        num_classes: Number of labels, which a mixture depends on too; 0 for none.
        units: Width of the GRU.
        num_components: Gaussians K of a mixture.
        overlap_samples: Samples that neighbouring slices of the sequences share.
        generator_id: `generator_id` of the model whose latents these are.
        **kwargs: `name`, `dtype`, `trainable` as in Keras.

    Shape:
        before [B, S, D], or [before, label [B, S]] where there are classes -> [B, S, P].

    Reference:
        Ha and Schmidhuber 2018, arXiv:1803.10122. Differs: a GRU, and one choice of a
        component for all dimensions.
    """

    def __init__(
        self,
        latent_dim: int,
        num_classes: int = 0,
        units: int = 256,
        num_components: int = 5,
        *,
        overlap_samples: int = 0,
        generator_id: str = "",
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.latent_dim, self.num_classes = latent_dim, num_classes
        self.units, self.num_components = units, num_components
        self.overlap_samples, self.generator_id = overlap_samples, generator_id
        self.recurrence = layers.GRU(units, return_sequences=True, name="recurrence")
        self.mixture = layers.Dense(num_components * (1 + 2 * latent_dim), name="mixture")
        self.recurrence.build([None, None, latent_dim + num_classes])
        self.mixture.build([None, None, units])
        self.built = True

    def call(self, inputs):
        before, label = inputs if self.num_classes else (inputs, None)
        return self.mixture(self.recurrence(self._joined(before, label)))

    def start_from(self, means: np.ndarray, deviations: np.ndarray) -> None:
        """Begin training at Gaussians that depend on little yet.

        Args:
            means: Means [D] of the latents' inverse hyperbolic tangents.
            deviations: Their standard deviations [D].
        """
        widths = np.log(np.expm1(np.maximum(deviations - _LEAST_DEVIATION, 1e-3)))
        num = self.num_components
        parts = [np.zeros(num), np.tile(means, num), np.tile(widths, num)]
        self.mixture.bias.assign(np.concatenate(parts))

    def log_likelihood(self, latents: tf.Tensor, label: tf.Tensor | None = None) -> tf.Tensor:
        """Return the log density of each latent given those before it.

        Args:
            latents: Sequences [B, S, D] in (-1, 1).
            label: Class of each slice [B, S], where there are classes.

        Returns:
            Nats [B, S], of the density of the latents' inverse hyperbolic tangents.
        """
        points = tf.atanh(latents)
        before = tf.pad(points[:, :-1], [[0, 0], [1, 0], [0, 0]])
        parameters = self(before if label is None else [before, label])
        log_weights, means, deviations = self._split(parameters)
        distances = (points[:, :, None] - means) / deviations
        log_densities = -0.5 * tf.square(distances) - tf.math.log(deviations)
        log_densities = tf.reduce_sum(log_densities - 0.5 * math.log(2.0 * math.pi), axis=-1)
        return tf.reduce_logsumexp(log_weights + log_densities, axis=-1)

    def sample(
        self, draws: np.ndarray, labels: np.ndarray | None = None, temperature: float = 1.0
    ) -> np.ndarray:
        """Turn independent draws into latents that follow each other as those it has learnt.

        A latent depends on its own draws, and on those before, alone.

        Args:
            draws: Numbers drawn evenly from [-1, 1): for each slice one that chooses a component,
                and one for each number of the latent.
            labels: Class of each slice [N], where there are classes.
            temperature: Factor of all variances; less than 1 keeps closer to what is most likely.

        Shape:
            [N, 1 + D] -> [N, D].

        Returns:
            float32 in (-1, 1).

        Raises:
            InputError: Draws of another width, a temperature below 0, or labels that do not fit.
        """
        self._check(draws, labels, temperature)
        chances = np.clip((draws.astype(np.float64) + 1.0) / 2.0, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
        point, state = tf.zeros([1, self.latent_dim]), tf.zeros([1, self.units])
        latents = np.zeros([len(draws), self.latent_dim], np.float32)
        for index, chance in enumerate(chances):
            label = None if labels is None else tf.constant(labels[index : index + 1], tf.int32)
            parameters, state = self._step(point, label, state)
            latent = np.tanh(_drawn(parameters, chance, temperature))
            latents[index] = np.clip(latent, -LARGEST_LATENT, LARGEST_LATENT)
            point = tf.atanh(latents[index : index + 1])
        return latents

    @tf.function
    def _step(self, point: tf.Tensor, label: tf.Tensor | None, state: tf.Tensor):
        """Go on by one slice: the parameters of its mixture, and the state behind it."""
        output, (state,) = self.recurrence.cell(self._joined(point, label), [state])
        return [part[0] for part in self._split(self.mixture(output))], state

    def _joined(self, points: tf.Tensor, label: tf.Tensor | None) -> tf.Tensor:
        """Put the label beside each point."""
        if label is None:
            return points
        return tf.concat([points, tf.one_hot(label, self.num_classes)], axis=-1)

    def _split(self, parameters: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return log weights [..., K], means and deviations [..., K, D]."""
        num, width = self.num_components, self.num_components * self.latent_dim
        log_weights, *rest = tf.split(tf.cast(parameters, tf.float32), [num, width, width], axis=-1)
        shape = tf.concat([tf.shape(parameters)[:-1], [num, self.latent_dim]], axis=0)
        means, widths = (tf.reshape(part, shape) for part in rest)
        return tf.nn.log_softmax(log_weights), means, tf.nn.softplus(widths) + _LEAST_DEVIATION

    def _check(self, draws: np.ndarray, labels: np.ndarray | None, temperature: float) -> None:
        """Refuse what cannot be sampled with."""
        if draws.ndim != 2 or draws.shape[1] != 1 + self.latent_dim:
            expected = f"[slices, {1 + self.latent_dim}]"
            raise InputError("draws", f"shape {list(draws.shape)}", expected)
        if not 0.0 <= temperature < math.inf:
            raise InputError("temperature", temperature, "a number of at least 0")
        num_labels = 0 if labels is None else len(labels)
        num_expected = len(draws) if self.num_classes else 0
        if num_labels != num_expected:
            raise InputError("labels", num_labels, f"{num_expected}, one for each slice, if any")

    def get_config(self) -> dict:
        names = ("latent_dim", "num_classes", "units", "num_components")
        own = {name: getattr(self, name) for name in (*names, "overlap_samples", "generator_id")}
        return {**super().get_config(), **own}


def generator_id(generator: keras.Model) -> str:
    """Return what tells the weights of a generator from all others, 16 hexadecimal digits.

    Args:
        generator: The generator of a model.
    """
    digest = hashlib.sha256()
    for variable in generator.weights:
        digest.update(np.ascontiguousarray(variable.numpy()).tobytes())
    return digest.hexdigest()[:16]


def load_prior(path: str | os.PathLike, generator: keras.Model) -> LatentPrior:
    """Open the prior of a generator.

    Args:
        path: `.keras` file.
        generator: The generator whose latents it is about.

    Raises:
        InputError: No such file, no prior in it, or that of other weights.
    """
    train = "one made by `tfgan-audio train-prior`"
    if not Path(path).is_file() or not zipfile.is_zipfile(path):
        raise InputError(path, "no Keras archive" if Path(path).exists() else "no file", train)
    try:
        prior = keras.saving.load_model(path)
    except (OSError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(path, str(error).splitlines()[0], train) from None
    if not isinstance(prior, LatentPrior):
        raise InputError(path, f"a {type(prior).__name__}", train)
    if prior.generator_id != generator_id(generator):
        seen = "the prior of other weights than those of the model beside it"
        raise InputError(path, seen, f"{train} since the model was trained")
    return prior


def _drawn(mixture: list[tf.Tensor], chance: np.ndarray, temperature: float) -> np.ndarray:
    """Return the point of a mixture that some chances from 0 to 1 stand for, [1 + D] -> [D]."""
    log_weights, means, deviations = (part.numpy().astype(np.float64) for part in mixture)
    sharpened = log_weights / max(temperature, 1e-6)
    weights = np.exp(sharpened - sharpened.max())
    component = np.searchsorted(np.cumsum(weights) / weights.sum(), chance[0])
    spread = math.sqrt(temperature) * deviations[component]
    return means[component] + spread * ndtri(chance[1:])
