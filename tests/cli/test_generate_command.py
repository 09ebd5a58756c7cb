"""The verb `generate`, as a user calls it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.audio.finishing import Finishing
from tfgan_audio.cli import main
from tfgan_audio.latents import draw_latents
from tfgan_audio.loading import load, load_trained

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ["000-kick", "001-snare", "002-open_hat", "003-kick"]


@pytest.fixture
def run(sound_models, tmp_path, monkeypatch):
    """Run the verb in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run_line(model: str, *arguments: object) -> Result:
        path = sound_models / f"{model}.keras"
        return CliRunner().invoke(main, ["generate", str(path), *map(str, arguments)])

    return run_line


def rows_of(folder: str) -> list[dict[str, str]]:
    """Read a manifest."""
    with open(Path(folder, "manifest.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sounds_with_latents_and_manifest(run, sound_models) -> None:
    done = run("labelled", "--num", 4, "--out", "new/a", "--seed", 6, "--json", "figures.json")
    assert (done.exit_code, done.stdout) == (0, "new/a: 4 sounds\n"), done.output
    files = [f"{clip}.{kind}" for clip in CLIPS for kind in ("npy", "wav")]
    assert sorted(os.listdir("new/a")) == [*files, "latents.npy", "manifest.csv"]
    latents = np.load("new/a/latents.npy")
    np.testing.assert_array_equal(latents, draw_latents(4, 4, seed=6))
    expected = load(sound_models / "labelled.keras").generate(4, seed=6)
    for index, (clip, row) in enumerate(zip(CLIPS, rows_of("new/a"), strict=True)):
        found, rate = soundfile.read(f"new/a/{clip}.wav", always_2d=True)
        assert rate == 8000
        np.testing.assert_allclose(found, expected[index], atol=0.51 / 32768)
        np.testing.assert_array_equal(np.load(f"new/a/{clip}.npy"), latents[index : index + 1])
        names = (row["clip"], row["seed"], row["index"], row["label"])
        assert names == (f"{clip}.wav", "6", str(index), ["kick", "snare", "open/hat"][index % 3])
        assert float(row["peak"]) == pytest.approx(np.abs(expected[index]).max(), abs=1e-6)
        assert float(row["rms"]) == pytest.approx(np.sqrt(np.mean(expected[index] ** 2)), abs=1e-6)
    figures = json.loads(Path("figures.json").read_text())
    assert (figures["path"], figures["sample_rate_hz"]) == ("new/a", 8000)
    told = [{name: str(value) for name, value in sound.items()} for sound in figures["sounds"]]
    assert told == rows_of("new/a")


@pytest.mark.parametrize("model", ["labelled", "plain", "spectra"])
def test_a_replay_is_the_same_to_the_byte(run, model: str) -> None:
    label = ["--label", "snare"] if model == "labelled" else []
    run(model, "--num", 3, "--out", "a", *label, "--truncation", 0.7)
    last = "002-snare" if label else "002"
    for latents, out in (("a/latents.npy", "b"), (f"a/{last}.npy", "c")):
        assert run(model, "--latents", latents, "--out", out, *label).exit_code == 0
    for path in Path("a").glob("*.*"):
        if path.name != "manifest.csv":
            assert (Path("b") / path.name).read_bytes() == path.read_bytes()
    alone = Path("c") / f"000{last[3:]}.wav"
    assert alone.read_bytes() == Path(f"a/{last}.wav").read_bytes()
    assert [row["seed"] for row in rows_of("b")] == ["", "", ""]
    assert np.abs(np.load("a/latents.npy")).max() <= 0.7


@pytest.mark.slow
def test_another_process_makes_the_same_to_the_byte(run, sound_models) -> None:
    run("labelled", "--num", 2, "--out", "a")
    model = str(sound_models / "labelled.keras")
    command = [sys.executable, "-m", "tfgan_audio", "generate", model, "--num", "3", "--out", "b"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b"b: 3 sounds\n"), done.stderr
    for clip in ("000-kick.wav", "001-snare.wav", "001-snare.npy"):
        assert Path("a", clip).read_bytes() == Path("b", clip).read_bytes()


def test_several_labels_take_turns(run) -> None:
    run("labelled", "--num", 3, "--out", "a", "--label", "open/hat", "--label", "kick")
    assert [row["label"] for row in rows_of("a")] == ["open/hat", "kick", "open/hat"]


def test_sounds_are_finished(run, sound_models) -> None:
    done = run(
        "plain", "--num", 2, "--out", "a", "--format", "flac", "--trim", 20, "--fade-ms", 4,
        "--loudness", -30, "--peak", -6,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    finishing = Finishing(trim_db=20.0, fade_ms=4.0, level_dbfs=-30.0, peak_dbfs=-6.0)
    for index, sound in enumerate(load(sound_models / "plain.keras").generate(2)):
        expected = finishing(sound, 8000)
        found, _ = soundfile.read(f"a/{index:03d}.flac")
        np.testing.assert_allclose(found, expected, atol=0.51 / 32768)
        assert np.sqrt(np.mean(np.square(found))) == pytest.approx(10**-1.5, rel=1e-3)


def test_what_is_clipped_is_told(run, sound_models) -> None:
    model = load_trained(sound_models / "plain.keras")
    postfilter = model.generator.get_layer("postfilter").trainable_weights[0]
    loudest = np.abs(model.render(draw_latents(5, 4, seed=0))).max(axis=(1, 2))
    postfilter.assign(postfilter / np.median(loudest))
    model.save("loud.keras")
    done = CliRunner().invoke(main, ["generate", "loud.keras", "--num", "5", "--out", "a"])
    assert done.stdout == "a: 5 sounds, 2 of them clipped (--peak 0 scales them)\n"
    assert [float(row["peak"]) > 1 for row in rows_of("a")] == list(loudest > np.median(loudest))
    assert run("plain", "--num", 5, "--out", "b", "--peak", 0).stdout == "b: 5 sounds\n"


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        ([], "--num: got nothing, expected how many sounds to make, or --latents FILE"),
        (["--num", "0"], "Invalid value for '--num'"),
        (["--num", "2", "--latents", "z.npy"], "--num: got 2 beside --latents, expected one of"),
        (["--seed", "0", "--latents", "z.npy"], "--seed: got 0 beside --latents, expected one of"),
        (["--latents", "z.npy", "--truncation", "0.5"], "--truncation: got 0.5 beside --latents"),
        (["--num", "2", "--truncation", "1.5"], "Invalid value for '--truncation'"),
        (["--num", "2", "--truncation", "nan"], "Invalid value for '--truncation'"),
        (["--num", "2", "--seed", "-1"], "Invalid value for '--seed'"),
        (["--num", "2", "--label", "snar"], "snar: got an unknown label, expected snare"),
        (
            ["--num", "1", "--label", "kick", "--label", "7"],
            "7: got an unknown label, expected one",
        ),
        (["--latents", "nowhere.npy"], "nowhere.npy: got no such file, expected a .npy file of la"),
        (["--latents", "z.npy"], "z.npy: got shape [2, 5], expected [N, 4], as the model has late"),
        (["--latents", "text.npy"], "text.npy: got no array of numbers, expected a whole .npy fil"),
        (["--num", "2", "--format", "mp3"], "Invalid value for '--format'"),
        (["--num", "2", "--fade-ms", "inf"], "Invalid value for '--fade-ms'"),
        (["--num", "2", "--trim", "-3"], "Invalid value for '--trim'"),
        (["--num", "2", "--loudness", "3"], "Invalid value for '--loudness'"),
        (["--num", "2", "--loudness", "-inf"], "Invalid value for '--loudness'"),
        (["--num", "2", "--peak", "nan"], "Invalid value for '--peak'"),
    ],
)
def test_bad_input_is_one_line(run, arguments: list[str], beginning: str) -> None:
    np.save("z.npy", np.zeros([2, 5]))
    Path("text.npy").write_text("text")
    refused(run("labelled", *arguments, "--out", "deep/a"), beginning)
    assert sorted(os.listdir(".")) == ["text.npy", "z.npy"]


def test_a_label_for_a_model_without_any_is_refused(run) -> None:
    done = run("plain", "--num", 2, "--label", "kick", "--out", "a")
    refused(done, "label: got kick, expected none, as the model knows no labels")


@pytest.mark.parametrize(
    ("model", "beginning"),
    [
        ("segan", "MODEL: got a model that cannot generate, expected a WaveGAN or SpecGAN"),
        ("nothing", "MODEL: got nothing there, expected a run folder, a .keras file"),
    ],
)
def test_another_model_is_refused(run, sound_models, model: str, beginning: str) -> None:
    done = run(model, "--num", 2, "--out", "a")
    refused(done, beginning.replace("MODEL", str(sound_models / f"{model}.keras")))
    assert os.listdir(".") == []


def test_sounds_give_way_only_when_told_to(run) -> None:
    run("plain", "--num", 2, "--out", "a")
    refused(run("plain", "--num", 1, "--out", "a"), f"{Path('a').resolve()}: got a set of other")
    assert len(rows_of("a")) == 2
    assert run("plain", "--num", 1, "--out", "a", "--overwrite").exit_code == 0
    assert sorted(os.listdir("a")) == ["000.npy", "000.wav", "latents.npy", "manifest.csv"]


def test_a_folder_of_others_is_never_replaced(run) -> None:
    Path("mine").mkdir()
    Path("mine/000.wav").write_text("song")
    for more in ([], ["--overwrite"]):
        done = run("plain", "--num", 1, "--out", "mine", *more)
        refused(done, f"{Path('mine').resolve()}: got a folder with other files, expected a new or")
    assert os.listdir("mine") == ["000.wav"] and os.listdir(".") == ["mine"]


def test_a_model_that_has_diverged_is_told_and_nothing_is_left(tmp_path, monkeypatch) -> None:
    from tfgan_audio.models.wavegan import WaveGAN

    monkeypatch.chdir(tmp_path)
    model = WaveGAN(slice_samples=64, strides=(4,), base_channels=2, latent_dim=4)
    model.generator.weights[0].assign(model.generator.weights[0] * np.nan)
    model.save("nan.keras")
    done = CliRunner().invoke(main, ["generate", "nan.keras", "--num", "2", "--out", "a"])
    refused(done, f"{Path('a/000.wav').resolve()}: got NaN or infinity at sample 0, expected fin")
    assert os.listdir(".") == ["nan.keras"]


def refused(done: Result, beginning: str) -> None:
    """Check that a run ended with one line and code 2."""
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert done.stderr.count("\n") == 1
