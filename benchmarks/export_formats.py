"""Models in every format that `tfgan-audio export` writes: size, what it loses, how fast it is.

The figures are those that the verb itself writes beside an artefact. Enhancers are tried on speech
in white noise, vocoders on speech; generators of sounds make eight. Models that are not given have
weights that are drawn, which say nothing about quality. Speed is that of one second of sound, on a
machine that may have other things to do.

    python benchmarks/export_formats.py --speech DIR [MODEL ...] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import tfgan_audio as tga
from tfgan_audio.audio.io import find_audio, read_audio, write_audio
from tfgan_audio.cli.export import command
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.comparison import table_text
from tfgan_audio.evaluation.report import Table
from tfgan_audio.files import write_json
from tfgan_audio.loading import load
from tfgan_audio.serving.tflite import LEAST_SNR_DB

RATE_HZ = 16_000
NUM_RECORDINGS = 8
SNR_DB = 5.0
COLUMNS = {
    "size_bytes": ("MB", 1e-6, "{:.2f}"),
    "max_difference": ("max error", 1, "{:.0e}"),
    "snr_db": ("SNR dB", 1, "{:.0f}"),
    "dnsmos_ovrl_change": ("DNSMOS", 1, "{:+.3f}"),
    "lsd": ("LSD dB", 1, "{:.3f}"),
    "first_call_ms": ("first ms", 1, "{:.0f}"),
    "steady_call_ms": ("steady ms", 1, "{:.1f}"),
    "rtf": ("RTF, 1 thread", 1, "{:.4f}"),
    "rtf_2": ("RTF, 2 threads", 1, "{:.4f}"),
}


def drawn_models() -> dict[str, keras.Model]:
    """Return a model of each family whose published sizes are small enough, weights drawn."""
    keras.utils.set_random_seed(0)
    specgan = tga.SpecGAN()
    specgan.spectrum.mean.assign(np.full(specgan.spectrum.mean.shape, -5.0))
    return {"SEGAN+": tga.SEGAN(variant="segan_plus"), "WaveGAN": tga.WaveGAN(), "SpecGAN": specgan}


def noisy_recordings(speech: Path, folder: Path) -> Path:
    """Write recordings with white noise at one ratio."""
    rng = np.random.default_rng(0)
    for path in find_audio(speech)[:NUM_RECORDINGS]:
        clean = read_audio(path, RATE_HZ, mono=True)[0]
        level = np.sqrt(np.mean(np.square(clean))) * 10 ** (-SNR_DB / 20)
        noise = rng.standard_normal(clean.shape) * level
        write_audio(folder / f"{path.stem}.wav", (clean + noise).clip(-1, 1), RATE_HZ)
    return folder


def exported(model: str, kind: str, weights: str, data: Path | None, folder: Path) -> dict:
    """Export once by the verb; its figures."""
    place = folder / ("1" if kind == "saved_model" else f"{weights}.tflite")
    figures = folder / "figures.json"
    words = [model, str(place), "--format", kind, "--json", str(figures)]
    words += ["--weights", weights] if kind == "tflite" else []
    words += ["--allow-loss"] if weights != "float32" else []
    words += ["--data", str(data)] if data is not None else []
    command.main(words, standalone_mode=False)
    told = json.loads(figures.read_text())
    speeds = list(told.pop("speed").values())
    told |= speeds[0] | {"rtf_2": speeds[-1]["real_time_factor"]}
    return told | ({"rtf": speeds[0]["real_time_factor"]} if len(speeds) > 1 else {})


def measure(name: str, model: str, speech: Path, noisy: Path) -> list[dict]:
    """Return the rows of one model; formats that it does not have are told and left out."""
    opened, rows = load(model), []
    data = noisy if hasattr(opened, "enhance") else speech if hasattr(opened, "vocode") else None
    for weights in ("saved_model", *LEAST_SNR_DB):
        kind = "saved_model" if weights == "saved_model" else "tflite"
        with tempfile.TemporaryDirectory() as folder:
            try:
                settings = "float32" if kind == "saved_model" else weights
                figures = exported(model, kind, settings, data, Path(folder))
            except InputError as error:
                print(f"{name}, {weights}: {error}", flush=True)
                continue
        title = "SavedModel" if kind == "saved_model" else f"TFLite {weights}"
        rows.append({"model": name, "artefact": title, **figures})
    return rows


def cells(row: dict) -> list[str]:
    """Return a row as text."""
    texts = [
        form.format(row[key] * unit) if key in row else "-"
        for key, (_, unit, form) in COLUMNS.items()
    ]
    return [f"{row['model']}, {row['artefact']}", *texts]


def main() -> None:
    """Measure every model, print a table and write JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--speech", type=Path, required=True, metavar="DIR")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        noisy = Path(temporary) / "noisy"
        noisy.mkdir()
        noisy_recordings(arguments.speech, noisy)
        models = {path: path for path in ("default", *arguments.models)}
        for name, model in drawn_models().items():
            models[name] = str(Path(temporary) / f"{name}.keras")
            model.save(models[name])
        rows = [
            row
            for name, path in models.items()
            for row in measure(name, path, arguments.speech, noisy)
        ]
    note = "SavedModels take all threads; +, WaveGAN and SpecGAN have weights that are drawn."
    heads = ("model, format", *(head for head, *_ in COLUMNS.values()))
    print(table_text(Table("Formats", heads, [cells(row) for row in rows], note)))
    if arguments.json:
        write_json(arguments.json, {"num_recordings": NUM_RECORDINGS, "rows": rows})


if __name__ == "__main__":
    main()
