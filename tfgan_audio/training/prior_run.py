"""Learn how slices follow each other, so that a generator can go on for longer than one."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.data.latent_sequences import LatentSequences
from tfgan_audio.data.opening import open_sounds
from tfgan_audio.data.passages import HELD_OUT_FRACTION, split_passages
from tfgan_audio.errors import InputError
from tfgan_audio.models.latent_encoder import LatentEncoder
from tfgan_audio.models.latent_prior import LatentPrior, generator_id
from tfgan_audio.models.sound_gan import SoundGAN
from tfgan_audio.training.best_weights import Losses, train_to_best
from tfgan_audio.training.devices import make_repeatable
from tfgan_audio.training.encoder_run import encode_sequences, train_encoder

_BATCH_SIZE = 32
_LEARNING_RATE = 1e-3
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True)
class PriorOptions:
    """How a prior is trained.

    Args:
        num_steps: Steps of the encoder, and of the prior.
        overlap: Share of a slice that it has in common with the next, from 0 to 0.5.
        label_by: "folder" or "prefix", see `folder_sounds`.
        normalize: "peak" or "none", see `read_sound`; as in the training of the model.
        seed: Of weights, latents and batches.

    Raises:
        InputError: A number outside its range.
    """

    num_steps: int = 2000
    overlap: float = 0.25
    label_by: str = "folder"
    normalize: str = "peak"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers outside their ranges."""
        if self.num_steps < 1:
            raise InputError("num_steps", self.num_steps, "at least 1")
        if not 0.0 <= self.overlap <= 0.5:
            raise InputError("overlap", self.overlap, "from 0 to 0.5")


@dataclass(frozen=True)
class TrainedPrior:
    """A prior at its best, and what can be said of it.

    Args:
        prior: The prior.
        figures: How it and the encoder do on held-out recordings.
        encoder_history: Rows with "step" and the encoder's losses.
        prior_history: Rows with "step" and the prior's losses.
    """

    prior: LatentPrior
    figures: Mapping[str, float]
    encoder_history: Sequence[Losses]
    prior_history: Sequence[Losses]

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON can hold them."""
        return {
            **self.figures,
            "encoder_history": list(self.encoder_history),
            "prior_history": list(self.prior_history),
        }


def train_prior(
    model: SoundGAN, sound_dir: str | os.PathLike, options: PriorOptions | None = None
) -> TrainedPrior:
    """Train a prior for a model on recordings; the model stays as it is.

    An encoder finds the latents of recorded slices, and a recurrent network learns which follow
    which. A fifth of the recordings is held out; of both networks the weights are kept that do best
    on it.

    Args:
        model: A trained WaveGAN or SpecGAN.
        sound_dir: Folder of audio files or of shards; with labels where the model has classes.
        options: How to train.

    Returns:
        The prior and how it did.

    Raises:
        InputError: Recordings that cannot be used, of unknown labels, shards of another rate, or
            nothing as long as two slices.
    """
    options = options or PriorOptions()
    make_repeatable(options.seed)
    overlap_samples = round(options.overlap * model.slice_samples)
    clips = open_sounds(
        sound_dir,
        model.sample_rate_hz,
        model.num_channels,
        HELD_OUT_FRACTION,
        labels=bool(model.num_classes),
        label_by=options.label_by,
        normalize=options.normalize,
    )
    names = model.label_names or tuple(map(str, range(model.num_classes)))
    hop_samples = model.slice_samples - overlap_samples
    train, held_out = split_passages(clips, model.slice_samples, hop_samples, names)
    encoder = LatentEncoder(model)
    encoder_history, encoder_figures = train_encoder(
        encoder, train, held_out, options.num_steps, options.seed
    )
    prior = LatentPrior(
        model.latent_dim,
        model.num_classes,
        overlap_samples=overlap_samples,
        generator_id=generator_id(model.generator),
    )
    sequences = [encode_sequences(encoder, passages) for passages in (train, held_out)]
    prior_history, prior_figures = fit_prior(prior, *sequences, options.num_steps, options.seed)
    figures = {
        "train_minutes": train.num_samples / (60.0 * model.sample_rate_hz),
        "held_out_minutes": held_out.num_samples / (60.0 * model.sample_rate_hz),
        **{f"encoder_{name}": value for name, value in encoder_figures.items()},
        **prior_figures,
    }
    return TrainedPrior(prior, figures, encoder_history, prior_history)


def fit_prior(
    prior: LatentPrior,
    train: LatentSequences,
    held_out: LatentSequences,
    num_steps: int,
    seed: int = 0,
) -> tuple[list[Losses], Losses]:
    """Train a prior by likelihood, from where it knows the latents' moments but no order.

    Args:
        prior: The prior, left with the weights that did best on what is held out.
        train: Sequences to learn from.
        held_out: Sequences to judge by.
        num_steps: How many steps.
        seed: Of the batches.

    Returns:
        The history of `train_to_best`; and the negative log densities of a held-out slice in nats
        (of its latent's inverse hyperbolic tangents): "prior_nats" after those before it,
        "alone_nats" as the first of a piece, and "gaussian_nats" under independent Gaussians with
        the moments of the others.
    """
    points = np.arctanh(np.concatenate(train.latents))
    means, deviations = points.mean(axis=0), np.maximum(points.std(axis=0), 1e-3)
    prior.start_from(means, deviations)
    optimizer = keras.optimizers.Adam(_LEARNING_RATE, clipnorm=_LARGEST_GRADIENT)
    optimizer.build(prior.trainable_variables)

    def surprise(latents: tf.Tensor, labels: tf.Tensor, is_there: tf.Tensor) -> tf.Tensor:
        likelihoods = prior.log_likelihood(latents, labels if prior.num_classes else None)
        return -tf.reduce_sum(likelihoods * is_there) / tf.reduce_sum(is_there)

    @tf.function
    def update(*windows: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = surprise(*windows)
        gradients = tape.gradient(loss, prior.trainable_variables)
        optimizer.apply(gradients, prior.trainable_variables)
        return loss

    def step(number: int) -> tf.Tensor:
        return update(*map(tf.constant, train.drawn(seed, number, _BATCH_SIZE)))

    measured = tf.function(surprise, reduce_retracing=True)

    def nats(sequences: LatentSequences) -> float:
        return float(measured(*map(tf.constant, sequences.everything())))

    def judge() -> Losses:
        return {"held_out_loss": nats(held_out)}

    history = train_to_best(prior, step, judge, num_steps, "prior")
    alone = dataclasses.replace(held_out, most_slices=1)
    others = np.arctanh(np.concatenate(held_out.latents))
    return history, {
        "prior_nats": nats(held_out),
        "alone_nats": nats(alone),
        "gaussian_nats": _gaussian_nats((others - means) / deviations, deviations),
    }


def _gaussian_nats(distances: np.ndarray, deviations: np.ndarray) -> float:
    """Mean negative log density at distances [N, D] in units of deviations [D]."""
    each = 0.5 * distances**2 + np.log(deviations) + 0.5 * math.log(2.0 * math.pi)
    return float(each.sum(axis=1).mean())
