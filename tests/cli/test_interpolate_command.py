"""The verb `interpolate`, as a user calls it."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.audio.finishing import fade, join
from tfgan_audio.cli import main
from tfgan_audio.latents import draw_latents
from tfgan_audio.loading import load
from tfgan_audio.serving.latent_paths import latent_path

SEEDS = ("--from-seed", 3, "--to-seed", 8)
HALF_A_STEP = 0.51 / 32768


@pytest.fixture
def run(sound_models, tmp_path, monkeypatch):
    """Run the verb, or another, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run_line(model: str, *arguments: object, verb: str = "interpolate") -> Result:
        path = sound_models / f"{model}.keras"
        return CliRunner().invoke(main, [verb, str(path), *map(str, arguments)])

    return run_line


def ends() -> np.ndarray:
    """The latents of the seeds."""
    return np.concatenate([draw_latents(1, 4, seed) for seed in (3, 8)])


def test_a_way_from_seed_to_seed_as_a_folder(run, sound_models) -> None:
    done = run(
        "labelled", *SEEDS, "--steps", 5, "--label", "kick", "--label", "snare", "--out", "a"
    )
    assert (done.exit_code, done.stdout) == (0, "a: 5 sounds\n"), done.output
    np.testing.assert_array_equal(np.load("a/latents.npy"), latent_path(ends(), 5, "spherical"))
    with open("a/manifest.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["position"], row["label"]) for row in rows] == [
        ("0.0", "kick"),
        ("0.25", "0.75 kick + 0.25 snare"),
        ("0.5", "0.5 kick + 0.5 snare"),
        ("0.75", "0.25 kick + 0.75 snare"),
        ("1.0", "snare"),
    ]
    generator = load(sound_models / "labelled.keras")
    expected = generator.interpolate(3, 8, 5, "spherical", ("kick", "snare"))
    for sound, row in zip(expected, rows, strict=True):
        found, rate = soundfile.read(f"a/{row['clip']}", always_2d=True)
        assert rate == 8000
        np.testing.assert_allclose(found, sound, atol=HALF_A_STEP)
    assert rows[0]["clip"] == "000-kick.wav" and rows[4]["clip"] == "004-snare.wav"


def test_a_way_with_one_label_can_be_replayed(run) -> None:
    line = ["labelled", *SEEDS, "--kind", "linear", "--steps", 4, "--label", "snare", "--out"]
    for out in ("a", "again"):
        assert run(*line, out).exit_code == 0
    again = ["--latents", "a/latents.npy", "--label", "snare", "--out", "b"]
    assert run("labelled", *again, verb="generate").exit_code == 0
    np.testing.assert_array_equal(np.load("a/latents.npy"), latent_path(ends(), 4, "linear"))
    for name in ("000-snare.wav", "001-snare.wav", "002-snare.npy", "003-snare.wav"):
        content = Path("a", name).read_bytes()
        assert content == Path("again", name).read_bytes() == Path("b", name).read_bytes()


@pytest.mark.parametrize(("gap", "gap_samples"), [([], 800), (["--gap-ms", "-50"], -400)])
def test_a_way_through_saved_latents_as_one_file(run, sound_models, gap, gap_samples: int) -> None:
    points = draw_latents(3, 4, seed=9)
    np.save("two.npy", points[:2])
    np.save("one.npy", points[2:])
    line = ["--latents", "two.npy", "--latents", "one.npy", "--steps", 3, *gap, "--fade-ms", 5]
    done = run("plain", *line, "--out", "m.flac", "--json", "-")
    assert (done.exit_code, done.stderr) == (0, "m.flac: 5 sounds\n"), done.output
    path = latent_path(points, 3, "spherical")
    np.testing.assert_array_equal(np.load("m.npy"), path)
    sounds = load(sound_models / "plain.keras").generate(latents=path)
    expected = join([fade(sound, 40) for sound in sounds], gap_samples)
    found, _ = soundfile.read("m.flac")
    np.testing.assert_allclose(found, np.clip(expected, -1, 1), atol=1.02 / 32768)
    figures = json.loads(done.stdout)
    assert [sound["position"] for sound in figures["sounds"]] == [0, 0.5, 1, 1.5, 2]
    assert {sound["label"] for sound in figures["sounds"]} == {""}
    assert figures["path"] == "m.flac" and figures["sample_rate_hz"] == 8000


