"""Speed of vocoders in every number format, beside the machine's own matrix products.

Each round renders a clip in every format and multiplies matrices of float32 and bfloat16, so that
what else the machine does meets all alike; medians over the rounds are shown, of the time that the
threads were at work, which hardly moves with the load of others. The share is that of the float32
matrix rate which the multiply-adds of the model reach. Weights are drawn, for speed does not
depend on them.

    python benchmarks/vocoder_speed.py
    python benchmarks/vocoder_speed.py --seconds 0.5 1 5 --threads 2 --json speed.json
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from tfgan_audio.files import write_json
from tfgan_audio.models.melgan_generator import build_generator
from tfgan_audio.models.melgan_sizes import MelGANSizes

MODELS = {
    "MelGAN": MelGANSizes(),
    "multi-band": MelGANSizes(
        base_channels=384, upsample_factors=(8, 4, 2), residual_layers=4, num_bands=4
    ),
}
SAMPLE_RATE_HZ, NUM_MELS, MATRIX, MATRICES = 22050, 80, 1024, 6
Render = Callable[[np.ndarray], np.ndarray]


def draw_generator(sizes: MelGANSizes) -> keras.Model:
    """Build a folded generator whose drawn weights keep the level of a signal."""
    generator = build_generator(sizes, NUM_MELS, weight_norm=False)
    draws = np.random.default_rng(0)
    for layer in generator.layers:
        if layer.weights:
            kernel, bias = layer.get_weights()
            num_inputs = kernel.size / layer.filters / (2 if "upsample" in layer.name else 1)
            drawn = draws.standard_normal(kernel.shape) / num_inputs**0.5
            layer.set_weights([drawn, np.zeros_like(bias)])
    return generator


def multiply_adds(generator: keras.Model, sizes: MelGANSizes) -> int:
    """Return those of the convolutions for one frame; the filters that join bands are left out."""
    rates = np.cumprod([1, *sizes.upsample_factors])
    total = 0
    for layer in generator.layers:
        if layer.weights:
            part, *stage = layer.name.split("_")
            index = {"first": 0, "last": len(rates) - 1}.get(part)
            if index is None:  # a transposed one works at the rate before it
                index = int(stage[0]) + (part == "residual")
            total += layer.kernel.shape.num_elements() * int(rates[index])
    return total


def in_tensorflow(generator: keras.Model) -> Render:
    """Return one graph for every length."""
    spec = tf.TensorSpec([None, None, NUM_MELS], tf.float32)
    render = tf.function(lambda mel: generator(mel, training=False), input_signature=[spec])
    return lambda mel: render(mel).numpy()


def in_bfloat16(generator: keras.Model, sizes: MelGANSizes) -> Render:
    """Return the same with convolutions in bfloat16."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = build_generator(sizes, NUM_MELS, weight_norm=False)
    keras.config.set_dtype_policy("float32")
    half.set_weights(generator.get_weights())
    return in_tensorflow(half)


