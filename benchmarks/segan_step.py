"""Time and peak memory of one training step of the full-size SEGAN and SEGAN+.

Every case runs in a process of its own, whose largest resident size is its peak. The batches of the
papers, 100 and 300, are calculated: seconds and bytes grow by a fixed amount for each example that
is computed at once, and seconds by one for each part, which the measured batches tell.

    python benchmarks/segan_step.py [--variants segan segan_plus] [--steps 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# (batch size, micro-batches): two at once and two in parts of 8, from which others are calculated.
CASES = ((1, 1), (8, 1), (16, 2), (24, 3))
EXAMPLES_IN_A_PART = 10
PUBLISHED_BATCHES = (100, 300)


def run_case(variant: str, batch_size: int, num_micro_batches: int, num_steps: int) -> dict:
    """Train some steps in this process."""
    import keras
    import numpy as np
    import tensorflow as tf

    from tfgan_audio.models.segan import SEGAN

    class Clock(keras.callbacks.Callback):
        times = [time.perf_counter()]

        def on_train_batch_end(self, batch, logs=None):
            self.times.append(time.perf_counter())

    model = SEGAN(variant)
    model.compile(num_micro_batches=num_micro_batches)
    built = peak_bytes()
    draws = np.random.default_rng(0)
    shape = [batch_size, model.sizes.slice_samples, 1]
    pair = [draws.normal(0, 0.1, shape).astype(np.float32) for _ in range(2)]
    dataset = tf.data.Dataset.from_tensors(tuple(pair)).repeat(num_steps + 1)
    model.fit(dataset, verbose=0, callbacks=[Clock()])
    return {
        "variant": variant,
        "batch_size": batch_size,
        "num_micro_batches": num_micro_batches,
        "seconds": float(np.median(np.diff(Clock.times[1:]))),
        "peak_bytes": peak_bytes(),
        "bytes_before_training": built,
    }


def peak_bytes() -> int:
    """Return the largest resident size that this process has had."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else 1024 * size


def measure(variant: str, num_steps: int) -> list[dict]:
    """Run each case in a process of its own, then calculate the published batches."""
    rows = []
    for batch_size, num_micro_batches in CASES:
        case = [variant, str(batch_size), str(num_micro_batches), str(num_steps)]
        command = [sys.executable, __file__, "--case", *case]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        show(rows[-1])
    for batch_size in PUBLISHED_BATCHES:
        for num_micro_batches in (1, batch_size // EXAMPLES_IN_A_PART):
            rows.append(calculated(rows, batch_size, num_micro_batches))
            show(rows[-1])
    return rows


def calculated(rows: list[dict], batch_size: int, num_micro_batches: int) -> dict:
    """Return the figures of another batch from those of the measured cases."""
    one, eight, two_parts, three_parts = rows[: len(CASES)]
    each = {key: (eight[key] - one[key]) / 7 for key in ("seconds", "peak_bytes")}
    if num_micro_batches == 1:
        figures = {key: one[key] + each[key] * (batch_size - 1) for key in each}
    else:
        num_more = batch_size // num_micro_batches - 8
        part_seconds = three_parts["seconds"] - two_parts["seconds"] + each["seconds"] * num_more
        fixed_seconds = 3 * two_parts["seconds"] - 2 * three_parts["seconds"]
        figures = {
            "seconds": fixed_seconds + part_seconds * num_micro_batches,
            "peak_bytes": three_parts["peak_bytes"] + each["peak_bytes"] * num_more,
        }
    return {
        "variant": one["variant"],
        "batch_size": batch_size,
        "num_micro_batches": num_micro_batches,
        **figures,
        "is_calculated": True,
    }


def show(row: dict) -> None:
    """Print one line of the table."""
    print(
        f"{row['variant']:>10} {row['batch_size']:>6} {row['num_micro_batches']:>6} "
        f"{row['seconds']:>9.2f} {row['peak_bytes'] / 1e9:>8.2f} "
        f"{'calculated' if row.get('is_calculated') else 'measured'}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variants", nargs="+", default=["segan", "segan_plus"])
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--case", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        variant, *numbers = arguments.case
        print(json.dumps(run_case(variant, *map(int, numbers))))
        return
    print(f"{'variant':>10} {'batch':>6} {'parts':>6} {'s/step':>9} {'peak GB':>8}")
    rows = [row for variant in arguments.variants for row in measure(variant, arguments.steps)]
    if arguments.json:
        from tfgan_audio.files import write_json

        write_json(arguments.json, rows)


if __name__ == "__main__":
    main()
