"""Real-time factor of the streaming enhancer on one thread, in every runtime.

Each round streams some seconds through every runtime with every chunk size and multiplies matrices,
so that what else the machine does meets all alike; medians over the rounds are shown. CPU seconds
stand beside wall seconds: they hardly move with the load of others.

    python benchmarks/enhancer_speed.py [--model RUN] [--seconds 5] [--rounds 9] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from tfgan_audio.files import write_json
from tfgan_audio.loading import load, load_trained
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.tflite import export_tflite

CHUNKS = (256, 4096)
MATRIX = 1024


def open_runtimes(model_path: str | None, folder: Path) -> dict[str, Enhancer]:
    """Return one model in every runtime."""
    model = load_trained(model_path) if model_path else SEGAN("causal")
    export_saved_model(model, folder / "1")
    export_tflite(model, folder / "a.tflite")
    return {
        "Keras": Enhancer(model.stream, model.sample_rate_hz),
        "SavedModel": load(folder / "1"),
        "TFLite": load(folder / "a.tflite"),
    }


def stream_through(enhancer: Enhancer, waveform: np.ndarray, chunk_samples: int) -> None:
    """Process a signal chunk by chunk."""
    stream = enhancer.stream()
    for start in range(0, len(waveform), chunk_samples):
        stream.process(waveform[start : start + chunk_samples])


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(runtimes: dict[str, Enhancer], seconds: float, num_rounds: int) -> dict:
    """Return medians over the rounds, by runtime and chunk size."""
    matrix = tf.random.normal([MATRIX, MATRIX])
    multiply = tf.function(lambda: tf.linalg.matmul(matrix, matrix)).get_concrete_function()
    draws, walls, cpus, rates = np.random.default_rng(0), defaultdict(list), defaultdict(list), []
    for index in range(num_rounds + 1):  # the first one warms up
        for name, enhancer in runtimes.items():
            num_samples = int(seconds * enhancer.sample_rate_hz)
            waveform = (0.1 * draws.standard_normal(num_samples)).astype(np.float32)
            for chunk in CHUNKS:
                wall, cpu = timed(lambda: stream_through(enhancer, waveform, chunk))
                if index:
                    walls[name, chunk].append(wall / seconds)
                    cpus[name, chunk].append(cpu / seconds)
        wall, _ = timed(lambda: [multiply() for _ in range(10)])
        if index:
            rates.append(10 * 2 * MATRIX**3 / wall / 1e9)
    rows = [
        {
            "runtime": name,
            "chunk_samples": chunk,
            "real_time_factor": float(np.median(walls[name, chunk])),
            "real_time_factor_best": float(np.min(walls[name, chunk])),
            "cpu_per_audio_second": float(np.median(cpus[name, chunk])),
        }
        for name, chunk in walls
    ]
    return {"float32_matmul_gflops": float(np.median(rates)), "runtimes": rows}


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", help="run folder or .keras file; untrained without")
    parser.add_argument("--seconds", type=float, default=5.0, help="of audio in a round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", dest="json_path", help="file to write the figures to")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        runtimes = open_runtimes(options.model, Path(folder))
        figures = measure(runtimes, options.seconds, options.rounds)
    rate = figures["float32_matmul_gflops"]
    print(f"One thread; float32 matrix product {rate:.0f} GFLOP/s. Seconds per second of audio:")
    print(f"{'runtime':<12}{'chunk':>6}{'median':>9}{'best':>9}{'CPU':>9}")
    for row in figures["runtimes"]:
        name, chunk, *numbers = row.values()
        print(f"{name:<12}{chunk:>6}" + "".join(f"{number:>9.4f}" for number in numbers))
    if options.json_path:
        write_json(options.json_path, figures)


if __name__ == "__main__":
    main()
