"""The recipes of the folder export/ do what they say."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from tiny_vocoders import make_melgan

from tfgan_audio.cli import main
from tfgan_audio.loading import load
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.tflite import export_tflite

RECIPES = Path(__file__).resolve().parents[2] / "export"
BLOCKED = """
import runpy, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"tfgan_audio", "tensorflow", "keras", "soundfile", "scipy"}:
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Blocker())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def on_device(*arguments: object, **options) -> subprocess.CompletedProcess:
    """Run the recipe where only NumPy and LiteRT can be imported."""
    command = [sys.executable, "-c", BLOCKED, str(RECIPES / "on_device.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, **options)


@pytest.fixture
def samples(speechlike) -> np.ndarray:
    """A recording on the grid of 16 bits whose last block is not full."""
    return (speechlike * 32768).astype("<i2")


def expected(exported, samples: np.ndarray) -> np.ndarray:
    """What the network makes of it."""
    enhanced = exported.offline(samples.astype(np.float32) / 32768)
    return np.clip(np.rint(enhanced * 32768), -32768, 32767)


@pytest.mark.parametrize("num_samples", [1, 256, 20_800])
def test_a_device_enhances_a_file(exported, samples, tmp_path, num_samples: int) -> None:
    soundfile.write(tmp_path / "in.wav", samples[:num_samples], 16000)
    done = on_device(exported.tflite, tmp_path / "in.wav", tmp_path / "out.wav")
    assert done.returncode == 0, done.stderr
    enhanced, rate = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert rate == 16000
    np.testing.assert_allclose(enhanced, expected(exported, samples[:num_samples]), atol=1)


def test_a_device_enhances_a_stream(exported, samples) -> None:
    done = on_device(exported.tflite, "-", "-", input=samples.tobytes())
    assert done.returncode == 0, done.stderr
    enhanced = np.frombuffer(done.stdout, "<i2")
    np.testing.assert_allclose(enhanced, expected(exported, samples), atol=1)


def test_a_device_refuses_another_rate(exported, samples, tmp_path) -> None:
    soundfile.write(tmp_path / "in.wav", samples, 44100)
    done = on_device(exported.tflite, tmp_path / "in.wav", tmp_path / "out.wav")
    assert done.returncode == 1
    assert done.stderr.decode().endswith("in.wav: expected one channel of 16 bits at 16000 Hz\n")


def test_the_recipe_stays_short() -> None:
    assert len((RECIPES / "on_device.py").read_text().splitlines()) < 100


@pytest.mark.parametrize("num_frames", [1, 6])
def test_a_device_vocodes_a_mel(rng, tmp_path, num_frames: int) -> None:
    model, path = make_melgan("full band"), tmp_path / "voice.tflite"
    export_tflite(model, path, fixed=num_frames)
    mel = (quiet_frame(model.features) + rng.uniform(0, 3, [29, 6])).astype(np.float32)
    np.save(tmp_path / "mel.npy", mel)
    done = on_device(path, tmp_path / "mel.npy", tmp_path / "out.wav")
    assert done.returncode == 0, done.stderr
    found, rate = soundfile.read(tmp_path / "out.wav", dtype="int16")
    assert rate == model.features.sample_rate_hz
    model.save(tmp_path / "model.keras")
    expected = load(tmp_path / "model.keras").vocode(mel, quiet_ends=True)
    expected = np.clip(np.rint(expected * 32768), -32768, 32767)
    np.testing.assert_allclose(found, expected, atol=1)


def test_the_commands_of_the_readme_run(exported, tmp_path, monkeypatch) -> None:
    commands = re.findall(r"^tfgan-audio (export .*)$", (RECIPES / "README.md").read_text(), re.M)
    assert len(commands) == 2
    (tmp_path / "runs" / "first").mkdir(parents=True)
    exported.model.save(tmp_path / "runs" / "first" / "model.keras")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        done = CliRunner().invoke(main, command.split())
        assert done.exit_code == 0, done.output
        assert load(command.split()[2]).enhance(np.zeros(5), 48000).shape == (5,)


def test_the_server_finds_the_model_where_the_readme_puts_it() -> None:
    from google.protobuf import text_format
    from ruamel.yaml import YAML
    from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

    text = (RECIPES / "serving" / "models.config").read_text()
    (model,) = text_format.Parse(text, ModelServerConfig()).model_config_list.config
    assert (model.name, model.base_path) == ("segan", "/models/segan")
    compose = YAML(typ="safe").load(RECIPES / "serving" / "docker-compose.yml")
    service = compose["services"]["serving"]
    mounted = dict(volume.split(":")[:2][::-1] for volume in service["volumes"])
    assert mounted["/models"] == "../models"
    options = dict(option.removeprefix("--").split("=") for option in service["command"])
    for name in ("model_config_file", "monitoring_config_file"):
        assert (RECIPES / "serving" / mounted[options[name]]).is_file()


def test_batches_have_the_sizes_that_the_server_takes() -> None:
    """They increase, and the last is the largest batch."""
    text = (RECIPES / "serving" / "batching_params.pbtxt").read_text()
    sizes = [int(size) for size in re.findall(r"^allowed_batch_sizes: (\d+)$", text, re.M)]
    (largest,) = re.findall(r"^max_batch_size { value: (\d+) }$", text, re.M)
    assert sizes == sorted(set(sizes)) and sizes[-1] == int(largest)
