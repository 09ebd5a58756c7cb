"""An hour through the streaming enhancer as TFLite file, against Keras on the hour at once.

The hour is made of recordings one behind the other with white noise at changing levels. It goes
through block by block on one thread. Shown are, for each tenth, the largest difference from Keras
and the real-time factor, and the memory that the process holds. Keras takes several minutes and
some gigabytes.

    python benchmarks/stream_an_hour.py --speech DIR [--model RUN] [--minutes 60] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from tqdm import tqdm

from tfgan_audio.audio.io import find_audio, read_audio
from tfgan_audio.files import write_json
from tfgan_audio.loading import load_trained
from tfgan_audio.serving.backends import open_tflite
from tfgan_audio.serving.tflite import export_tflite

NUM_PARTS = 10


def noisy_speech(folder: Path, num_samples: int, rate_hz: int) -> np.ndarray:
    """Return recordings one behind the other, over and over, in noise."""
    rng, parts, missing = np.random.default_rng(0), [], num_samples
    clips = [read_audio(path, rate_hz, mono=True)[0][:, 0] for path in find_audio(folder)[:200]]
    while missing > 0:
        clip = clips[rng.integers(len(clips))][:missing]
        noise = rng.standard_normal(len(clip)) * 10 ** rng.uniform(-3.0, -1.0)
        parts.append((clip + noise).clip(-1, 1).astype(np.float32))
        missing -= len(clip)
    return np.concatenate(parts)


def resident_mb() -> float:
    """Return what the process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def streamed(enhancer, noisy: np.ndarray) -> tuple[np.ndarray, list[dict]]:
    """Return what comes out of a stream of single blocks, and figures of each tenth."""
    stream, made, rows = enhancer.stream(), [], []
    hop = stream.hop_samples
    for part in np.array_split(np.arange(0, len(noisy), hop), NUM_PARTS):
        wall, cpu = time.perf_counter(), time.process_time()
        for start in tqdm(part, disable=None, leave=False):
            made.append(stream.process(noisy[start : start + hop]))
        seconds = len(part) * hop / enhancer.sample_rate_hz
        rows.append(
            {
                "real_time_factor": (time.perf_counter() - wall) / seconds,
                "cpu_real_time_factor": (time.process_time() - cpu) / seconds,
                "resident_mb": resident_mb(),
            }
        )
    return np.concatenate([*made, stream.flush()]), rows


def main() -> None:
    """Stream, compare and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speech", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", default="default", metavar="RUN")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    model = load_trained(arguments.model)
    num_samples = int(arguments.minutes * 60 * model.sample_rate_hz)
    noisy = noisy_speech(arguments.speech, num_samples, model.sample_rate_hz)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "enhancer.tflite"
        export_tflite(model, path)
        made, rows = streamed(open_tflite(path, 1), noisy)
    expected = model.enhance(noisy[None, :, None])[0, :, 0]
    for row, part in zip(rows, np.array_split(np.abs(made - expected), NUM_PARTS)):
        row["max_difference"] = float(part.max())
    print(f"{'minutes':>8} {'max difference':>15} {'real time':>10} {'CPU':>7} {'MB':>7}")
    for index, row in enumerate(rows, start=1):
        print(
            f"{arguments.minutes * index / NUM_PARTS:8.1f} {row['max_difference']:15.1e} "
            f"{row['real_time_factor']:10.4f} {row['cpu_real_time_factor']:7.4f} "
            f"{row['resident_mb']:7.0f}"
        )
    if arguments.json:
        write_json(arguments.json, {"minutes": arguments.minutes, "parts": rows})


if __name__ == "__main__":
    main()
