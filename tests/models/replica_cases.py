"""Script: train on one device and on two logical CPUs, and print how far apart they end.

Logical devices are made before TensorFlow starts, and a process has one `MirroredStrategy`, as
TensorFlow mixes up the reductions of two; so the tests run this file in a process of its own:

    python replica_cases.py '["lsgan", "draws"]'
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import json
import sys

import keras
import numpy as np
import tensorflow as tf
from toy_family import BATCH, dataset_of, flat, make_toy, make_waveforms, train

from tfgan_audio.layers.randomness import draw_for_examples

NUM_STEPS = 5
WITH_TERMS = {"distance_weight": 0.5, "feature_matching_weight": 2.0, "hidden": 6}
TOY_CASES = {
    **{name: WITH_TERMS for name in ("minimax", "lsgan", "hinge", "wgan", "wgan-gp")},
    "ema and late start": {
        **WITH_TERMS,
        "objective": "wgan-gp",
        "critic_steps": 2,
        "ema_momentum": 0.8,
        "adversarial_start_step": 2,
    },
    "three critic steps": {**WITH_TERMS, "objective": "hinge", "critic_steps": 3},
}


def main() -> None:
    """Run the named cases."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    special = {
        "draws": draws,
        "segan": segan,
        "waveform": waveform,
        "wavegan": wavegan,
        "melgan": melgan,
        "mixed_float16": mixed_float16,
    }
    results = {}
    for name in json.loads(sys.argv[1]):
        run = special.get(name)
        results[name] = run(mirrored) if run else toy(mirrored, name)
    print(json.dumps(results))


def toy(mirrored: tf.distribute.Strategy, name: str) -> dict:
    """Compare the toy family on one device and on two."""
    options = {"objective": name, **TOY_CASES[name]}
    waveforms = make_waveforms(NUM_STEPS * 5)
    runs = []
    for strategy in (tf.distribute.get_strategy(), mirrored):
        with strategy.scope():
            model = make_toy(run_eagerly=False, **options)
        start = flat(model.trainable_weights)
        logs = train(model, waveforms[: NUM_STEPS * model.objective.critic_steps * BATCH])
        scores = model.evaluate(dataset_of(waveforms[:BATCH]), verbose=0, return_dict=True)
        with model.averaged_weights():
            averages = flat(model.generator.weights)
        runs.append((model, flat(model.trainable_weights) - start, averages, logs, scores))
    (one, moved, averages, logs, scores), (two, *others) = runs
    return {
        "difference": _largest(moved, others[0]),
        "difference_of_averages": _largest(averages, others[1]),
        "difference_of_logs": max(abs(logs[key][0] - others[2][key][0]) for key in logs),
        "difference_of_scores": max(abs(scores[key] - others[3][key]) for key in scores),
        "moved": float(np.abs(moved).max()),
        "iterations": [_iterations(one), _iterations(two)],
        "num_replicas": two.distribute_strategy.num_replicas_in_sync,
    }


def segan(mirrored: tf.distribute.Strategy) -> dict:
    """Compare a small causal SEGAN, judged by a gradient penalty too."""
    from tfgan_audio.models.segan import SEGAN

    draws = np.random.default_rng(0)
    clean = draws.normal(0, 0.1, [NUM_STEPS * 2 * 4, 1024, 1]).astype(np.float32)
    noisy = clean + draws.normal(0, 0.05, clean.shape).astype(np.float32)
    moves = []
    for strategy in (tf.distribute.get_strategy(), mirrored):
        keras.utils.set_random_seed(0)
        with strategy.scope():
            model = SEGAN(
                frame_samples=128, hop_samples=64, channels=8, dilations=(1, 2),
                discriminator_channels=8,
            )  # fmt: skip
            model.compile(
                objective="wgan-gp", critic_steps=2, adversarial_weight=1.0,
                feature_matching_weight=1.0, ema_momentum=0.8, adversarial_start_step=1,
            )  # fmt: skip
        start = flat(model.trainable_weights)
        model.fit(dataset_of(noisy, clean), verbose=0)
        moves.append(flat(model.trainable_weights) - start)
    return {"difference": _largest(*moves), "moved": float(np.abs(moves[0]).max())}


