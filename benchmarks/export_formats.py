"""Every family in every format that it exports to: size, what it loses, and how fast it is.

The quality is judged on recordings: an enhancer takes white noise
out of them, a vocoder makes them anew from their
mels, and a generator of sounds makes as many. Each result is compared with that of the Keras model
by the log-spectral distance, and where speech comes out by what DNSMOS says of it. Speed is that
of one second of sound, on a machine that may have other things to do.

    python benchmarks/export_formats.py --speech DIR [--model PATH ...] [--items 8] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from tfgan_audio.audio.io import find_audio, read_audio
from tfgan_audio.audio.resampling import resample
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.comparison import table_text
from tfgan_audio.evaluation.report import Table
from tfgan_audio.evaluation.signal_metrics import lsd
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.evaluation.speech_metrics import dnsmos
from tfgan_audio.files import write_json
from tfgan_audio.loading import load, load_trained
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.serving.backends import open_tflite
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.speed import measured_speed
from tfgan_audio.serving.tflite import LEAST_SNR_DB, export_tflite

Opened = Callable[[], object]
COLUMNS = {
    "size_mb": ("MB", 2),
    "max_difference": ("max error", 7),
    "snr_db": ("SNR dB", 1),
    "lsd": ("LSD", 4),
    "dnsmos_ovrl": ("DNSMOS change", 3),
    "first_call_ms": ("first ms", 0),
    "steady_call_ms": ("steady ms", 1),
    "rtf": ("RTF, 1 thread", 4),
    "rtf_2": ("2 threads", 4),
}


def export_all(model, folder: Path) -> dict[str, tuple[dict, dict[int, Opened]]]:
    """Export a model to every format; its figures, and what opens it by number of threads."""
    version = folder / "1"
    exports = {"SavedModel": (export_saved_model(model, version), {0: lambda: load(version)})}
    for weights in LEAST_SNR_DB:
        path = folder / f"{weights}.tflite"
        try:
            figures = export_tflite(model, path, weights, allow_loss=True)
        except InputError as error:
            print(error)
            continue
        openers = {num: lambda path=path, num=num: open_tflite(path, num) for num in (1, 2)}
        exports[f"TFLite {weights}"] = figures, openers
    return exports


def results(opened, recordings: list[np.ndarray]) -> tuple[list[np.ndarray], bool]:
    """What a model makes, at the rate of the scores, and whether that is speech."""
    rate = opened.sample_rate_hz
    if hasattr(opened, "generate"):
        made, is_speech = [sound[:, 0] for sound in opened.generate(len(recordings))], False
    elif hasattr(opened, "vocode"):
        chunks = [opened.copy_chunks([one[:, None]], SAMPLE_RATE_HZ) for one in recordings]
        made, is_speech = [np.concatenate(list(parts)) for parts in chunks], True
    else:
        draws, rate, is_speech = np.random.default_rng(0), SAMPLE_RATE_HZ, True
        noisy = [one + 0.02 * draws.standard_normal(one.shape) for one in recordings]
        made = [opened.enhance(one, SAMPLE_RATE_HZ) for one in noisy]
    return [resample(one, rate, SAMPLE_RATE_HZ) for one in made], is_speech


def measure(name: str, model_path: str | None, recordings: list[np.ndarray]) -> list[dict]:
    """Return the rows of one model."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model = load_trained(model_path) if model_path else SpecGAN()
        if model_path is None:
            model.spectrum.mean.assign(np.full(model.spectrum.mean.shape, -5.0))
        model.save(folder / "model.keras")
        expected, is_speech = results(load(folder / "model.keras"), recordings)
        quality = [dnsmos(one)["dnsmos_ovrl"] for one in expected] if is_speech else []
        rows = []
        for kind, (figures, openers) in export_all(model, folder).items():
            speeds = {num: measured_speed(opener()) for num, opener in openers.items()}
            first = speeds[min(speeds)]
            found, _ = results(openers[max(openers)](), recordings)
            row = {"model": name, "format": kind, "size_mb": figures["size_bytes"] / 1e6}
            row |= {key: figures.get(key) for key in ("max_difference", "snr_db")}
            row["lsd"] = float(np.mean([lsd(*pair) for pair in zip(expected, found)]))
            if is_speech:
                change = [dnsmos(one)["dnsmos_ovrl"] for one in found]
                row["dnsmos_ovrl"] = float(np.mean(change) - np.mean(quality))
            row |= {key: first[key] for key in ("first_call_ms", "steady_call_ms")}
            row["rtf"] = speeds[1]["real_time_factor"] if 1 in speeds else None
            row["rtf_2"] = speeds[max(speeds)]["real_time_factor"]
            rows.append(row)
            print(row, flush=True)
        return rows


def cells(row: dict) -> list[str]:
    """Return a row as text."""
    numbers = ((row.get(key), decimals) for key, (_, decimals) in COLUMNS.items())
    texts = ["-" if number is None else f"{number:.{decimals}f}" for number, decimals in numbers]
    return [f"{row['model']}, {row['format']}", *texts]


def main() -> None:
    """Measure every model, print a table and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--speech", type=Path, required=True, metavar="DIR")
    parser.add_argument("--model", action="append", default=[], metavar="PATH")
    parser.add_argument("--items", type=int, default=8)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    paths = find_audio(arguments.speech)[: arguments.items]
    recordings = [read_audio(path, SAMPLE_RATE_HZ, mono=True)[0][:, 0] for path in paths]
    models = {"default": "default", **{path: path for path in arguments.model}, "SpecGAN": None}
    rows = [row for name, path in models.items() for row in measure(name, path, recordings)]
    note = "SavedModels take all threads; the weights of the SpecGAN are drawn."
    heads = ("model, format", *(head for head, _ in COLUMNS.values()))
    print(table_text(Table("Formats", heads, [cells(row) for row in rows], note)))
    if arguments.json:
        write_json(arguments.json, {"items": len(recordings), "rows": rows})


if __name__ == "__main__":
    main()
