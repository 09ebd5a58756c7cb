"""WaveGAN and SpecGAN from folders of recordings to files of new sounds, by the command line."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import tfgan_audio as tga
from tfgan_audio.audio.io import read_audio, write_audio
from tfgan_audio.cli import main

RATE_HZ = 16000
LABELS = {"high": 3000.0, "low": 300.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Twelve decaying tones of each of two classes."""
    folder = tmp_path_factory.mktemp("sounds")
    rng = np.random.default_rng(8)
    times = np.arange(1500) / RATE_HZ
    for label, hz in LABELS.items():
        (folder / "data" / label).mkdir(parents=True)
        for index in range(12):
            tone = np.sin(2 * np.pi * hz * rng.uniform(0.9, 1.1) * times) * np.exp(-30 * times)
            write_audio(folder / "data" / label / f"{index}.wav", 0.5 * tone, RATE_HZ)
    return folder


def run(*arguments: object) -> str:
    """Run a verb that must work, and return what it says."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def trained(folder: Path, family: str, *overrides: str) -> Path:
    """Train a smoke configuration on the tones."""
    settings = [f"data.sound_dir={folder / 'data'}", f"data.shards_dir={folder / family}"]
    run_dir = folder / f"run-{family}"
    run("train", f"smoke/{family}", *settings, *overrides, "--run", run_dir)
    return run_dir


@pytest.fixture(scope="module")
def wavegan(folder) -> Path:
    return trained(folder, "wavegan")


def test_a_run_keeps_scores_samples_and_a_page(wavegan) -> None:
    with (wavegan / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["10", "20"]
    scores = json.loads((wavegan / "report.json").read_text())
    assert scores["num_reference"] == scores["num_estimate"] == 10
    assert len(list((wavegan / "samples").glob("step-000020-*.wav"))) == 2
    page = (wavegan / "report.html").read_text()
    assert "smoke_wavegan" in page and "wavegan, 20 steps" in page


def test_labels_follow_from_the_folders_and_choose_what_is_made(wavegan, folder) -> None:
    run("generate", wavegan, "--num", 3, "--label", "low", "--seed", 5, "--out", folder / "low")
    run("generate", wavegan, "--num", 3, "--label", "high", "--seed", 5, "--out", folder / "high")
    low, high = (read_audio(folder / label / f"000-{label}.wav")[0] for label in ("low", "high"))
    assert low.shape == high.shape == (1024, 1)
    assert np.abs(low - high).max() > 0
    latents = [np.load(folder / label / "latents.npy") for label in ("low", "high")]
    np.testing.assert_array_equal(*latents)


def test_a_finished_run_is_scored_again_with_the_same_figures(wavegan) -> None:
    before = json.loads((wavegan / "report.json").read_text())
    table = run("evaluate", wavegan)
    after = json.loads((wavegan / "report.json").read_text())
    assert "10 generated clips against 10 real ones" in table
    assert after["mean"] == pytest.approx(before["mean"], rel=1e-6, nan_ok=True)


@pytest.mark.slow
def test_spectra_are_learnt_by_the_same_commands(folder) -> None:
    run_dir = trained(folder, "specgan", "train.num_steps=2", "train.validate_every_steps=1")
    run("generate", run_dir, "--num", 1, "--seed", 2, "--out", folder / "spectral")
    waveform, rate_hz = read_audio(folder / "spectral" / "000.wav")
    assert waveform.shape == (16384, 1) and rate_hz == RATE_HZ
    made = tga.load(run_dir).generate(1, seed=2)[0]
    assert np.abs(made).max() > 0
    np.testing.assert_allclose(waveform, made, atol=1 / 32768)