def waveform(mirrored: tf.distribute.Strategy) -> dict:
    """Compare both waveform variants, in parts of batches, where nothing mixes examples.

    Then train SEGAN+ as it is published, whose running moments and shifts replicas share.
    """
    from tfgan_audio.models.segan import SEGAN

    draws = np.random.default_rng(0)
    clean = draws.normal(0, 0.1, [NUM_STEPS * 4, 256, 1]).astype(np.float32)
    noisy = clean + draws.normal(0, 0.05, clean.shape).astype(np.float32)
    sizes = {
        "slice_samples": 256,
        "kernel_size": 7,
        "encoder_channels": (2, 3),
        "latent_channels": 3,
    }
    sizes |= {"encoder_channels": (2, 3), "discriminator_channels": (3, 4)}
    alone = {"discriminator_norm": "none"}
    results = {}
    for name, others in (
        ("segan", alone),
        ("segan_plus", alone | {"max_shift_samples": 0}),
        ("published", {}),
    ):
        moves = []
        for strategy in (tf.distribute.get_strategy(), mirrored):
            keras.utils.set_random_seed(0)
            with strategy.scope():
                model = SEGAN("segan" if name == "segan" else "segan_plus", **sizes, **others)
                optimizers = (keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
                model.compile(*optimizers, num_micro_batches=2, adversarial_start_step=1)
            start = flat(model.trainable_weights)
            model.fit(dataset_of(noisy, clean), verbose=0)
            moves.append(flat(model.trainable_weights) - start)
        results[name] = {"difference": _largest(*moves), "moved": float(np.abs(moves[0]).max())}
    layer = model.discriminator.get_layer("shift_0")
    results["num_draws"] = int(layer.num_draws.numpy())
    results["finite"] = bool(np.isfinite(flat(model.weights)).all())
    return results


def wavegan(mirrored: tf.distribute.Strategy) -> dict:
    """Compare WaveGAN with labels, shifts, changes and a penalty, at once and in parts."""
    from tfgan_audio.models.wavegan import WaveGAN

    draws = np.random.default_rng(0)
    real = draws.uniform(-1.0, 1.0, [3 * 2 * 4, 256, 1]).astype(np.float32)
    labels = draws.integers(0, 3, len(real)).astype(np.int32)
    results = {}
    for name, options, num_micro_batches in (
        ("published", {}, 1),
        # Each part has shifts of its own, and other examples are together in one.
        ("in parts", {"phase_shuffle": 0}, 2),
        ("each example shifted", {"phase_shuffle_per_example": True}, 1),
    ):
        moves = []
        for strategy in (tf.distribute.get_strategy(), mirrored):
            keras.utils.set_random_seed(0)
            with strategy.scope():
                model = WaveGAN(256, 5, 3, num_classes=3, strides=(4, 4), **options)
                model.compile(
                    keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.01), critic_steps=2,
                    augment=["shift", "gain", "polarity", "mask"],
                    num_micro_batches=num_micro_batches,
                )  # fmt: skip
            start = flat(model.trainable_weights)
            model.fit(dataset_of(real, labels), verbose=0)
            moves.append(flat(model.trainable_weights) - start)
        results[name] = {"difference": _largest(*moves), "moved": float(np.abs(moves[0]).max())}
    results["num_draws"] = int(model.discriminator.get_layer("shuffle_0").num_draws.numpy())
    return results


def melgan(mirrored: tf.distribute.Strategy) -> dict:
    """Compare MelGAN with three kinds of judges, in parts of batches, after a warm-up."""
    from small_melgan import dataset_of_pairs, make_melgan

    moves = []
    for strategy in (tf.distribute.get_strategy(), mirrored):
        with strategy.scope():
            model = make_melgan(num_scales=1, mel_discriminator=True, periods=(2,))
            optimizers = (keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
            model.compile(
                *optimizers, mel_l1_weight=0.1, adversarial_start_step=1,
                num_micro_batches=2,
            )  # fmt: skip
        start = flat(model.trainable_weights)
        model.fit(dataset_of_pairs(3), verbose=0)
        moves.append(flat(model.trainable_weights) - start)
    return {"difference": _largest(*moves), "moved": float(np.abs(moves[0]).max())}


def mixed_float16(mirrored: tf.distribute.Strategy) -> dict:
    """Train two replicas in half precision, with both losses scaled."""
    keras.config.set_dtype_policy("mixed_float16")
    try:
        with mirrored.scope():
            model = make_toy(run_eagerly=False, adversarial_start_step=2, **WITH_TERMS)
        start = flat(model.trainable_weights)
        logs = train(model, make_waveforms(NUM_STEPS))
    finally:
        keras.config.set_dtype_policy("float32")
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    return {
        "moved": float(np.abs(flat(model.trainable_weights) - start).max()),
        "finite": bool(np.isfinite(list(logs.values())).all()),
        "iterations": _iterations(model),
        "scales": [float(optimizer.dynamic_scale.numpy()) for optimizer in optimizers],
    }


def draws(mirrored: tf.distribute.Strategy) -> dict:
    """Compare what two replicas draw for their halves of a batch with one draw for all."""

    @tf.function
    def draw():
        normal = tf.random.stateless_normal
        return draw_for_examples(normal, tf.constant(3), (2,), tf.constant([7, 8]))

    parts = [part.numpy() for part in mirrored.experimental_local_results(mirrored.run(draw))]
    whole = tf.random.stateless_normal([6, 2], seed=[7, 8]).numpy()
    return {"difference": _largest(np.concatenate(parts), whole)}


def _largest(one: np.ndarray, other: np.ndarray) -> float:
    """Largest absolute difference."""
    return float(np.abs(one - other).max())


def _iterations(model: keras.Model) -> list[int]:
    """Updates of the generator and of the discriminator."""
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    return [int(optimizer.iterations.numpy()) for optimizer in optimizers]


if __name__ == "__main__":
    main()
