"""Train an encoder against a generator that stays as it is, and encode recordings with it.

Letters: N slices, D latent.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.data.latent_sequences import LatentSequences
from tfgan_audio.data.passages import Passages
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.models.latent_encoder import LatentEncoder
from tfgan_audio.training.best_weights import Losses, train_to_best

_BATCH_SIZE = 16
_LEARNING_RATE = 1e-3
_NUM_VALIDATED = 64
_NUM_ADAPTED = 16  # batches
_NUM_STARTS = 4  # sequences of each passage
_HELD_OUT_SEED = 1


def train_encoder(
    encoder: LatentEncoder, train: Passages, held_out: Passages, num_steps: int, seed: int
) -> tuple[list[Losses], Losses]:
    """Train an encoder, and leave it with the weights that did best on held-out slices.

    Args:
        encoder: The encoder.
        train: Recordings to learn from.
        held_out: Recordings to judge by.
        num_steps: How many steps.
        seed: Of the slices and latents.

    Returns:
        The history of `train_to_best`; and on held-out slices the losses of `losses_on` and, as
        "random_spectrum", the distance to what is made of random latents.
    """
    dataset = make_dataset(train.slices(seed), _BATCH_SIZE)
    encoder.adapt(dataset.take(_NUM_ADAPTED))
    batches, update = iter(dataset), _make_update(encoder)

    def step(number: int) -> tf.Tensor:
        return update(*_with_label(next(batches)), encoder.draw(_BATCH_SIZE, (seed, number)))

    fixed = make_dataset(held_out.slices(_HELD_OUT_SEED), _NUM_VALIDATED, num_steps=1)
    waveform, label = _with_label(next(iter(fixed)))
    latent = encoder.draw(_NUM_VALIDATED, (seed, -1))
    measured = tf.function(encoder.losses_on)

    def judge() -> Losses:
        losses = measured(waveform, label, latent)
        return {f"held_out_{name}": float(value) for name, value in losses.items()}

    history = train_to_best(encoder.network, step, judge, num_steps, "encoder")
    random = float(encoder.spectral_distance(waveform, label, latent))
    return history, {**judge(), "random_spectrum": random}


def encode_sequences(encoder: LatentEncoder, passages: Passages) -> LatentSequences:
    """Return the latents of slices in a row.

    Args:
        encoder: A trained encoder.
        passages: Recordings.
    """
    encode = tf.function(encoder.__call__, reduce_retracing=True)
    latents, labels = [], []
    for label, slices in passages.sequences(_NUM_STARTS):
        starts = range(0, len(slices), _BATCH_SIZE)
        parts = [encode(tf.constant(slices[start : start + _BATCH_SIZE])) for start in starts]
        latents.append(np.concatenate(parts))
        labels.append(label)
    return LatentSequences(latents, labels)


def _make_update(encoder: LatentEncoder):
    """Return one graph that updates the encoder and returns the loss."""
    variables = encoder.network.trainable_variables
    optimizer = keras.optimizers.Adam(_LEARNING_RATE)
    optimizer.build(variables)

    @tf.function
    def update(waveform: tf.Tensor, label: tf.Tensor | None, latent: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = encoder.losses_on(waveform, label, latent)
            total = tf.add_n(list(losses.values()))
        optimizer.apply(tape.gradient(total, variables), variables)
        return total

    return update


def _with_label(batch) -> tuple[tf.Tensor, tf.Tensor | None]:
    """Return waveforms and labels of a batch, None where there are none."""
    return batch if isinstance(batch, tuple) else (batch, None)
