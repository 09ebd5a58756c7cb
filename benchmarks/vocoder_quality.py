"""Quality of vocoders beside Griffin-Lim from the same mel spectrograms, on held-out recordings.

Every recording is made anew from its mel spectrogram alone, and compared with the original at
16 kHz where it stands. "original" went through the change of rate only: the best there could be.
Griffin-Lim (32 iterations with momentum 0.99, magnitudes by non-negative least squares) starts from
the mel of every kind that a model takes. Scores that compare with the original and scores that
predict a listener without it disagree on vocoders: both are shown.

    python benchmarks/vocoder_quality.py --speech DIR [--model PATH ...] [--features PRESET]
        [--items 24] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from tfgan_audio.audio.features import PRESETS, MelFeatures
from tfgan_audio.audio.io import find_audio, read_audio
from tfgan_audio.audio.resampling import resample
from tfgan_audio.audio.spectral import log_mel, mel_filters
from tfgan_audio.evaluation.comparison import table_text
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.report import Table, format_score
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.evaluation.selection import select_metrics
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.files import write_json
from tfgan_audio.loading import load

NUM_ITERATIONS = 32

Copy = Callable[[np.ndarray], np.ndarray]  # [T] at the rate of the features -> [T'] at that rate


def griffin_lim(mel: np.ndarray, features: MelFeatures) -> np.ndarray:
    """Return a waveform with nearly this mel, [F, M] -> [F * hop]."""
    import librosa

    if features.mean is not None:
        mel = mel * np.asarray(features.scale) + np.asarray(features.mean)
    linear = 10.0**mel if features.log_base == "10" else np.exp(mel)
    spectrum = librosa.util.nnls(mel_filters(features), linear.T) ** (1 / features.power)
    waveform = librosa.griffinlim(
        spectrum,
        n_iter=NUM_ITERATIONS,
        hop_length=features.hop_samples,
        win_length=features.window_samples,
        n_fft=features.fft_samples,
        center=False,
        random_state=0,
    )
    start = features.pad_samples
    return waveform[start : start + len(mel) * features.hop_samples]


def open_systems(
    model_paths: list[Path], features: MelFeatures
) -> dict[str, tuple[MelFeatures, Copy]]:
    """Open every model, and Griffin-Lim for each kind of mel."""
    models = {str(path): load(path, "vocode") for path in model_paths}
    kinds = {model.features.fingerprint(): model.features for model in models.values()}
    kinds = kinds or {features.fingerprint(): features}
    systems: dict[str, tuple[MelFeatures, Copy]] = {}
    for index, kind in enumerate(kinds.values()):
        of_kind = f", mel {index + 1}" if len(kinds) > 1 else ""
        systems[f"original{of_kind}"] = kind, lambda waveform: waveform
        systems[f"Griffin-Lim{of_kind}"] = (
            kind,
            lambda waveform, kind=kind: griffin_lim(_mel(waveform, kind), kind),
        )
    for name, model in models.items():
        systems[name] = (
            model.features,
            lambda waveform, model=model: model.vocode(
                _mel(waveform, model.features), quiet_ends=True
            ),
        )
    return systems


def _mel(waveform: np.ndarray, features: MelFeatures) -> np.ndarray:
    """Log-mel, [T] -> [F, M]."""
    return log_mel(waveform[None], features).numpy()[0]


def score_system(features: MelFeatures, copy: Copy, paths: list[Path]) -> Scores:
    """Copy every recording, and score the copies at 16 kHz."""
    pairs = {}
    for path in paths:
        waveform, rate_hz = read_audio(path, mono=True)
        original = resample(waveform[:, 0], rate_hz, features.sample_rate_hz)
        sides = original, np.clip(copy(original), -1, 1)
        pairs[path.stem] = tuple(
            resample(side, features.sample_rate_hz, SAMPLE_RATE_HZ) for side in sides
        )
    metrics, _ = select_metrics("vocoder")
    return score_pairs(pairs, metrics, num_workers=2, max_lag_ms=0)


def print_tables(results: dict[str, Scores]) -> None:
    """Print what compares with the original, and what does not."""
    metrics = next(iter(results.values())).metrics
    for needs_reference, title in ((True, "Against the original"), (False, "Without it")):
        names = [name for name in metrics if METRICS[name].needs_reference is needs_reference]
        rows = [
            [system, *(format_score(name, scores.mean(name)) for name in names)]
            for system, scores in results.items()
        ]
        columns = ["", *(METRICS[name].label for name in names)]
        print(f"\n{title}\n{table_text(Table(title, columns, rows))}")


def main() -> None:
    """Copy, score, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speech", type=Path, required=True, help="folder of recordings")
    parser.add_argument(
        "--model", type=Path, nargs="*", default=[], help="runs or .keras files of vocoders"
    )
    parser.add_argument(
        "--features", choices=PRESETS, default="melgan_official", help="mel without a model"
    )
    parser.add_argument("--items", type=int, default=24, help="recordings, evenly spread")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    found = find_audio(arguments.speech)
    chosen = np.linspace(0, len(found) - 1, min(arguments.items, len(found))).round().astype(int)
    paths = [found[index] for index in chosen]
    systems = open_systems(arguments.model, MelFeatures.preset(arguments.features))
    results = {name: score_system(*system, paths) for name, system in systems.items()}
    print(f"{len(paths)} recordings of {arguments.speech}")
    print_tables(results)
    if arguments.json:
        figures = {name: scores.as_dict() for name, scores in results.items()}
        write_json(arguments.json, {"num_items": len(paths), "systems": figures})


if __name__ == "__main__":
    main()
