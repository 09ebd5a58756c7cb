"""The options of the verb `export` that change what a TFLite file computes, and try it."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.loading import load
from tfgan_audio.serving.backends import open_interpreter


def run(*arguments: object) -> Result:
    """Run the verb in this process, for a TFLite file."""
    words = ["export", "--format", "tflite", *map(str, arguments)]
    return CliRunner().invoke(main, words)


@pytest.fixture
def recordings(rng, tmp_path) -> Path:
    """A folder with two recordings of noise that comes and goes, 1 and 2 seconds."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for seconds in (1, 2):
        level = 0.2 * np.abs(np.sin(np.arange(16_000 * seconds) / 1500))
        waveform = level * rng.standard_normal(len(level))
        soundfile.write(folder / f"{seconds}.wav", waveform.clip(-1, 1), 16_000)
    return folder


def snr_db(expected: np.ndarray, found: np.ndarray) -> float:
    """How far the difference lies below the signal."""
    return 10 * np.log10(np.mean(expected**2) / np.mean((found - expected) ** 2))


def flowing_types(path: Path) -> set[str]:
    """The types of what the layers of a file take."""
    interpreter = open_interpreter(path)
    types = {one["index"]: one["dtype"].__name__ for one in interpreter.get_tensor_details()}
    operators = interpreter._get_ops_details()
    layers = ("CONV_2D", "FULLY_CONNECTED")
    return {types[one["inputs"][0]] for one in operators if one["op_name"] in layers}


@pytest.mark.parametrize(
    ("options", "flowing"),
    [
        pytest.param([], {"float32"}, marks=pytest.mark.slow),
        (["--weights", "int8-full"], {"int8"}),
    ],
)
def test_recordings_tell_how_an_enhancer_sounds(
    sound_models, recordings, tmp_path, rng, options: list[str], flowing: set[str]
) -> None:
    out, source = tmp_path / "a.tflite", sound_models / "segan.keras"
    loss = ["--allow-loss"] if options else []
    done = run(source, out, "--data", recordings, *options, *loss)
    assert done.exit_code == 0, done.output
    figures = json.loads(Path(f"{out}.json").read_text())
    assert figures["weights"] == (options or ["float32"])[-1]
    assert 1.0 <= figures["dnsmos_ovrl"] <= 5.0
    change = figures["dnsmos_ovrl_change"]
    assert f", DNSMOS OVRL {change:+.3f}; real-time factor " in done.stdout
    assert abs(change) < (0.5 if options else 1e-3)
    assert flowing_types(out) == flowing
    waveform = 0.1 * rng.standard_normal(8_000)
    expected, found = (load(path).enhance(waveform, 16_000) for path in (source, out))
    assert snr_db(expected, found) > (10 if options else 80)


@pytest.mark.slow
def test_ranges_of_a_vocoder(speaking_run, recordings, tmp_path, rng) -> None:
    out, source = tmp_path / "a.tflite", speaking_run / "vocoder.keras"
    done = run(source, out, "--data", recordings, "--weights", "int8-full", "--allow-loss")
    assert done.exit_code == 0, done.output
    assert "int8" in flowing_types(out)
    mel = rng.uniform(-4.5, -1.5, [50, 6]).astype(np.float32)
    assert 5 < snr_db(load(source).vocode(mel), load(out).vocode(mel)) < 80


def test_ranges_of_sounds_need_no_recordings(sound_models, tmp_path) -> None:
    out, source = tmp_path / "a.tflite", sound_models / "labelled.keras"
    done = run(source, out, "--weights", "int8-full", "--allow-loss")
    assert done.exit_code == 0, done.output
    assert json.loads(Path(f"{out}.json").read_text())["lsd"] > 0
    expected, found = (load(path).generate(3, labels="kick") for path in (source, out))
    assert 5 < snr_db(np.stack(expected), np.stack(found)) < 80


def test_frames_of_a_vocoder_are_fixed(speaking_run, tmp_path, rng) -> None:
    out, source = tmp_path / "a.tflite", speaking_run / "vocoder.keras"
    done = run(source, out, "--fixed", 7)
    assert done.exit_code == 0, done.output
    step = open_interpreter(out).get_signature_runner("step")
    shape = step.get_input_details()["mel"]["shape_signature"]
    assert shape.tolist() == [1, 7, 6]
    mel = rng.uniform(-4.5, -1.5, [50, 6]).astype(np.float32)
    expected, found = (load(path).vocode(mel, quiet_ends=True) for path in (source, out))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("name", "stream"), [("segan", "blocks"), ("plain", "latents")])
def test_other_models_take_one_at_a_time(sound_models, tmp_path, name: str, stream: str) -> None:
    out = tmp_path / "a.tflite"
    done = run(sound_models / f"{name}.keras", out, "--fixed", 1)
    assert done.exit_code == 0, done.output
    details = open_interpreter(out).get_input_details()
    assert all((one["shape_signature"] > 0).all() for one in details)
    (shape,) = (one["shape"] for one in details if stream in one["name"])
    assert shape[:-1].tolist() == [1] * (len(shape) - 1)


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("segan", "--fixed 2", "fixed: got 2, expected 1 for models other than a MelGAN"),
        ("segan", "--fixed 0", "'--fixed': 0 is not in the range x>=1"),
        ("model", "--fixed 1", "fixed: got 1, expected nothing for an AcousticModel, whose"),
        ("segan", "--weights int8-full", "--weights: got int8-full, expected --data DIR with"),
        ("model", "--weights int8-full", "--weights: got int8-full, expected others for an"),
        ("plain", "--data .", "--data: got ., expected nothing for models other than a SEGAN"),
        ("model", "--data .", "--data: got ., expected nothing for models other than a SEGAN"),
        ("segan", "--data nowhere", "nowhere: got "),
        ("segan", "--format saved_model --fixed 1", "--fixed: got 1, expected nothing for a Saved"),
    ],
)
def test_what_a_model_cannot_is_one_line(
    sound_models, speaking_run, tmp_path, monkeypatch, name: str, options: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = speaking_run if name == "model" else sound_models
    done = run(folder / f"{name}.keras", "a.tflite", *options.split())
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert os.listdir(tmp_path) == []
