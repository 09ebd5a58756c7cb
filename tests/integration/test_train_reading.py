"""The acoustic model from a manifest to a run, by the command line; killed and resumed."""

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner
from kill_and_resume import differences

from tfgan_audio.cli import main
from tfgan_audio.config.loading import load_config
from tfgan_audio.data.prepare import prepare
from tfgan_audio.data.synthetic_reading import made_reading
from tfgan_audio.factory import read_sentences

# Everything in it has a state of its own to lose.
STATES = (
    "train.ema_momentum=0.8",
    "losses.adversarial_weight=0.1",
    "losses.feature_matching_weight=0.1",
    "losses.binarization_start_step=2",
    "train.adversarial_start_step=3",
    "optimizer.schedule=cosine",
    "train.num_steps=6",
    "train.validate_every_steps=3",
)
CONDITIONS = {"speakers": ["synthetic-high", "synthetic-low"], "styles": ["neutral", "calm"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Sixteen sentences, two speakers, two styles."""
    folder = tmp_path_factory.mktemp("acoustic")
    made_reading(folder / "reading", 16, **CONDITIONS)
    return folder


def command(folder: Path, run: Path, *overrides: str) -> list[str]:
    """Arguments of a training; started again, it goes on."""
    places = [
        f"data.manifest={folder / 'reading' / 'manifest.csv'}",
        f"data.shards_dir={folder / 'shards'}",
    ]
    return ["train", "smoke/acoustic", *places, *overrides, "--run", str(run), "--resume"]


@pytest.fixture(scope="module")
def run(folder) -> Path:
    """A training of six steps."""
    done = CliRunner().invoke(main, command(folder, folder / "run", *STATES))
    assert done.exit_code == 0, done.output
    return folder / "run"


def test_a_run_keeps_errors_samples_alignments_and_a_page(run) -> None:
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["3", "6"]
    report = json.loads((run / "report.json").read_text())["errors"]
    # The best of those that the game has taken part in.
    assert report["mel_l1"] == pytest.approx(float(rows[-1]["val_mel_l1"]), rel=1e-4)
    assert {"duration", "pitch", "energy", "alignment", "length_ratio"} < set(report)
    names = {path.name for path in run.rglob("*") if path.suffix in (".wav", ".png")}
    assert {"copy-0.wav", "step-000006-0.wav", "alignment.png", "mels.png"} < names
    page = (run / "report.html").read_text()
    assert "Acoustic model" in page and "Griffin-Lim" in page


def test_the_model_of_a_run_knows_what_the_data_told(run) -> None:
    config = load_config(run / "config.yaml")
    held_out = read_sentences(config, prepare(config.data), "validation")
    model = keras.saving.load_model(run / "model.keras")
    assert list(model.speakers) == CONDITIONS["speakers"] and list(model.languages) == ["en"]
    assert list(model.styles) == ["neutral", "calm"]
    assert list(model.symbols) == held_out.table.get_config()
    assert model.features == config.data.mel_features
    mel, durations = model.predict_mel(list(held_out.readings[0].symbols), speaker="synthetic-low")
    assert np.isfinite(mel).all() and len(mel) == durations.sum()


@pytest.mark.slow
def test_a_training_that_is_cut_off_ends_with_the_weights_of_one_that_is_not(folder) -> None:
    cut = folder / "cut"
    short = [entry.replace("num_steps=6", "num_steps=3") for entry in STATES]
    done = CliRunner().invoke(main, command(folder, cut, *short, "optimizer.schedule=constant"))
    assert done.exit_code == 0, done.output
    whole = folder / "whole"
    for target, overrides in ((cut, STATES), (whole, STATES)):
        arguments = command(folder, target, *overrides, "optimizer.schedule=constant")
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output
    assert differences(whole, cut) == []


def test_a_vocoder_of_other_features_is_refused(folder, run) -> None:
    from tfgan_audio.factory import build_model

    config = load_config("smoke/melgan", ["data.features.fmin_hz=50"])
    build_model(config).save(folder / "vocoder.keras")
    arguments = command(folder, folder / "b", f"train.vocoder={folder / 'vocoder.keras'}")
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "vocoder.keras: got mels of fmin_hz 50.0 (fingerprint" in done.stderr
