"""Time of WaveGAN's training steps, against a plain transcription and with and without shuffle.

The plain one is two Keras networks and two functions without the package's base class. All run in
turns in one process, and what is taken is the time that its threads were at work, so the ratios of
medians hold on a busy machine too.

    python benchmarks/wavegan_step.py [--rounds 7] [--batch 8] [--channels 32] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tfgan_audio.models.wavegan import WaveGAN

SLICE_SAMPLES, LATENT_DIM, KERNEL_SIZE, STRIDE = 16384, 100, 25, 4
CRITIC_STEPS = (1, 5)
PENALTY_WEIGHT = 10.0


def plain_networks(channels: int) -> tuple[keras.Model, keras.Model]:
    """Build generator and critic as the paper describes them, without phase shuffle."""
    generator = keras.Sequential([keras.Input([LATENT_DIM]), layers.Dense(256 * channels)])
    generator.add(layers.Reshape([16, 16 * channels]))
    for width in (8 * channels, 4 * channels, 2 * channels, channels, 1):
        generator.add(layers.ReLU())
        generator.add(layers.Conv1DTranspose(width, KERNEL_SIZE, STRIDE, padding="same"))
    generator.add(layers.Activation("tanh"))
    critic = keras.Sequential([keras.Input([SLICE_SAMPLES, 1])])
    for factor in (1, 2, 4, 8, 16):
        critic.add(layers.Conv1D(factor * channels, KERNEL_SIZE, STRIDE, padding="same"))
        critic.add(layers.LeakyReLU(0.2))
    critic.add(layers.Flatten())
    critic.add(layers.Dense(1))
    return generator, critic


def plain_step(channels: int, batch_size: int, critic_steps: int) -> Callable[[Iterator], None]:
    """Return some critic steps and a generator step, written down plainly."""
    generator, critic = plain_networks(channels)
    optimizers = [keras.optimizers.Adam(1e-4, 0.5, 0.9, epsilon=1e-8) for _ in range(2)]
    for optimizer, network in zip(optimizers, (generator, critic), strict=True):
        optimizer.build(network.trainable_variables)

    def make() -> tf.Tensor:
        return generator(tf.random.uniform([batch_size, LATENT_DIM], -1.0, 1.0), training=True)

    def critic_step(real: tf.Tensor) -> tf.Tensor:
        fake = make()
        with tf.GradientTape() as tape:
            mixed = real + tf.random.uniform([batch_size, 1, 1]) * (fake - real)
            with tf.GradientTape() as inner:
                inner.watch(mixed)
                scores = critic(mixed, training=True)
            slopes = tf.sqrt(tf.reduce_sum(inner.gradient(scores, mixed) ** 2, [1, 2]))
            loss = tf.reduce_mean(critic(fake, training=True))
            loss -= tf.reduce_mean(critic(real, training=True))
            loss += PENALTY_WEIGHT * tf.reduce_mean((slopes - 1.0) ** 2)
        gradients = tape.gradient(loss, critic.trainable_variables)
        optimizers[1].apply(gradients, critic.trainable_variables)
        return loss

    def generator_step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(critic(make(), training=True))
        gradients = tape.gradient(loss, generator.trainable_variables)
        optimizers[0].apply(gradients, generator.trainable_variables)
        return loss

    @tf.function
    def step(batches: Iterator) -> tuple[tf.Tensor, tf.Tensor]:
        real = next(batches)
        losses = [critic_step(real[index::critic_steps]) for index in range(critic_steps)]
        return losses[-1], generator_step()

    return step


def our_step(channels: int, critic_steps: int, **options: int) -> Callable[[Iterator], None]:
    """Return the function that `fit` calls for each step."""
    model = WaveGAN(base_channels=channels, **options)
    model.compile(critic_steps=critic_steps)
    model.make_train_function()
    return model.train_function


def measure(channels: int, batch_size: int, num_rounds: int) -> dict[str, list[float]]:
    """Return CPU seconds of each round of each case, the cases in turns."""
    draws = np.random.default_rng(0)
    steps, batches = {}, {}
    for num in CRITIC_STEPS:
        shape = [num * batch_size, SLICE_SAMPLES, 1]
        batch = draws.uniform(-1.0, 1.0, shape).astype(np.float32)
        for name in ("plain", "ours", "ours shuffled"):
            shuffle = 2 if name == "ours shuffled" else 0
            steps[name, num] = (
                plain_step(channels, batch_size, num)
                if name == "plain"
                else our_step(channels, num, phase_shuffle=shuffle)
            )
            batches[name, num] = iter(tf.data.Dataset.from_tensors(batch).repeat())
    seconds = {case: [] for case in steps}
    for round_index in range(num_rounds + 1):
        # There and back again, so that no case always follows the same other one.
        for case in list(steps)[:: 1 if round_index % 2 else -1]:
            start = time.process_time()
            tf.nest.map_structure(lambda loss: loss.numpy(), steps[case](batches[case]))
            if round_index:  # the first traces
                seconds[case].append(time.process_time() - start)
    return seconds


def summary(
    seconds: dict[tuple[str, int], list[float]], statistic: Callable = np.median
) -> dict[str, dict[str, float]]:
    """Return the time of a critic step, of a generator step and of five and one."""
    rows = {}
    for name in dict.fromkeys(name for name, _ in seconds):
        one, five = (float(statistic(seconds[name, num])) for num in CRITIC_STEPS)
        critic = (five - one) / (CRITIC_STEPS[1] - CRITIC_STEPS[0])
        rows[name] = {"critic": critic, "generator": one - critic, "five and one": five}
    return rows


def show(title: str, row: dict[str, float]) -> None:
    """Print one line of the table."""
    print(f"{title:>33}: " + ", ".join(f"{key} {value:.3f}" for key, value in row.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--channels", type=int, default=32)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    seconds = measure(arguments.channels, arguments.batch, arguments.rounds)
    rows = {"median": summary(seconds), "least": summary(seconds, np.min)}
    for kind, of_kind in rows.items():
        for name, row in of_kind.items():
            show(f"{name}, {kind} CPU seconds", row)
        for name, base in (("ours", "plain"), ("ours shuffled", "ours")):
            ratios = {key: of_kind[name][key] / of_kind[base][key] for key in of_kind[name]}
            show(f"{name} / {base}", ratios)
    if arguments.json:
        from tfgan_audio.files import write_json

        write_json(arguments.json, rows)


if __name__ == "__main__":
    main()
