"""The verb `vocode` with a tiny MelGAN."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

import tfgan_audio as tga
from tfgan_audio.cli import main

MELS, HOP = 8, 64


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    """A run folder with a MelGAN at 8 kHz."""
    import keras

    from tfgan_audio.models.melgan import MelGAN

    keras.utils.set_random_seed(5)
    features = tga.MelFeatures(
        sample_rate_hz=8000, fft_samples=256, window_samples=256, hop_samples=HOP, num_mels=MELS
    )
    sizes = {"base_channels": 16, "num_scales": 1, "discriminator_max_channels": 64}
    melgan = MelGAN(features=features, upsample_factors=(8, 4, 2), **sizes)
    run_dir = tmp_path_factory.mktemp("voice")
    melgan.save(run_dir / "model.keras")
    return str(run_dir)


@pytest.fixture
def mel(rng) -> np.ndarray:
    """A mel of thirty frames."""
    return rng.uniform(-4.5, -1.0, [30, MELS]).astype(np.float32)


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["vocode", *map(str, arguments)])


def refused(done: Result, beginning: str) -> None:
    """Check that a run ended with one line and code 2."""
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert done.stderr.count("\n") == 1


def test_a_mel(model, mel, tmp_path) -> None:
    np.save(tmp_path / "a.npy", mel)
    done = run(model, tmp_path / "a.npy", tmp_path / "new" / "a.wav")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    found, rate = soundfile.read(tmp_path / "new" / "a.wav")
    assert rate == 8000
    expected = tga.load(model).vocode(mel, quiet_ends=True)
    np.testing.assert_allclose(found, expected, atol=0.51 / 32768)


def test_mels_first_as_torch_code_writes_them(model, mel, tmp_path) -> None:
    np.save(tmp_path / "a.npy", mel.T[None])
    np.save(tmp_path / "b.npy", mel)
    refused(run(model, tmp_path / "a.npy", tmp_path / "a.wav"), f"{tmp_path}/a.npy: got shape [8, ")
    assert run(model, tmp_path / "a.npy", tmp_path / "a.wav", "--mels-first").exit_code == 0
    assert run(model, tmp_path / "b.npy", tmp_path / "b.wav").exit_code == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_recording_with_figures(model, rng, tmp_path) -> None:
    soundfile.write(tmp_path / "in.flac", rng.uniform(-0.1, 0.1, [22050, 2]), 22050)
    done = run(model, tmp_path / "in.flac", tmp_path / "copy.flac", "--json", tmp_path / "a.json")
    assert done.exit_code == 0, done.stderr
    assert soundfile.info(tmp_path / "copy.flac").frames == 8000
    figures = json.loads((tmp_path / "a.json").read_text())
    seconds = figures.pop("seconds")
    assert figures.pop("times_real_time") == pytest.approx(1.0 / seconds)
    latency = tga.loading.load_trained(model).receptive_frames[1] * HOP
    assert figures == {
        "sample_rate_hz": 8000, "hop_samples": HOP, "latency_samples": latency,
        "audio_seconds": 1.0, "warnings": [], "unusable": [], "files": {"copy.flac": 1.0},
    }  # fmt: skip


def test_a_folder_with_unusable_files(model, mel, tmp_path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    (source / "deep").mkdir(parents=True)
    np.save(source / "deep" / "good.npy", mel)
    for index in range(4):
        np.save(source / f"bad-{index}.npy", mel.T)
    done = run(model, source, target, "--json", tmp_path / "a.json")
    refused(done, f"{source}: got 4 unusable files: {source}/bad-0.npy: got shape [8, 30]")
    assert "; and 1 more, expected mels and audio that go with the model; the" in done.stderr
    assert [path for path in target.rglob("*") if path.is_file()] == [target / "deep/good.wav"]
    figures = json.loads((tmp_path / "a.json").read_text())
    assert figures["files"] == {"deep/good.wav": 30 * HOP / 8000}
    assert len(figures["unusable"]) == 4


def test_linear_mels_are_warned_of(model, mel, tmp_path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for index in range(5):
        np.save(source / f"{index}.npy", 10.0**mel)
    done = run(model, source / "0.npy", tmp_path / "0.wav")
    assert done.exit_code == 0 and (tmp_path / "0.wav").exists()
    assert done.stderr.startswith(f"tfgan-audio: warning: {source}/0.npy: got values from ")
    assert "before the logarithm, expected logarithms to base 10" in done.stderr
    assert done.stderr.count("\n") == 1
    lines = run(model, source, tmp_path / "out").stderr.splitlines()
    assert len(lines) == 4 and lines[3] == "tfgan-audio: warning: 2 more such mels"


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["nowhere.npy", "out.wav"], "nowhere.npy: got nothing there, expected a mel or audio"),
        (["MEL", "OUT/x"], "OUT/x: got ending '', expected one of .wav"),
        (["MEL", "OUT/x.npy"], "OUT/x.npy: got ending '.npy', expected one of .wav"),
        (["MEL", "OUT"], "OUT: got "),
        (["TEXT", "out.wav"], "TEXT: got content that is no audio"),
        (["OUT", "OUT/new"], "OUT: got no mels or recordings"),
        (["NAN", "OUT/x.wav"], "NAN: got NaN or infinity in frame 2, expected finite values"),
        (["WIDE", "OUT/x.wav"], "WIDE: got shape [30, 80], expected [frames, 8]"),
        (["TORCH", "OUT/x.wav"], "TORCH: got another file or a damaged one, expected a file of to"),
    ],
)
def test_bad_input_is_one_line(model, mel, tmp_path, arguments, beginning: str) -> None:
    places = {
        "MEL": tmp_path / "a.npy", "OUT": tmp_path / "folder", "TEXT": tmp_path / "text.wav",
        "NAN": tmp_path / "nan.npy", "WIDE": tmp_path / "wide.npy", "TORCH": tmp_path / "a.pt",
    }  # fmt: skip
    np.save(places["MEL"], mel)
    np.save(places["NAN"], np.where(np.arange(30)[:, None] == 2, np.nan, mel))
    np.save(places["WIDE"], np.zeros([30, 80]))
    places["OUT"].mkdir()
    places["TEXT"].write_text("text")
    places["TORCH"].write_text("text")
    before = sorted(os.listdir(tmp_path))

    def placed(text: str) -> str:
        for name, path in places.items():
            text = text.replace(name, str(path)) if text.startswith(name) else text
        return text

    refused(run(model, *map(placed, arguments)), placed(beginning))
    assert sorted(os.listdir(tmp_path)) == before
    assert os.listdir(places["OUT"]) == []


def test_a_model_of_another_family_is_refused(sound_models, mel, tmp_path) -> None:
    np.save(tmp_path / "a.npy", mel)
    for name, seen in (("segan", "vocode"), ("plain", "vocode")):
        path = sound_models / f"{name}.keras"
        done = run(path, tmp_path / "a.npy", tmp_path / "a.wav")
        refused(done, f"{path}: got a model that cannot {seen}, expected a MelGAN")
    assert not Path(tmp_path / "a.wav").exists()
