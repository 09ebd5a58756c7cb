"""A model server under load: many clients, models of three families, versions swapped.

Each answer is compared with what its version gives in a session of this process. Requests for what
is not there are mixed in, and are to fail. The server is a process of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.cli.options import json_option, write_json
from tfgan_audio.loading import load_trained
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.serving.client.client import Client
from tfgan_audio.serving.saved_model import export_saved_model, run_in_session
from tfgan_audio.serving.status import StatusError

RATE_HZ = 16_000
HOP_SAMPLES = 256
LIMIT = 1e-5
LOUD = {"small_enhancer": 3.0, "vocoder": 1.4, "drums": 3.0}  # drawn weights give next to nothing


@dataclass(frozen=True)
class Question:
    """What a client may ask, and what each version answers."""

    name: str
    signature: str
    inputs: dict[str, np.ndarray]
    output: str
    seconds_of_sound: float
    answers: list[np.ndarray] = field(default_factory=list)


@dataclass
class Tally:
    """What the clients have seen."""

    latencies: list[float] = field(default_factory=list)
    seconds_of_sound: float = 0.0
    answers: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def make_versions(folder: Path) -> dict[str, list[Path]]:
    """Export two versions of each model, to be published in turn."""
    features = MelFeatures(sample_rate_hz=RATE_HZ, hop_samples=HOP_SAMPLES, num_mels=80)
    kinds = {
        "enhancer": lambda: load_trained("default"),
        "small_enhancer": lambda: SEGAN(channels=16, dilations=(1, 4), discriminator_channels=4),
        "vocoder": lambda: MelGAN(
            features=features, base_channels=192, num_bands=4, upsample_factors=(8, 4, 2)
        ),
        "drums": lambda: WaveGAN(base_channels=16),
    }
    versions = {}
    for name, make in kinds.items():
        versions[name] = [folder / f"{name}-{index}" for index in range(2)]
        weights = make().generator.get_weights()
        for path, share in zip(versions[name], (LOUD.get(name, 1.0), 0.9)):
            model = make()
            model.generator.set_weights([share * one for one in weights])
            export_saved_model(model, path)
    return versions


def make_questions(versions: dict[str, list[Path]]) -> list[Question]:
    """Compute what each version makes of inputs of several lengths, without a server."""
    draws, questions = np.random.default_rng(1), []
    for length in (400, 4_000, 16_000, 64_000):
        noisy = draws.uniform(-0.5, 0.5, [1, length, 1]).astype(np.float32)
        for name in ("enhancer", "small_enhancer"):
            seconds = length / RATE_HZ
            questions.append(Question(name, "enhance", {"noisy": noisy}, "enhanced", seconds))
    for num_frames in (1, 30, 120):
        mel = draws.uniform(-4.0, -1.0, [1, num_frames, 80]).astype(np.float32)
        seconds = num_frames * HOP_SAMPLES / RATE_HZ
        questions.append(Question("vocoder", "vocode", {"mel": mel}, "waveform", seconds))
    for num in (1, 3):
        latents = draws.uniform(-1.0, 1.0, [num, 100]).astype(np.float32)
        seconds = num * 16_384 / RATE_HZ
        questions.append(Question("drums", "generate", {"latents": latents}, "waveform", seconds))
    for question in questions:
        for path in versions[question.name]:
            outputs = run_in_session(path, question.signature, question.inputs)
            question.answers.append(outputs[question.output])
        if not np.abs(question.answers[0] - question.answers[1]).max() > 10 * LIMIT:
            raise AssertionError(f"{question.name}: the versions are too much alike")
    return questions


def ask(address: str, questions: list[Question], seed: int, until: float, tally: Tally) -> None:
    """Ask for one thing after the other, as one client."""
    draws = np.random.default_rng(seed)
    with Client(address, timeout_seconds=120.0, retry_seconds=0.001) as client:
        while time.monotonic() < until:
            question = questions[draws.integers(len(questions))]
            is_missing = draws.random() < 0.05
            start = time.monotonic()
            try:
                outputs = client.predict(
                    question.name,
                    question.inputs,
                    question.signature,
                    version=10**6 if is_missing else None,
                )
            except StatusError as error:
                fault = "" if is_missing and error.code == "NOT_FOUND" else str(error)
                key = "refused as expected"
            else:
                found = [
                    index
                    for index, answer in enumerate(question.answers)
                    if np.abs(answer - outputs[question.output]).max() <= LIMIT
                ]
                fault = "" if found and not is_missing else "a wrong answer"
                key = f"{question.name} weights {found[0]}" if found else "wrong"
            with tally.lock:
                if fault:
                    tally.faults.append(f"{question.name} {question.seconds_of_sound} s: {fault}")
                    continue
                tally.answers[key] += 1
                if not is_missing:
                    tally.latencies.append(time.monotonic() - start)
                    tally.seconds_of_sound += question.seconds_of_sound


def publish(source: Path, base_path: Path, number: int, broken: bool = False) -> None:
    """Publish a version in one move, and drop those that are three behind."""
    partial = base_path / f".{number}"
    shutil.copytree(source, partial)
    if broken:
        (partial / "variables" / "variables.index").write_bytes(b"cut")
    partial.rename(base_path / str(number))
    shutil.rmtree(base_path / str(number - 3), ignore_errors=True)


def resident_mb(pid: int) -> float:
    """Memory of a process in MB."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024


