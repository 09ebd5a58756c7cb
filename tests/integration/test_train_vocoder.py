"""MelGAN from a folder of recordings to a vocoder, by the command line; killed and resumed."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from kill_and_resume import differences

import tfgan_audio as tga
from tfgan_audio.audio.io import write_audio
from tfgan_audio.cli import main
from tfgan_audio.config.loading import load_config
from tfgan_audio.data.prepare import prepare
from tfgan_audio.factory import held_out_speech

RATE_HZ = 16_000
# Everything in it has a state of its own to lose.
STATES = ("train.ema_momentum=0.8", "train.adversarial_start_step=6", "optimizer.schedule=cosine")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Ten recordings of gliding harmonics that come and go."""
    folder = tmp_path_factory.mktemp("vocoder")
    (folder / "speech").mkdir()
    rng = np.random.default_rng(8)
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    for index in range(10):
        phase = np.cumsum(2 * np.pi * rng.uniform(90, 250) * (1 + 0.2 * np.sin(times)) / RATE_HZ)
        voice = sum(np.sin(number * phase) / number for number in range(1, 12))
        sound = 0.15 * voice * np.sin(3 * np.pi * times) ** 2 + rng.normal(0, 2e-3, len(times))
        write_audio(folder / "speech" / f"{index}.wav", sound, RATE_HZ)
    return folder


def command(folder: Path, run: Path, *overrides: str) -> list[str]:
    """Arguments of a training; started again, it goes on."""
    places = [f"data.speech_dir={folder / 'speech'}", f"data.shards_dir={folder / 'shards'}"]
    return ["train", "smoke/melgan", *places, *overrides, "--run", str(run), "--resume"]


@pytest.fixture(scope="module")
def run(folder) -> Path:
    """A training of 20 steps."""
    run = folder / "run"
    done = CliRunner().invoke(main, command(folder, run, *STATES))
    assert done.exit_code == 0, done.output
    return run


def test_a_run_keeps_distances_samples_and_a_page(run) -> None:
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["10", "20"]
    report = json.loads((run / "report.json").read_text())
    best = min(float(row["val_mel_l1"]) for row in rows)
    assert report["distances"]["mel_l1"] == pytest.approx(best, rel=1e-4)
    assert {"original", "vocoded"} < set(report) and len(report["vocoded"]["files"]) == 2
    names = {path.name for path in (run / "samples").glob("*.wav")}
    assert {"original-1.wav", "step-000020-1.wav"} < names
    assert "MelGAN, 4 bands, 20 steps" in (run / "report.html").read_text()
    environment = json.loads((run / "environment.json").read_text())
    features = load_config(run / "config.yaml").data.mel_features
    assert environment["feature_fingerprint"] == features.fingerprint()


def test_the_vocoder_of_a_run_makes_the_samples_of_its_best_step(run) -> None:
    """The best model is the last or the one before; both have left samples."""
    config = load_config(run / "config.yaml")
    (utterance, *_) = held_out_speech(config, prepare(config.data))
    made = np.ravel(tga.load(run).vocode(utterance.mel))
    assert made.shape == (len(utterance.waveform),)
    samples = [tga_read(run / "samples" / f"step-{step}-0.wav") for step in ("000010", "000020")]
    # A step of 16 bits, and rounding of another graph.
    assert min(np.abs(made - sample).max() for sample in samples) < 2 / 32768


def tga_read(path: Path) -> np.ndarray:
    """Read a file, [T]."""
    from tfgan_audio.audio.io import read_audio

    return read_audio(path)[0][:, 0]


@pytest.mark.slow
def test_mel_distances_fall(folder) -> None:
    """In two hundred steps the little network gets nearer than the best steady sound would."""
    run = folder / "longer"
    longer = ["train.num_steps=200", "train.validate_every_steps=50", "losses.mel_l1_weight=20"]
    rates = ["optimizer.generator_learning_rate=2e-3", "train.adversarial_start_step=150"]
    done = CliRunner().invoke(main, command(folder, run, *longer, *rates))
    assert done.exit_code == 0, done.output
    with (run / "history.csv").open(newline="") as file:
        distances = [float(row["val_mel_l1"]) for row in csv.DictReader(file)]
    config = load_config(run / "config.yaml")
    (utterance, *_) = held_out_speech(config, prepare(config.data))
    steady = np.abs(utterance.mel - utterance.mel.mean(axis=1, keepdims=True)).mean()
    assert distances[-1] < min(distances[0], steady)


@pytest.mark.slow
def test_a_killed_training_comes_to_the_same_weights(folder, run) -> None:
    killed = folder / "killed"
    arguments = [sys.executable, "-m", "tfgan_audio", *command(folder, killed, *STATES)]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    state = killed / "checkpoints" / "state.json"
    while not state.exists() and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert json.loads(state.read_text())["step"] == 10
    undisturbed = folder / "undisturbed"
    for each in (killed, undisturbed):
        done = [sys.executable, "-m", "tfgan_audio", *command(folder, each, *STATES)]
        subprocess.run(done, check=True, capture_output=True)
    assert differences(undisturbed, killed) == []
