"""The verb `train-prior`, and the pieces that `generate --seconds` makes after it."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.loading import load

RATE, SLICE = 8000, 1024


def call(*arguments: object) -> Result:
    """Run a command line."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def write_tones(folder: Path, num_samples: int, num: int = 3, rate_hz: int = RATE) -> Path:
    """Write recordings of a tone each."""
    folder.mkdir(parents=True)
    for number in range(num):
        tone = np.sin(2 * np.pi * 200 * (number + 1) * np.arange(num_samples) / rate_hz)
        soundfile.write(folder / f"{number}.wav", 0.5 * tone, rate_hz)
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, Result]:
    """The run of a stereo model of two classes with a prior, and what was said of it."""
    import keras

    from tfgan_audio.models.wavegan import WaveGAN

    folder = tmp_path_factory.mktemp("trained")
    for label in ("high", "low"):
        write_tones(folder / "sounds" / label, 5 * SLICE)
    keras.utils.set_random_seed(3)
    model = WaveGAN(
        SLICE, 4, 4, num_channels=2, num_classes=2, strides=(4, 4, 4), sample_rate_hz=RATE,
        label_names=("low", "high"),
    )  # fmt: skip
    for weight in model.generator.trainable_weights:
        weight.assign(2.0 * weight)
    (folder / "run").mkdir()
    model.save(folder / "run" / "model.keras")
    done = call(
        "train-prior", folder / "run", "--sounds", folder / "sounds", "--steps", 3,
        "--overlap", 0.375, "--json", folder / "figures.json",
    )  # fmt: skip
    return folder, done


@pytest.fixture
def run(trained, tmp_path, monkeypatch) -> Path:
    """The trained run, from an empty folder."""
    monkeypatch.chdir(tmp_path)
    return trained[0] / "run"


def test_a_prior_and_its_plot_stand_beside_the_model(trained) -> None:
    folder, done = trained
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{folder}/run/prior.keras: a held-out slice is ")
    assert sorted(os.listdir(folder / "run")) == ["model.keras", "plots", "prior.keras"]
    assert (folder / "run/plots/prior.png").read_bytes().startswith(b"\x89PNG")
    figures = json.loads((folder / "figures.json").read_text())
    assert figures["path"] == f"{folder}/run/prior.keras"
    # A third of each class is held out, 5 slices of 6.
    assert figures["held_out_minutes"] == pytest.approx(2 * 5 * SLICE / RATE / 60)
    assert figures["train_minutes"] == pytest.approx(4 * 5 * SLICE / RATE / 60)
    gained = min(figures["alone_nats"], figures["gaussian_nats"]) - figures["prior_nats"]
    assert f" {gained:.1f} nats likelier" in done.stdout
    for name in ("encoder", "prior"):
        assert [row["step"] for row in figures[f"{name}_history"]] == [1, 2, 3]


def test_a_piece_with_its_latents(run) -> None:
    line = ("generate", run, "--seconds", 0.9, "--label", "low", "--label", "high", "--seed", 5)
    done = call(*line, "--out", "piece.wav", "--json", "piece.json")
    assert done.exit_code == 0, done.output
    assert done.stdout == "piece.wav: 0.90 s of 11 slices\n"
    found, rate = soundfile.read("piece.wav", always_2d=True)
    expected = load(run).pieces.make(0.9, 5, ["low", "high"])
    assert (rate, found.shape) == (RATE, (7200, 2)) and expected.shape == (7200, 2)
    np.testing.assert_allclose(found, expected, atol=0.51 / 32768)
    assert np.load("piece.npy").shape == (11, 4)
    facts = json.loads(Path("piece.json").read_text())
    assert (facts["num_samples"], facts["num_slices"], facts["path"]) == (7200, 11, "piece.wav")
    assert facts["peak"] == pytest.approx(np.abs(expected).max())


def test_saved_latents_give_the_same_file_again(run) -> None:
    line = ("generate", run, "--seconds", 0.5, "--label", "low")
    assert call(*line, "--seed", 1, "--temperature", 0.5, "--out", "first.wav").exit_code == 0
    assert call(*line, "--latents", "first.npy", "--out", "again.wav").exit_code == 0
    assert Path("again.wav").read_bytes() == Path("first.wav").read_bytes()
    assert Path("again.npy").read_bytes() == Path("first.npy").read_bytes()
    shorter = ("generate", run, "--seconds", 0.2, "--label", "low", "--latents", "first.npy")
    assert call(*shorter, "--out", "part.wav").stdout == "part.wav: 0.20 s of 2 slices\n"
    np.testing.assert_array_equal(np.load("part.npy"), np.load("first.npy")[:2])
    assert call(*line, "--seed", 1, "--out", "hotter.wav").exit_code == 0
    assert Path("hotter.npy").read_bytes() != Path("first.npy").read_bytes()


