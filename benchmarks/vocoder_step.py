"""What a training step of the published MelGAN spends its time on.

The game is the paper's, hinge loss and feature matching, and two reconstruction terms are added to
it. Each part computes forwards and backwards by itself, from what the parts before it gave, so the
parts leave out only what the step computes between them. They run in turns, and what is taken is
the time that the threads were at work; the wait for data is by the clock, in a training on segments
of recordings that are held in memory.

    python benchmarks/vocoder_step.py
    python benchmarks/vocoder_step.py --rounds 5 --threads 2 --json FILE
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.vocoder_source import SpeechSegments
from tfgan_audio.losses.feature_matching import feature_matching
from tfgan_audio.losses.judgement import over_scales, scores_of
from tfgan_audio.models.melgan import MelGAN

SEGMENT_SAMPLES, NUM_CLIPS, CLIP_SECONDS = 8192, 20, 5
MEL_L1_WEIGHT, STFT_WEIGHT = 45.0, 1.0


def made_model() -> MelGAN:
    """Return the model of the paper, compiled with reconstruction terms."""
    model = MelGAN()
    model.compile(mel_l1_weight=MEL_L1_WEIGHT, multi_resolution_stft_weight=STFT_WEIGHT)
    return model


def segments(model: MelGAN) -> SpeechSegments:
    """Return segments of drawn recordings."""
    rate_hz, draws = model.sample_rate_hz, np.random.default_rng(0)
    drawn = draws.normal(0, 0.1, [NUM_CLIPS, CLIP_SECONDS * rate_hz, 1]).astype(np.float32)
    names = [f"{index}.wav" for index in range(NUM_CLIPS)]
    clips = [Clip(name, Path(name), label="") for name in names]
    held = MemoryClips(zip(clips, drawn), rate_hz)
    return SpeechSegments(held, model.features, SEGMENT_SAMPLES, gain=(0.3, 1.0))


def parts_of(model: MelGAN, mel: tf.Tensor, real: tf.Tensor) -> dict[str, Callable[[], object]]:
    """Return each part of a step, on one batch."""
    generator, discriminator, game = model.generator, model.discriminator, model.objective
    fake = generator(mel, training=True)
    judged_real, judged_fake = (discriminator(each, training=True) for each in (real, fake))
    slopes = tf.nest.map_structure(tf.ones_like, judged_fake)

    def generate():
        with tf.GradientTape() as tape:
            outputs = generator(mel, training=True)
        return tape.gradient(outputs, generator.trainable_variables, tf.ones_like(outputs))

    def judge_both():
        with tf.GradientTape() as tape:
            scores = [scores_of(discriminator(each, training=True)) for each in (real, fake)]
        return tape.gradient(scores, discriminator.trainable_variables)

    def judge_fake():
        with tf.GradientTape() as tape:
            tape.watch(fake)
            judgement = discriminator(fake, training=True)
        return tape.gradient(judgement, fake, slopes)

    def compare_features():
        with tf.GradientTape() as tape:
            tape.watch(judged_fake)
            loss = over_scales(game.generator, judged_fake)
            loss += feature_matching(judged_real, judged_fake)
        with tf.GradientTape() as other:
            other.watch([judged_real, judged_fake])
            both = over_scales(game.discriminator, judged_real, judged_fake)
        zero = tf.UnconnectedGradients.ZERO
        return (
            tape.gradient(loss, judged_fake, unconnected_gradients=zero),
            other.gradient(both, [judged_real, judged_fake], unconnected_gradients=zero),
        )

    def compare_spectra():
        with tf.GradientTape() as tape:
            tape.watch(fake)
            terms = model.reconstruction_terms({"mel": mel, "real": real}, fake)
            loss = tf.add_n([model.term_weights[name] * term for name, term in terms.items()])
        return tape.gradient(loss, fake)

    def optimize():
        for network, optimizer in (
            (generator, model.generator_optimizer),
            (discriminator, model.discriminator_optimizer),
        ):
            variables = network.trainable_variables
            optimizer.apply([tf.zeros_like(variable) for variable in variables], variables)

    parts = {
        "generator": generate,
        "discriminators, own update": judge_both,
        "discriminators, generator's": judge_fake,
        "losses on scores and features": compare_features,
        "losses on spectra": compare_spectra,
        "optimizers": optimize,
    }
    return {name: tf.function(part) for name, part in parts.items()}


def measure(batch_size: int, num_rounds: int) -> dict[str, dict[str, float]]:
    """Return CPU seconds of a step, of its parts and of its data, and the wait for these."""
    model = made_model()
    source = segments(model)
    batch = tuple(tf.constant(array) for array in source.batch(0, batch_size))
    step = tf.function(model.train_step)
    parts = parts_of(model, *batch)
    cases = {"whole step": lambda: step(batch), **parts}
    cases["data, beside it"] = lambda: source.batch(1, batch_size)
    seconds = {name: [] for name in cases}
    for round_index in range(num_rounds + 1):
        for name, work in cases.items():
            start = time.process_time()
            work()
            if round_index:  # the first traces
                seconds[name].append(time.process_time() - start)
    medians = {name: float(np.median(values)) for name, values in seconds.items()}
    whole = medians["whole step"]
    medians["rest of the step"] = whole - sum(medians[name] for name in parts)
    waited, passed = waiting(step, source, batch_size, num_rounds)
    rows = {name: {"cpu_seconds": value, "share": value / whole} for name, value in medians.items()}
    rows["wait for data, by the clock"] = {"seconds": waited, "share": waited / passed}
    return rows


def waiting(
    step: Callable, source: SpeechSegments, batch_size: int, num_steps: int
) -> tuple[float, float]:
    """Return for how long a step waits for its data, and how long it is with that."""
    batches = iter(make_dataset(source, batch_size))
    next(batches)
    waits, start = [], time.perf_counter()
    for _ in range(num_steps):
        asked = time.perf_counter()
        batch = next(batches)
        waits.append(time.perf_counter() - asked)
        tf.nest.map_structure(lambda log: log.numpy(), step(batch))
    return float(np.mean(waits)), (time.perf_counter() - start) / num_steps


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    rows = measure(arguments.batch, arguments.rounds)
    for name, row in rows.items():
        seconds, share = row.values()
        print(f"{name:<30}{seconds:>9.4f} s{100 * share:>8.2f} %")
    if arguments.json:
        from tfgan_audio.files import write_json

        write_json(arguments.json, rows)


if __name__ == "__main__":
    main()