def test_files_give_way_only_when_told_to(run) -> None:
    assert run("spectra", *SEEDS, "--steps", 2, "--out", "m.wav").exit_code == 0
    Path("m.npy").rename("other.npy")
    before = Path("m.wav").read_bytes()
    line = ["spectra", *SEEDS, "--steps", 2, "--kind", "linear", "--gap-ms", 0, "--out"]
    refused(run(*line, "m.wav"), "m.wav: got something there already, expected another name, or --")
    refused(run(*line, "other.wav"), "other.npy: got something there already, expected another")
    assert Path("m.wav").read_bytes() == before
    assert run(*line, "m.wav", "--overwrite").exit_code == 0
    assert soundfile.info("m.wav").frames == 2 * 16384
    assert sorted(os.listdir(".")) == ["m.npy", "m.wav", "other.npy"]


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        ([], "--from-seed: got nothing, expected --from-seed and --to-seed, or --latents"),
        (["--from-seed", 3], "--to-seed: got nothing, expected --from-seed and --to-seed, or"),
        (["--to-seed", 3, "--latents", "one.npy"], "--to-seed: got 3 beside --latents, expected"),
        (["--from-seed", -3, "--to-seed", 3], "Invalid value for '--from-seed'"),
        (["--latents", "one.npy"], "--latents: got 1 latent in all, expected at least 2 to go be"),
        (["--latents", "five.npy"], "five.npy: got shape [2, 5], expected [N, 4], as the model h"),
        (["--latents", "no.npy"], "no.npy: got no such file, expected a .npy file of latents"),
        ([*SEEDS, "--steps", 1], "Invalid value for '--steps'"),
        ([*SEEDS, "--kind", "cubic"], "Invalid value for '--kind'"),
        ([*SEEDS], "labels: got none, expected one of kick, snare, open/hat"),
        ([*SEEDS, "--label", "kik"], "kik: got an unknown label, expected kick"),
        ([*SEEDS, *["--label", "kick"] * 3], "labels: got 3, expected one for all, or 2"),
        ([*SEEDS, "--gap-ms", "nan"], "Invalid value for '--gap-ms'"),
    ],
)
@pytest.mark.parametrize("out", ["deep/a", "deep/a.wav"])
def test_bad_input_is_one_line(run, arguments: list, beginning: str, out: str) -> None:
    np.save("one.npy", np.zeros([1, 4]))
    np.save("five.npy", np.zeros([2, 5]))
    refused(run("labelled", *arguments, "--out", out), beginning)
    assert sorted(os.listdir(".")) == ["five.npy", "one.npy"]


@pytest.mark.parametrize(
    ("model", "arguments", "beginning"),
    [
        ("plain", ["--out", "a", "--gap-ms", 5], "--gap-ms: got 5.0, expected an audio file for"),
        ("plain", ["--out", "a.wav", "--format", "wav"], "--format: got wav, expected a folder fo"),
        ("plain", ["--out", "a.wav", "--gap-ms", -70], "overlap_samples: got 560, expected from 0"),
        ("plain", ["--out", "a", "--label", "b"], "label: got b, expected none, as the model kno"),
        ("segan", ["--out", "a.wav"], "MODEL: got a model that cannot generate, expected a WaveGA"),
    ],
)
def test_what_does_not_fit_is_refused(run, sound_models, model, arguments, beginning) -> None:
    done = run(model, *SEEDS, *arguments)
    refused(done, beginning.replace("MODEL", str(sound_models / f"{model}.keras")))
    assert os.listdir(".") == []


def refused(done: Result, beginning: str) -> None:
    """Check that a run ended with one line and code 2."""
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert done.stderr.count("\n") == 1
