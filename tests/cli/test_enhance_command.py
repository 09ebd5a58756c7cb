"""The verb `enhance`, as a user calls it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.tflite import export_tflite

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def small() -> SEGAN:
    """A small model."""
    keras.utils.set_random_seed(6)
    return SEGAN(channels=8, dilations=(1, 2), discriminator_channels=4)


@pytest.fixture(scope="module")
def model(small, tmp_path_factory) -> str:
    """That model as a TFLite file, which starts fastest."""
    path = tmp_path_factory.mktemp("model") / "segan.tflite"
    export_tflite(small, path)
    return str(path)


@pytest.fixture
def waveform(rng) -> np.ndarray:
    """A second of noise on the grid of 16 bits."""
    return np.round(rng.uniform(-0.5, 0.5, 16000) * 32768).astype(np.float32) / 32768


def offline(small: SEGAN, waveform: np.ndarray) -> np.ndarray:
    """What the network makes of a recording."""
    return np.clip(small.generator(waveform[None, :, None]).numpy()[0, :, 0], -1, 32767 / 32768)


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["enhance", *map(str, arguments)])


def start(*arguments: object, **options) -> subprocess.Popen:
    """Start the verb in a process of its own."""
    command = [sys.executable, "-m", "tfgan_audio", "enhance", *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    return subprocess.Popen(command, cwd=ROOT, env=environment, **{**pipes, **options})


def refused(done: Result, beginning: str) -> None:
    """Check that a run ended with one line and code 2."""
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("target", ["out.wav", "new/out.flac"])
def test_a_file(model, small, waveform, tmp_path, target: str) -> None:
    soundfile.write(tmp_path / "in.wav", waveform, 16000)
    done = run(model, tmp_path / "in.wav", tmp_path / target)
    assert (done.exit_code, done.stdout) == (0, "")
    enhanced, _ = soundfile.read(tmp_path / target)
    np.testing.assert_allclose(enhanced, offline(small, waveform), atol=0.6 / 32768)


def test_a_file_onto_itself(model, small, waveform, tmp_path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, waveform, 16000)
    assert run(model, path, path).exit_code == 0
    np.testing.assert_allclose(soundfile.read(path)[0], offline(small, waveform), atol=0.6 / 32768)


def test_a_folder_with_unusable_files(model, waveform, tmp_path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    (source / "deep").mkdir(parents=True)
    soundfile.write(source / "deep" / "good.flac", waveform, 16000)
    for index in range(4):
        (source / f"bad-{index}.wav").write_text("text")
    refused(run(model, source, target), f"{source}: got 4 unusable files: {source}/bad-0.wav: got ")
    assert "; and 1 more, expected usable audio" in run(model, source, target).stderr
    assert [path for path in target.rglob("*") if path.is_file()] == [target / "deep/good.flac"]


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["nowhere.wav", "out.wav"], "nowhere.wav: got nothing there, expected an audio file or"),
        (["IN", "-"], "IN OUT: got "),
        (["-", "out.wav"], "IN OUT: got - out.wav, expected - for both, or for none"),
        (["IN", "out.wav", "--rate", "16000"], "--rate: got 16000, expected a raw stream: - -"),
        (["IN", "out.wav", "--channels", "1"], "--channels: got 1, expected a raw stream: - -"),
        (["IN", "OUT/x"], "OUT/x: got ending '', expected one of .wav"),
        (["IN", "OUT/x.doc"], "OUT/x.doc: got ending '.doc', expected one of .wav"),
        (["IN", "OUT"], "OUT: got "),
        (["IN", "IN/x.wav"], "IN/x.wav: got "),
        (["TEXT", "out.wav"], "TEXT: got content that is no audio"),
        (["OUT", "OUT/new"], "OUT: got no audio files"),
        (["-", "-", "--rate", "0"], "Invalid value for '--rate'"),
        (["-", "-", "--channels", "0"], "Invalid value for '--channels'"),
    ],
)
def test_bad_input_is_one_line(model, waveform, tmp_path, arguments, beginning: str) -> None:
    places = {"IN": tmp_path / "in.wav", "OUT": tmp_path / "folder", "TEXT": tmp_path / "text.wav"}
    soundfile.write(places["IN"], waveform, 16000)
    places["OUT"].mkdir()
    places["TEXT"].write_text("text")

    def placed(text: str) -> str:
        for name, path in places.items():
            text = text.replace(name, str(path)) if text.split("/")[0].startswith(name) else text
        return text

    beginning = beginning if beginning.startswith("IN OUT") else placed(beginning)
    refused(run(model, *map(placed, arguments)), beginning)
    assert sorted(os.listdir(tmp_path)) == ["folder", "in.wav", "text.wav"]
    assert os.listdir(places["OUT"]) == []


def test_something_that_is_no_model_is_one_line(waveform, tmp_path) -> None:
    soundfile.write(tmp_path / "in.wav", waveform, 16000)
    for name, content in (("a.tflite", "text"), ("a.keras", "text"), ("a.txt", "text")):
        (tmp_path / name).write_text(content)
        done = run(tmp_path / name, tmp_path / "in.wav", tmp_path / "out.wav")
        refused(done, f"{tmp_path / name}: got ")
    assert not (tmp_path / "out.wav").exists()


def test_raw_samples_come_out_while_more_are_awaited(model, small, waveform) -> None:
    """A second goes in; its enhanced samples come out but for the last block, stdin still open."""
    process = start(model, "-", "-")
    process.stdin.write((waveform * 32768).astype("<i2").tobytes())
    process.stdin.flush()
    num_early = (16000 // 256 - 1) * 256
    timer = threading.Timer(60, process.kill)  # a stream that waits for more would hang the test
    timer.start()
    early = process.stdout.read(2 * num_early)
    timer.cancel()
    assert len(early) == 2 * num_early and process.poll() is None
    late, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, b"")
    enhanced = np.frombuffer(early + late, "<i2") / 32768
    np.testing.assert_allclose(enhanced, offline(small, waveform), atol=0.6 / 32768)


def test_raw_stereo_of_another_rate_with_a_byte_too_many(model, waveform) -> None:
    samples = (waveform[:8000] * 32768).astype("<i2").tobytes()
    process = start(model, "-", "-", "--rate", 44100, "--channels", 2)
    stdout, stderr = process.communicate(samples + b"x", timeout=60)
    assert len(stdout) == len(samples)
    assert process.returncode == 2
    assert stderr.decode() == (
        "tfgan-audio: error: stdin: got 1 bytes too many at the end, "
        "expected frames of 4 bytes: 2 channels of 16 bits\n"
    )


def test_a_reader_that_goes_away_is_no_error(model) -> None:
    process = start(model, "-", "-")
    process.stdout.close()
    threading.Thread(target=feed, args=[process.stdin]).start()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 141


def feed(stdin) -> None:
    """Write samples until nobody reads them."""
    try:
        for _ in range(1000):
            stdin.write(bytes(32_000))
        stdin.close()
    except BrokenPipeError:
        pass


def test_a_model_that_makes_sounds_is_refused(sound_models, waveform, tmp_path) -> None:
    soundfile.write(tmp_path / "in.wav", waveform, 16000)
    model = sound_models / "plain.keras"
    done = run(model, tmp_path / "in.wav", tmp_path / "out.wav")
    refused(done, f"{model}: got a model that cannot enhance, expected a SEGAN")
    assert not (tmp_path / "out.wav").exists()


def test_a_limit_keeps_a_share_of_what_came(small, model, waveform, tmp_path) -> None:
    soundfile.write(tmp_path / "in.wav", waveform, 16000, subtype="FLOAT")
    done = run(model, tmp_path / "in.wav", tmp_path / "out.wav", "--attenuation-limit", 20)
    assert done.exit_code == 0, done.stderr
    enhanced = small.generator(waveform[None, :, None]).numpy()[0, :, 0]
    found, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    np.testing.assert_allclose(found, 0.9 * enhanced + 0.1 * waveform, atol=1e-5)
