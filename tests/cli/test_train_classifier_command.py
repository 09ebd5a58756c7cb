"""The verb `train-classifier`, as a user calls it."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.models.sound_classifier import load_classifier


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["train-classifier", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three sounds of each of two classes, told by the start of their names."""
    (tmp_path / "sounds").mkdir()
    for name, step in (("low", 0.1), ("high", 1.0)):
        for index in range(3):
            tone = 0.5 * np.sin((step + 0.01 * index) * np.arange(3000))
            soundfile.write(tmp_path / "sounds" / f"{name}_{index}.wav", tone, 16000)
    return tmp_path / "sounds"


def test_classifier_figures_and_page_are_written(folder, tmp_path):
    out, page, figures = (tmp_path / name for name in ("c.keras", "c.html", "c.json"))
    done = run(
        folder, "--out", out, "--steps", 2, "--slice-samples", 2048, "--channels", 2,
        "--label-by", "prefix", "--seed", 5, "--report", page, "--json", figures,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    document = json.loads(figures.read_text())
    assert document["label_names"] == ["high", "low"] and document["num_held_out"] == 2
    assert document["accuracy"] == np.trace(document["confusion"]) / 2
    classifier = load_classifier(out)
    assert (classifier.slice_samples, classifier.channels) == (2048, 2)
    assert classifier.held_out_accuracy == document["accuracy"]
    assert f"{out}: {document['accuracy']:.1%} of held-out clips recognised" in done.stdout
    assert "Classifier of sounds" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "c.h5"], "--out: got c.h5, expected a name that ends in .keras"),
        (["--out", "c.keras", "--steps", "0"], "--steps"),
        (["--out", "nowhere/c.keras", "--slice-samples", "100"], "--slice-samples"),
        ([], "--out: got nothing"),
    ],
)
def test_bad_options_are_one_line(folder, arguments, message):
    done = run(folder, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert message in line


def test_a_folder_without_classes_is_refused(folder, tmp_path):
    done = run(folder, "--out", tmp_path / "c.keras")
    assert done.exit_code == 2 and "in the folder of its label" in done.stderr
    assert not (tmp_path / "c.keras").exists()
