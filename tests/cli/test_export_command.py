"""The verb `export`, as a user calls it."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner, Result

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.io import read_audio
from tfgan_audio.cli import main
from tfgan_audio.loading import load
from tfgan_audio.models.melgan import MelGAN
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving import tflite


@pytest.fixture(scope="module")
def model() -> SEGAN:
    """A small model."""
    keras.utils.set_random_seed(7)
    return SEGAN(channels=8, dilations=(1, 2), discriminator_channels=4)


@pytest.fixture
def run_dir(model, tmp_path) -> Path:
    """The folder of its run."""
    folder = tmp_path / "run"
    folder.mkdir()
    model.save(folder / "model.keras")
    return folder


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


@pytest.mark.parametrize(("kind", "name"), [("tflite", "a.tflite"), ("saved_model", "segan/1")])
def test_an_artefact_and_its_figures(model, run_dir, tmp_path, rng, kind: str, name: str) -> None:
    out, figures_path = tmp_path / "new" / name, tmp_path / "figures.json"
    done = run(run_dir, out, "--format", kind, "--json", figures_path)
    assert done.exit_code == 0, done.output
    figures = json.loads(figures_path.read_text())
    assert (figures["path"], figures["format"]) == (str(out), kind)
    assert 0 <= figures["max_difference"] <= 1e-5
    size = f"{figures['size_bytes'] / 1e6:.1f} MB"
    assert done.stdout.startswith(f"{out}: {size}, ") and " from Keras; real-time" in done.stdout
    report = f"{out}.json" if kind == "tflite" else out / "assets.extra" / "report.json"
    assert json.loads(Path(report).read_text()) == figures
    names = ["1 thread", "2 threads"] if kind == "tflite" else ["all threads"]
    assert list(figures["speed"]) == names
    for name in names:
        speed = figures["speed"][name]  # of one second of sound
        assert speed["real_time_factor"] == pytest.approx(speed["steady_call_ms"] / 1000)
        assert 0 < speed["steady_call_ms"] and 0 < speed["first_call_ms"]
        assert f"real-time factor {speed['real_time_factor']:.3f}" in done.stdout or name[0] == "2"
    waveform = rng.uniform(-0.5, 0.5, 2000).astype(np.float32)
    expected = model.generator(waveform[None, :, None]).numpy()[0, :, 0]
    np.testing.assert_allclose(load(out).enhance(waveform, 16000), expected, atol=1e-5)


def test_without_a_place_the_next_version_goes_into_the_run(run_dir) -> None:
    done = run(run_dir, "--format", "tflite")
    assert done.stdout.startswith(f"{run_dir}/export/segan.tflite: ")
    (run_dir / "export" / "segan" / "4").mkdir(parents=True)
    done = run(run_dir / "model.keras", "--format", "saved_model")
    assert done.stdout.startswith(f"{run_dir}/export/segan/5: ")
    assert sorted(os.listdir(run_dir / "export" / "segan")) == ["4", "5"]


@pytest.mark.parametrize(
    ("source", "out", "kind", "beginning"),
    [
        ("nowhere", "a.tflite", "tflite", "nowhere: got nothing there, expected a run folder or"),
        (".", "a.tflite", "tflite", ".: got no model.keras in it, expected a run folder or"),
        ("run", "a.bin", "tflite", "a.bin: got ending '.bin', expected a file ending in .tflite"),
        ("run", "run", "saved_model", "run: got something there already, expected a folder that"),
        ("run", "run/model.keras/1", "saved_model", "run/model.keras/1: got Not a directory"),
        ("run", "run/model.keras/a.tflite", "tflite", "run/model.keras/a.tflite: got "),
    ],
)
def test_bad_input_is_one_line(run_dir, monkeypatch, source, out, kind, beginning) -> None:
    monkeypatch.chdir(run_dir.parent)
    done = run(source, out, "--format", kind)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert done.stderr.count("\n") == 1
    assert os.listdir(run_dir.parent) == ["run"] and os.listdir("run") == ["model.keras"]


def test_a_format_is_needed(run_dir) -> None:
    done = run(run_dir)
    assert done.exit_code == 2 and "--format" in done.stderr and done.stderr.count("\n") == 1


@pytest.fixture
def voice_dir(tmp_path) -> Path:
    """The folder of a run of a small MelGAN."""
    keras.utils.set_random_seed(7)
    features = MelFeatures(
        sample_rate_hz=8000, fft_samples=64, window_samples=64, hop_samples=16, num_mels=6
    )
    sizes = {"base_channels": 16, "upsample_factors": (2, 2), "num_bands": 4}
    small = {"num_scales": 1, "discriminator_channels": 4, "discriminator_max_channels": 16}
    folder = tmp_path / "voice"
    folder.mkdir()
    MelGAN(features=features, **sizes, **small).save(folder / "model.keras")
    return folder


def test_exports_of_a_vocoder_vocode_mels(voice_dir, tmp_path, rng, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("in.npy", rng.uniform(-4.5, -1.5, [50, 6]).astype(np.float32))
    assert CliRunner().invoke(main, ["vocode", "voice", "in.npy", "out.wav"]).exit_code == 0
    expected, rate_hz = read_audio("out.wav")
    assert rate_hz == 8000 and expected.shape == (800, 1) and np.abs(expected).max() > 1e-3
    for options, name in (
        (["saved_model"], "melgan/1"),
        (["tflite"], "melgan.tflite"),
        (["tflite", "--weights", "float16"], "melgan-float16.tflite"),
    ):
        done = run("voice", "--json", "a.json", "--format", *options)
        assert done.exit_code == 0, done.output
        assert done.stdout.startswith(f"voice/export/{name}: 0.")
        assert ("dB SNR" in done.stdout) == ("float16" in name)
        assert json.loads(Path("a.json").read_text())["weights"] == (options[2:] or ["float32"])[-1]
        command = ["vocode", f"voice/export/{name}", "in.npy", "out.wav"]
        assert CliRunner().invoke(main, command).exit_code == 0
        found, rate_hz = read_audio("out.wav")
        tolerance = 1e-2 * np.abs(expected).max() if "float16" in name else 4e-5
        np.testing.assert_allclose(found, expected, atol=tolerance)


def test_only_tflite_files_have_smaller_weights(run_dir, tmp_path) -> None:
    done = run(run_dir, tmp_path / "1", "--format", "saved_model", "--weights", "int8")
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert "--weights: got int8, expected float32" in done.stderr
    assert not (tmp_path / "1").exists()


def test_weights_that_lose_too_much_need_to_be_allowed(run_dir, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(tflite.LEAST_SNR_DB, "int8", 150.0)
    arguments = [run_dir, tmp_path / "a.tflite", "--format", "tflite", "--weights", "int8"]
    done = run(*arguments)
    assert done.exit_code == 2 and "dB against Keras, expected at least 150 dB" in done.stderr
    assert os.listdir(tmp_path) == ["run"]
    done = run(*arguments, "--allow-loss")
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "a.tflite.json").read_text())["snr_db"] < 150
    done = run(*arguments[:-2], "--allow-loss")
    assert done.exit_code == 2 and "--allow-loss: got float32 weights" in done.stderr