def measure(num_clients: int, seconds: float, swap_seconds: float, rest_share: float) -> dict:
    """Run the load and return the figures."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as served:
        versions = make_versions(Path(made))
        questions = make_questions(versions)
        for name, paths in versions.items():
            (Path(served) / name).mkdir()
            publish(paths[0], Path(served) / name, 1)
        command = [sys.executable, "-m", "tfgan_audio", "serve", served]
        process = subprocess.Popen(
            [*command, "--grpc-port", "0", "--rest-port", "0"], stdout=subprocess.PIPE, text=True
        )
        line = process.stdout.readline()
        grpc_address, rest_address = re.search(r"gRPC (\S+), REST (\S+);", line).groups()
        tally, until, memory = Tally(), time.monotonic() + seconds, []
        threads = [
            threading.Thread(
                target=ask,
                args=[
                    rest_address if index < rest_share * num_clients else grpc_address,
                    questions, index, until, tally,
                ],
            )
            for index in range(num_clients)
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        number, next_swap = 1, time.monotonic() + swap_seconds
        with tqdm(total=round(seconds), unit="s") as bar:
            while time.monotonic() < until:
                time.sleep(1.0)
                bar.update()
                memory.append(resident_mb(process.pid))
                if time.monotonic() > next_swap:
                    number, next_swap = number + 1, next_swap + swap_seconds
                    for name, paths in versions.items():
                        publish(
                            paths[2 * number // 3 % 2], Path(served) / name, number, number % 3 == 0
                        )
        for thread in threads:
            thread.join()
        process.terminate()
        process.wait(60)
    return figures(tally, seconds, memory, number)


def figures(tally: Tally, seconds: float, memory: list[float], num_versions: int) -> dict:
    """Sum up."""
    half = len(memory) // 2
    p50, p95, p99 = np.percentile(tally.latencies, [50, 95, 99])
    return {
        "seconds": seconds,
        "versions": num_versions,
        "answers": dict(tally.answers),
        "faults": len(tally.faults),
        "first_faults": tally.faults[:5],
        "requests_per_second": len(tally.latencies) / seconds,
        "seconds_of_sound_per_second": tally.seconds_of_sound / seconds,
        "p50_ms": 1000 * p50,
        "p95_ms": 1000 * p95,
        "p99_ms": 1000 * p99,
        "memory_mb_half_way": float(np.median(memory[half : half + 5])),
        "memory_mb_at_the_end": float(np.median(memory[-5:])),
    }


@click.command()
@click.option("--clients", "num_clients", default=8, show_default=True)
@click.option("--seconds", default=600.0, show_default=True)
@click.option("--swap", "swap_seconds", default=60.0, show_default=True, help="Between versions.")
@click.option("--rest-share", default=0.25, show_default=True, help="Share of clients over REST.")
@json_option
def main(
    num_clients: int, seconds: float, swap_seconds: float, rest_share: float, json_path: str | None
) -> None:
    """Load a server and print what came of it."""
    result = measure(num_clients, seconds, swap_seconds, rest_share)
    for name, value in result.items():
        click.echo(f"{name:30} {value:.1f}" if isinstance(value, float) else f"{name:30} {value}")
    if json_path is not None:
        write_json(json_path, result)
    sys.exit(1 if result["faults"] else 0)


if __name__ == "__main__":
    main()