def test_a_piece_is_finished_as_a_whole(run) -> None:
    line = ("generate", run, "--seconds", 0.5, "--label", "low", "--out", "piece.wav")
    assert call(*line, "--peak", -6.0, "--fade-ms", 20).exit_code == 0
    found, _ = soundfile.read("piece.wav")
    assert np.abs(found).max() == pytest.approx(10 ** (-6 / 20), abs=1e-3)
    assert np.abs(found[[0, -1]]).max() < 0.01
    done = call(*line)
    assert done.exit_code == 2 and "piece.wav: got something there already" in done.stderr
    assert call(*line, "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("--out folder", "--out: got folder, expected an audio file with --seconds"),
        ("--num 3 --out a.wav", "--num: got 3 beside --seconds, expected one of the two"),
        ("--truncation 0.5 --out a.wav", "--truncation: got 0.5 beside --seconds"),
        ("--format wav --out a.wav", "--format: got wav beside --seconds"),
        ("--latents x.npy --seed 1 --out a.wav", "--seed: got 1 beside --latents"),
        ("--latents x.npy --out a.wav", "x.npy: got no such file"),
        ("--out a.wav", "labels: got none, expected some of low, high"),
        ("--label mid --out a.wav", "mid: got an unknown label, expected one of low, high"),
    ],
)
def test_what_does_not_go_together_is_refused(run, arguments: str, line: str) -> None:
    done = call("generate", run, "--seconds", 0.5, *arguments.split())
    assert done.exit_code == 2
    assert line in done.stderr and done.stderr.count("\n") == 1
    assert os.listdir() == []


def test_temperature_is_for_pieces(run) -> None:
    done = call("generate", run, "--num", 2, "--temperature", 0.5, "--out", "sounds")
    assert done.exit_code == 2
    assert "--temperature: got 0.5, expected --seconds beside it" in done.stderr


def test_without_a_prior_a_line_says_how_to_get_one(run) -> None:
    shutil.copytree(run, "bare run", ignore=shutil.ignore_patterns("prior.keras"))
    done = call("generate", "bare run", "--seconds", 1, "--label", "low", "--out", "a.wav")
    assert done.exit_code == 2
    assert (
        "bare run/prior.keras: got no such file, expected `tfgan-audio train-prior 'bare run' "
        "--sounds DIR` before" in done.stderr
    )
    assert os.listdir() == ["bare run"]


def test_a_prior_of_other_weights_is_refused(run) -> None:
    import keras

    shutil.copytree(run, "run")
    model = keras.saving.load_model("run/model.keras")
    weight = model.generator.trainable_weights[0]
    weight.assign(weight + 0.01)
    model.save("run/model.keras")
    done = call("generate", "run", "--seconds", 1, "--label", "low", "--out", "a.wav")
    assert done.exit_code == 2 and "the prior of other weights" in done.stderr


@pytest.mark.parametrize(
    ("sounds", "line"),
    [
        ("none", "none: got no such folder"),
        ("short", "sounds: got no clip of two slices (1792 samples), the longest 1791"),
        ("loud", "high/0.wav: got the label high, expected one of kick, snare, open/hat"),
        ("loose", "expected every file in the folder of its label"),
    ],
)
def test_sounds_that_do_not_do_are_refused(sound_models, tmp_path, monkeypatch, sounds, line):
    monkeypatch.chdir(tmp_path)
    for label in ("kick", "snare"):
        write_tones(Path("short") / label, 1791)
    for label in ("high", "low"):
        write_tones(Path("loud") / label, 4000)
    write_tones(Path("loose"), 4000)
    before = sorted(os.listdir(sound_models))
    done = call("train-prior", sound_models / "labelled.keras", "--sounds", sounds, "--steps", 1)
    assert done.exit_code == 2
    assert line in done.stderr and done.stderr.count("\n") == 1
    assert sorted(os.listdir(sound_models)) == before


def test_other_families_are_refused(sound_models, tmp_path) -> None:
    sounds = write_tones(tmp_path / "sounds", 4000)
    done = call("train-prior", sound_models / "segan.keras", "--sounds", sounds)
    assert done.exit_code == 2
    assert "segan.keras: got a SEGAN, expected a WaveGAN or SpecGAN" in done.stderr


def test_shards_of_another_rate_are_refused(sound_models, tmp_path) -> None:
    from tfgan_audio.data.manifest import list_clips
    from tfgan_audio.data.shards import write_shards

    clips = list_clips(write_tones(tmp_path / "sounds", 4000))
    write_shards([(clip, np.ones([4000, 1])) for clip in clips], tmp_path / "shards", 16_000)
    done = call("train-prior", sound_models / "spectra.keras", "--sounds", tmp_path / "shards")
    assert done.exit_code == 2
    assert "shards of 16000 Hz and 1 channels, expected shards of 8000 Hz" in done.stderr