def in_tflite(generator: keras.Model, num_threads: int, int8: bool) -> Render:
    """Convert a generator; int8 is the converter's dynamic kind."""
    spec = tf.TensorSpec([1, None, NUM_MELS], tf.float32)
    function = tf.function(lambda mel: generator(mel, training=False), input_signature=[spec])
    # With variables in it the file would read them one by one, and its kernels could not be packed.
    graph = convert_variables_to_constants_v2(function.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([graph])
    converter.optimizations = [tf.lite.Optimize.DEFAULT] if int8 else []
    interpreter = Interpreter(model_content=converter.convert(), num_threads=num_threads)
    place = interpreter.get_input_details()[0]["index"]

    def render(mel: np.ndarray) -> np.ndarray:
        if interpreter.get_input_details()[0]["shape"].tolist() != list(mel.shape):
            interpreter.resize_tensor_input(place, mel.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(place, mel)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

    return render


def open_formats(sizes: MelGANSizes, num_threads: int) -> tuple[dict[str, Render], int]:
    """Return one generator in every format, and its multiply-adds for a frame."""
    generator = draw_generator(sizes)
    formats = {
        "float32": in_tensorflow(generator),
        "bfloat16": in_bfloat16(generator, sizes),
        "TFLite float32": in_tflite(generator, num_threads, int8=False),
        "TFLite int8": in_tflite(generator, num_threads, int8=True),
    }
    return formats, multiply_adds(generator, sizes)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds in which threads were at work, and those that passed."""
    busy, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - busy, time.perf_counter() - wall


def matrix_products() -> dict[str, Callable[[], object]]:
    """Return some matrix products in each number format."""

    def products_of(dtype: tf.DType) -> Callable[[], object]:
        matrix = tf.cast(tf.random.normal([MATRIX, MATRIX]), dtype)
        multiply = tf.function(lambda: tf.linalg.matmul(matrix, matrix)).get_concrete_function()
        return lambda: [multiply() for _ in range(MATRICES)]

    return {dtype.name: products_of(dtype) for dtype in (tf.float32, tf.bfloat16)}


def snr_db(expected: np.ndarray, found: np.ndarray) -> float:
    """Return how far an error lies below the signal."""
    return float(10 * np.log10(np.mean(expected**2) / np.mean((found - expected) ** 2)))


def measure(all_seconds: list[float], num_rounds: int, num_threads: int) -> dict:
    """Return figures by model, length of the clip and format."""
    products, rows = matrix_products(), []
    rates = defaultdict(list)
    for name, sizes in MODELS.items():
        formats, multiply_adds_a_frame = open_formats(sizes, num_threads)
        for seconds in all_seconds:
            num_frames = round(seconds * SAMPLE_RATE_HZ / sizes.hop_samples)
            mel = np.random.default_rng(1).standard_normal([1, num_frames, NUM_MELS], np.float32)
            outputs = {kind: render(mel) for kind, render in formats.items()}  # warms up too
            times = {kind: [] for kind in formats}
            for _ in range(num_rounds):
                for kind, render in formats.items():
                    for dtype, multiply in products.items():
                        rates[dtype].append(2e-9 * MATRICES * MATRIX**3 / timed(multiply)[0])
                    times[kind].append((*timed(lambda: render(mel)), rates["float32"][-1]))
            audio_seconds = num_frames * sizes.hop_samples / SAMPLE_RATE_HZ
            for kind, of_kind in times.items():
                busy, wall, rate = np.transpose(of_kind)
                gflops = 2e-9 * multiply_adds_a_frame * num_frames / busy
                rows.append(
                    {
                        "model": name,
                        "audio_seconds": audio_seconds,
                        "format": kind,
                        "audio_per_cpu_second": audio_seconds / float(np.median(busy)),
                        "audio_per_cpu_second_best": audio_seconds / float(np.min(busy)),
                        "audio_per_second": audio_seconds / float(np.median(wall)),
                        "gflops": float(np.median(gflops)),
                        "share_of_float32_matmul": float(np.median(gflops) / np.median(rate)),
                        "snr_db": None
                        if kind == "float32"
                        else snr_db(outputs["float32"], outputs[kind]),
                    }
                )
                show(rows[-1])
    matmul = {f"{dtype}_matmul_gflops": float(np.median(rates[dtype])) for dtype in rates}
    return {"threads": num_threads, **matmul, "models": rows}


def show(row: dict) -> None:
    """Print one line of the table."""
    model, seconds, kind, busy, best, wall, gflops, share, snr = row.values()
    figures = f"{busy:>10.1f}{best:>8.1f}{wall:>8.1f}{gflops:>9.0f}{100 * share:>8.0f}"
    end = "" if snr is None else f"{snr:>8.1f}"
    print(f"{model:<12}{seconds:>6.2f}  {kind:<16}{figures}{end}", flush=True)


def main() -> None:
    """Measure, print a table, write JSON."""
    description, _, examples = (__doc__ or "").partition("\n    python")
    parser = argparse.ArgumentParser(
        description=description.splitlines()[0],
        epilog=f"examples:\n    python{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0], help="lengths of clips")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", dest="json_path", metavar="FILE", help="where to write figures")
    options = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    print(f"Seconds of audio per second of computing; {options.threads} threads.")
    print(
        f"{'model':<12}{'clip s':>6}  {'format':<16}{'median':>10}{'best':>8}{'wall':>8}"
        f"{'GFLOP/s':>9}{'share %':>8}{'SNR dB':>8}"
    )
    figures = measure(options.seconds, options.rounds, options.threads)
    for dtype in ("float32", "bfloat16"):
        print(f"{dtype} matrix product: {figures[f'{dtype}_matmul_gflops']:.0f} GFLOP/s")
    if options.json_path:
        write_json(options.json_path, figures)


if __name__ == "__main__":
    main()
