"""The verb `evaluate` on generated sounds, as a user calls it."""

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.models.sound_classifier import SoundClassifier
from tfgan_audio.models.wavegan import WaveGAN

FEW = ["--metrics", "rms_dbfs,d_train_log_mel,ndb_log_mel", "--bins", "3"]


@pytest.fixture
def folders(tmp_path, rng) -> Path:
    """Twenty real tones of 0.2 s, and sixteen made ones of 0.15 s in the folders of two classes."""
    for folder, num_clips, num_samples in (("real", 20, 3200), ("made", 16, 2400)):
        for index in range(num_clips):
            tone = np.sin(rng.uniform(0.1, 1) * np.arange(num_samples))
            path = tmp_path / folder / ("low", "high")[index % 2] / f"{index:02}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, 0.2 * tone, 16000, "FLOAT")
    return tmp_path


def run(folders: Path, *arguments: object) -> Result:
    """Score the folder `made` against `real`."""
    paths = ["--reference", folders / "real", "--estimate", folders / "made"]
    words = ["evaluate", "--family", "wavegan", *paths, *arguments]
    return CliRunner().invoke(main, [str(word) for word in words])


def test_table_json_csv_and_page(folders):
    files = {name: folders / "out" / f"scores.{name}" for name in ("json", "csv", "html")}
    done = run(
        folders, *FEW, "--json", files["json"], "--csv", files["csv"], "--report", files["html"]
    )
    assert done.exit_code == 0, done.output
    document = json.loads(files["json"].read_text())
    assert set(document["mean"]) == {"rms_dbfs", "d_train_log_mel", "ndb_log_mel"}
    assert document["mean"]["rms_dbfs"] == pytest.approx(20 * np.log10(0.2) - 3.01, abs=0.1)
    assert (document["num_reference"], document["num_estimate"]) == (20, 16)
    assert document["slice_samples"] == 2400 and document["num_bins"] == 3
    assert set(document["files"]["low/00.wav"]) == {"rms_dbfs", "d_train_log_mel"}
    assert len(list(csv.DictReader(files["csv"].open()))) == 16
    assert files["html"].read_text().count("<audio") == 12
    line = next(line for line in done.stdout.splitlines() if line.startswith("RMS level"))
    assert f"{document['mean']['rms_dbfs']:.1f} dBFS" in line


def test_json_on_stdout_is_alone(folders):
    done = run(folders, *FEW, "--json", "-")
    assert json.loads(done.stdout)["left_out"] == {} and "RMS level" in done.stderr


def test_clips_are_cut_and_normalised_as_asked(folders):
    done = run(
        folders, "--metrics", "peak_dbfs", "--slice-samples", 1600, "--normalize", "peak",
        "--whole-files", "--json", "-",
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert document["slice_samples"] == 1600 and document["num_reference"] == 40
    assert document["mean"]["peak_dbfs"] == pytest.approx(0, abs=0.1)


def test_classifier_says_how_many_are_as_asked(folders):
    keras.utils.set_random_seed(1)
    classifier = SoundClassifier(("high", "low"), 2400, channels=2, held_out_accuracy=0.9)
    classifier.network.get_layer("logits").bias.assign([0.0, 100.0])  # all is low
    classifier.save(folders / "c.keras")
    metrics = ["--metrics", "accuracy_classifier", "--classifier", folders / "c.keras"]
    done = run(folders, *metrics, "--json", "-")
    document = json.loads(done.stdout)
    assert document["mean"]["accuracy_classifier"] == 0.5
    assert document["files"]["low/00.wav"] == {"accuracy_classifier": 1.0}
    assert "90.0% of its held-out clips" in done.stderr


def test_a_model_is_scored_by_what_it_generates(folders):
    keras.utils.set_random_seed(2)
    model = WaveGAN(slice_samples=1024, base_channels=2, strides=(4, 4, 4), num_classes=2,
                    label_names=("high", "low"), sample_rate_hz=16000)  # fmt: skip
    model.save(folders / "tiny.keras")
    words = ["evaluate", folders / "tiny.keras", "--family", "wavegan", "--num", 5, "--seed", 3]
    words += ["--reference", folders / "real", "--metrics", "rms_dbfs", "--json", "-"]
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["num_estimate"] == 5 and document["slice_samples"] == 1024
    from tfgan_audio.loading import load

    sounds = load(folders / "tiny.keras", "generate").generate(5, 3)
    expected = 10 * np.log10(np.square(sounds).mean(axis=(1, 2)))
    found = [file["rms_dbfs"] for file in document["files"].values()]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metrics", "frechet_logmel"], "frechet_logmel: got an unknown metric, expected"),
        (["--metrics", "frechet_log_mel"], "got 16 clips, expected more than 128"),
        (["--classifier", "none.keras"], "none.keras: got no file, expected a .keras file made by"),
        (["--noisy", "x"], "--noisy: got --family wavegan, expected --family segan"),
        (["--max-lag-ms", "5"], "--max-lag-ms: got --family wavegan"),
        (["--num", "5"], "--num: got no RUN"),
    ],
)
def test_bad_input_is_one_line(folders, arguments, message):
    done = run(folders, *arguments)
    assert done.exit_code == 2 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("tfgan-audio: error: ") and message in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--family", "wavegan", "--estimate", "x"], "--reference: got nothing"),
        (["--family", "wavegan", "--reference", "x"], "--estimate: got neither it nor RUN"),
        (["run", "--family", "specgan", "--reference", "x", "--estimate", "y"], "both it and RUN"),
        (["--family", "wavegan", "--reference", "x", "--estimate", "nowhere"], "no such folder"),
        (["--estimate", "x", "--bins", "9"], "--bins: got --family segan, expected --family wave"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments, message):
    done = CliRunner().invoke(main, ["evaluate", *arguments])
    assert done.exit_code == 2 and message in done.stderr
