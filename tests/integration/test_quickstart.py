"""`tfgan-audio quickstart` from made sounds to the page, for a few steps."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tfgan_audio.audio.io import read_audio, write_audio
from tfgan_audio.cli import main
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load
from tfgan_audio.quickstart import quickstart

SHORT = (
    "train.num_steps=4",
    "train.validate_every_steps=2",
    "train.adversarial_start_step=2",
    "train.batch_size=2",
    "train.num_samples=1",
    "data.num_validation_items=2",
    "model.channels=16",
)


@pytest.mark.slow
def test_embedded_default(tmp_path):
    lines = []
    page = quickstart(tmp_path / "demo", overrides=SHORT, say=lines.append)
    text = page.read_text()
    assert text.count("<audio") == 2 * 3 and "TFLite" in text and "SavedModel" in text
    (line,) = (line for line in lines if line.startswith("SI-SDR"))
    before, _ = re.match(r"SI-SDR: (\S+) → (\S+) dB", line).groups()
    # The SNR is exactly 5 dB; SI-SDR differs by how far speech and noise happen to correlate.
    assert float(before) == pytest.approx(5.0, abs=0.3)
    rows = list(csv.DictReader((tmp_path / "demo" / "run" / "history.csv").open()))
    assert [row["step"] for row in rows] == ["2", "4"]
    assert float(rows[0]["g_adversarial"]) == 0.0 < float(rows[1]["g_adversarial"])
    noisy, rate = read_audio(tmp_path / "demo" / "run" / "samples" / "noisy-0.wav")
    runtimes = [
        load(tmp_path / "demo" / place).enhance(noisy, rate)
        for place in ("run", "export/segan.tflite", "export/segan")
    ]
    assert np.abs(runtimes[0] - noisy).max() > 1e-3
    for other in runtimes[1:]:
        np.testing.assert_allclose(other, runtimes[0], atol=1e-5)
    check_figures(tmp_path / "demo", float(before))


@pytest.mark.slow
def test_interrupted_it_says_that_the_same_command_goes_on(tmp_path, rng):
    for name in ("speech", "noise"):
        for index in range(8):
            path = tmp_path / name / f"{index}.wav"
            write_audio(path, rng.uniform(-0.3, 0.3, 40_000), 16_000)
    folders = [f"--{name}={tmp_path / name}" for name in ("speech", "noise")]
    steps = ["train.num_steps=40", "train.adversarial_start_step=20"]
    command = ["quickstart", *folders, f"--out={tmp_path / 'out'}", *SHORT, *steps]
    process = subprocess.Popen(
        [sys.executable, "-m", "tfgan_audio", *command],
        cwd=Path(__file__).resolve().parents[2],
        env={key: value for key, value in os.environ.items() if not key.startswith("TF_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        state = tmp_path / "out" / "run" / "checkpoints" / "state.json"
        deadline = time.monotonic() + 120
        while not state.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert stderr.splitlines()[-2:] == [
        "stopped; the same command goes on where it stopped",
        "tfgan-audio: interrupted",
    ]
    assert not (tmp_path / "out" / "report.html").exists()
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 0, again.stderr
    rows = list(csv.DictReader((tmp_path / "out" / "run" / "history.csv").open()))
    assert [int(row["step"]) for row in rows] == list(range(2, 41, 2))
    assert (tmp_path / "out" / "report.html").exists()


def check_figures(demo, before):
    """Started again, both verbs only score, and write the figures of the report where asked."""
    weights = (demo / "run" / "model.keras").read_bytes()
    again = CliRunner().invoke(main, ["quickstart", "--out", str(demo), *SHORT, "--json", "-"])
    assert again.exit_code == 0, again.stderr
    figures = json.loads(again.stdout)
    assert set(figures) == {"noisy", "enhanced"}
    assert all(set(scores) >= {"mean", "files"} for scores in figures.values())
    assert figures["noisy"]["mean"]["si_sdr"] == pytest.approx(before, abs=0.01)
    train = ["train", "--run", str(demo / "run"), "--resume", "--json", str(demo / "train.json")]
    assert CliRunner().invoke(main, train).exit_code == 0
    assert json.loads((demo / "train.json").read_text()) == figures
    assert (demo / "run" / "model.keras").read_bytes() == weights


def test_one_folder_of_two_is_refused(tmp_path):
    with pytest.raises(InputError, match="noise_dir: got none"):
        quickstart(tmp_path / "demo", speech_dir=tmp_path)
    assert not (tmp_path / "demo").exists()


def test_a_slip_in_the_overrides_is_told_before_the_work(tmp_path):
    lines = []
    with pytest.raises(InputError, match="^train.num_step: got an unknown key, expected train.nu"):
        quickstart(tmp_path / "demo", overrides=("train.num_step=4",), say=lines.append)
    assert lines == [] and not (tmp_path / "demo").exists()


@pytest.mark.parametrize(("given", "missing"), [("--speech", "--noise"), ("--noise", "--speech")])
def test_the_command_line_names_the_option_that_is_missing(tmp_path, given, missing):
    arguments = ["quickstart", "--out", str(tmp_path / "demo"), given, str(tmp_path)]
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tfgan-audio: error: {missing}: got nothing, expected a folder")
    assert not (tmp_path / "demo").exists()
