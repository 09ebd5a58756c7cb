"""What the families have in common that make sounds out of latents, with labels or without."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import draw_for_examples
from tfgan_audio.losses.adversarial import Objective
from tfgan_audio.models.adversarial import AdversarialModel, Optimizers, Tensors
from tfgan_audio.models.augmentation import AUGMENTATIONS
from tfgan_audio.models.label_conditioning import from_shares
from tfgan_audio.models.rmsprop import TensorFlow1RMSprop
from tfgan_audio.nearest import unknown_name

_CRITIC_STEPS = 5
_HALVED = ("lsgan", "minimax")
_draw_latents = functools.partial(tf.random.stateless_uniform, minval=-1.0, maxval=1.0)


class SoundGAN(AdversarialModel):
    """Base of WaveGAN and SpecGAN: from a uniform latent, and perhaps a label, to a sound.

    A family gives its networks, and where they do not deal in waveforms `represent` and
    `to_waveforms`. Trained on waveforms [B, T, C], or (waveform, label [B]) where there are
    classes.

    Args:
        generator: Functional model of latent, or of [latent, label].
        discriminator: Functional model of a candidate, or of [candidate, label].
        slice_samples: Length of a sound.
        num_channels: Its channels.
        num_classes: Number of labels; 0 for none.
        sample_rate_hz: Rate of the sounds.
        label_names: Names of the labels in their order, or none.
        **kwargs: As in `keras.Model`.

    Raises:
        InputError: Names that are not one for each class.
    """

    default_objective = "wgan-gp"
    augmentations: tuple[str, ...] = tuple(AUGMENTATIONS)

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        slice_samples: int,
        num_channels: int,
        num_classes: int,
        sample_rate_hz: int,
        label_names: Sequence[str],
        **kwargs,
    ) -> None:
        super().__init__(generator, discriminator, **kwargs)
        if label_names and not len(set(label_names)) == len(label_names) == num_classes:
            expected = f"a name for each of {num_classes} classes"
            raise InputError("label_names", ", ".join(label_names), expected)
        self.slice_samples = slice_samples
        self.num_channels = num_channels
        self.num_classes = num_classes
        self.sample_rate_hz = sample_rate_hz
        self.label_names = tuple(label_names)
        self.augment: tuple[str, ...] = ()

    @property
    def latent_dim(self) -> int:
        """Width of the latent."""
        return tf.nest.flatten(self.generator.inputs)[0].shape[-1]

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        discriminator_optimizer: keras.optimizers.Optimizer | None = None,
        objective: str | None = None,
        *,
        adversarial_weight: float = 1.0,
        augment: Sequence[str] = (),
        **options: Any,
    ) -> None:
        """Set the game, both optimizers and what is done to the critic's input.

        Args:
            generator_optimizer: Keras optimizer; None takes the published one of the objective:
                Adam(1e-4, 0.5, 0.9) for "wgan-gp" and "hinge", Adam(2e-4, 0.5) for "minimax",
                TensorFlow 1's RMSprop at 5e-5 for "wgan" and at 1e-4 for "lsgan".
            discriminator_optimizer: The same.
            objective: One of the five objectives; None takes "wgan-gp".
            adversarial_weight: Weight of the generator's only term.
            augment: Changes that the critic sees real and generated sounds through, of
                `models.augmentation.AUGMENTATIONS`; they help where there is little data.
            **options: As in `AdversarialModel.compile`; None for `critic_steps` takes 5, whatever
                the objective.

        Raises:
            InputError: An unknown objective or change, or a number out of range.
        """
        for name in augment:
            if name not in self.augmentations:
                raise unknown_name(name, "augmentation", self.augmentations)
        self.augment = tuple(augment)
        weights = {"adversarial": adversarial_weight}
        super().compile(
            generator_optimizer, discriminator_optimizer, objective, term_weights=weights, **options
        )

    def represent(self, waveform: tf.Tensor) -> tf.Tensor:
        """Bring waveforms [B, T, C] into the form that the networks deal in."""
        return waveform

    def to_waveforms(self, generated: tf.Tensor) -> tf.Tensor:
        """Turn what the generator gives, [B, ...], into waveforms [B, T, C]."""
        return generated

    def unpack(self, data) -> Tensors:
        has_labels = isinstance(data, tuple)
        if has_labels != bool(self.num_classes):
            seen = "waveforms and labels" if has_labels else "waveforms alone"
            expected = f"those of a model with num_classes {self.num_classes}"
            raise InputError("training examples", seen, expected)
        waveform, *labels = data if has_labels else (data,)
        shape = (self.slice_samples, self.num_channels)
        if not waveform.shape[1:].is_compatible_with(shape):
            seen = f"shape {waveform.shape}"
            raise InputError("training examples", seen, f"[batch, {shape[0]}, {shape[1]}]")
        return {"real": self.represent(waveform)} | {"label": label for label in labels}

    def synthesize(self, batch: Tensors, seed: tf.Tensor, training: bool) -> tf.Tensor:
        num_examples = tf.shape(batch["real"])[0]
        latent = draw_for_examples(_draw_latents, num_examples, (self.latent_dim,), seed)
        return self.generator(_with_label(latent, batch.get("label")), training=training)

    def judge(self, candidate: tf.Tensor, batch: Tensors, training: bool) -> tf.Tensor:
        if training:
            candidate = self._augmented(candidate)
        inputs = _with_label(candidate, batch.get("label"))
        return self.discriminator(inputs, training=training)

    def make_objective(self, name: str) -> Objective:
        objective = super().make_objective(name)
        changes = {"critic_steps": _CRITIC_STEPS}
        if name in _HALVED:
            whole = objective.discriminator
            changes["discriminator"] = lambda real, fake: 0.5 * whole(real, fake)
        return dataclasses.replace(objective, **changes)

    def default_optimizers(self, objective: str) -> Optimizers:
        if objective in ("wgan", "lsgan"):
            rate = {"wgan": 5e-5, "lsgan": 1e-4}[objective]
            return TensorFlow1RMSprop(rate), TensorFlow1RMSprop(rate)
        rate, beta_2 = (2e-4, 0.999) if objective == "minimax" else (1e-4, 0.9)
        adam = functools.partial(keras.optimizers.Adam, rate, 0.5, beta_2, epsilon=1e-8)
        return adam(), adam()

    def render(
        self, latents: np.ndarray, labels: Sequence[int] | None = None, **options: Any
    ) -> np.ndarray:
        """Make sounds, each by itself, so that it depends on its own latent and label alone.

        Args:
            latents: Latents, of numbers from -1 to 1 in training.
            labels: Index of each sound's class, or of all; or shares of the classes to mix them;
                None where there are no classes.
            **options: Keywords of the family's `to_waveforms`.

        Shape:
            [N, `latent_dim`], [N] or [N, `num_classes`] -> [N, T, C].

        Returns:
            float32.

        Raises:
            InputError: Latents of another width, or labels that do not fit.
        """
        latents = np.asarray(latents, np.float32)
        if latents.ndim != 2 or latents.shape[1] != self.latent_dim:
            expected = f"[sounds, {self.latent_dim}]"
            raise InputError("latents", f"shape {list(latents.shape)}", expected)
        rows = [latents[:, None], *self._label_shares(labels, len(latents))]
        sounds = [self._render(*row, **options).numpy() for row in zip(*rows, strict=True)]
        shape = (0, self.slice_samples, self.num_channels)
        return np.stack(sounds) if sounds else np.zeros(shape, np.float32)

    def mixing_generator(self) -> keras.Model:
        """Return the generator as a function of [latent, shares of the classes [B, K]]."""
        return from_shares(self.generator)

    @functools.cached_property
    def _render(self):
        """One graph from a latent [1, N], and shares of classes [1, K], to a waveform."""
        generator = self.mixing_generator() if self.num_classes else self.generator

        @tf.function(reduce_retracing=True)
        def render(*inputs: tf.Tensor, **options: Any) -> tf.Tensor:
            generated = generator(_with_label(*inputs), training=False)
            return self.to_waveforms(generated, **options)[0]

        return render

    def _label_shares(self, labels: Sequence[int] | None, num_sounds: int) -> list[np.ndarray]:
        """Return shares of classes [N, 1, K] in a list, an empty one where there are none."""
        if not self.num_classes:
            if labels is not None:
                raise InputError("labels", "labels", "none for a model without classes")
            return []
        expected = f"indices from 0 to {self.num_classes - 1}, one or as many as latents, or shares"
        given = np.asarray(-1 if labels is None else labels)
        if given.shape == (num_sounds, self.num_classes):
            return [given.astype(np.float32)[:, None]]
        fits = given.shape in ((), (num_sounds,)) and np.issubdtype(given.dtype, np.integer)
        if not fits or np.any((given < 0) | (given >= self.num_classes)):
            seen = "none" if labels is None else f"{given.tolist()}"[:60]
            raise InputError("labels", seen, expected)
        shares = np.eye(self.num_classes, dtype=np.float32)[np.broadcast_to(given, num_sounds)]
        return [shares[:, None]]

    def _augmented(self, candidate: tf.Tensor) -> tf.Tensor:
        """Change candidates, all of one update of the critic by the same draws."""
        for index, name in enumerate(self.augment):
            # The offset keeps these draws apart from those of latents and mixing factors.
            update = tf.cast(self.discriminator_optimizer.iterations, tf.int32)
            seed = tf.stack([self.seed, update + ((index + 2) << 20)])
            candidate = AUGMENTATIONS[name](candidate, seed)
        return candidate

    def get_config(self) -> dict:
        own = {"sample_rate_hz": self.sample_rate_hz, "label_names": list(self.label_names)}
        return {**super().get_config(), **own}

    def get_compile_config(self) -> dict | None:
        config = super().get_compile_config()
        return None if config is None else config | {"augment": list(self.augment)}


def _with_label(candidate: tf.Tensor, label: tf.Tensor | None = None) -> Any:
    """Return the inputs of a network."""
    return candidate if label is None else [candidate, label]
