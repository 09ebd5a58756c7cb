"""The verbs `serve` and `client`, each as a process or in this one."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from tfgan_audio.cli import main
from tfgan_audio.loading import load

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """The enhancer that comes with the package, as a user exports it."""
    folder = tmp_path_factory.mktemp("models")
    out = str(folder / "segan" / "1")
    done = CliRunner().invoke(main, ["export", "default", out, "--format", "saved_model"])
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def addresses(models):
    """The addresses of a server in the background of a shell, which is interrupted at the end."""
    command = [sys.executable, "-m", "tfgan_audio", "serve", str(models)]
    process = subprocess.Popen(
        [*command, "--grpc-port", "0", "--rest-port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )  # fmt: skip
    line = process.stdout.readline()
    found = re.fullmatch(
        r"segan: gRPC (localhost:\d+), REST (http://localhost:\d+); for local work and tests;"
        r" production is the official tensorflow/serving image\n",
        line,
    )
    assert found, line + process.communicate()[1]
    yield found.groups()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    lines = stderr.splitlines()
    assert len(lines) == 3 and lines[0].endswith(f"segan version 1 is served from {models}/segan/1")
    assert lines[1].endswith("segan version 1 is unloaded")
    assert lines[2] == "tfgan-audio: interrupted"


@pytest.fixture
def recordings(tmp_path, rng) -> Path:
    """A folder of noise of several lengths, rates and channel counts."""
    folder = tmp_path / "noisy"
    (folder / "deep").mkdir(parents=True)
    for index, (name, rate, shape) in enumerate(
        [("a.wav", 16000, [9000]), ("deep/b.flac", 44100, [7000, 2]), ("c.wav", 8000, [1])]
    ):
        noise = 0.2 * rng.standard_normal(shape)
        soundfile.write(folder / name, noise, rate, "FLOAT" if name[-3:] == "wav" else "PCM_24")
    return folder


def client(*arguments: object):
    """Run the verb."""
    return CliRunner().invoke(main, ["client", *map(str, arguments)])


@pytest.mark.parametrize("kind", [0, 1])
def test_a_folder_equals_the_local_verb(models, addresses, recordings, tmp_path, kind: int) -> None:
    remote, local = tmp_path / "remote", tmp_path / "local"
    done = client(addresses[kind], "segan", recordings, remote)
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, ["enhance", str(models / "segan"), str(recordings), str(local)])
    assert done.exit_code == 0, done.output
    for name in ("a.wav", "deep/b.flac", "c.wav"):
        enhanced, expected = (soundfile.read(folder / name)[0] for folder in (remote, local))
        np.testing.assert_allclose(enhanced, expected, atol=1e-5)


def test_a_file(models, addresses, recordings, tmp_path) -> None:
    done = client(addresses[0], "segan", recordings / "a.wav", tmp_path / "out.wav", "--version", 1)
    assert done.exit_code == 0, done.output
    noisy, rate = soundfile.read(recordings / "a.wav", dtype="float32")
    expected = load(models / "segan").enhance(noisy, rate)
    np.testing.assert_allclose(soundfile.read(tmp_path / "out.wav")[0], expected, atol=1e-5)


def test_a_raw_stream(models, addresses, rng) -> None:
    samples = (3000 * rng.standard_normal(20_000)).astype("<i2")
    command = [sys.executable, "-m", "tfgan_audio", "client", addresses[0], "segan", "-", "-"]
    done = subprocess.run(command, cwd=ROOT, input=samples.tobytes(), capture_output=True)
    assert done.returncode == 0 and not done.stderr, done.stderr
    expected = load(models / "segan").enhance(samples.astype(np.float32) / 32768, 16000)
    enhanced = np.frombuffer(done.stdout, "<i2")
    np.testing.assert_allclose(enhanced, np.rint(32768 * expected), atol=1)


@pytest.mark.parametrize("kind", [0, 1])
def test_what_is_served_is_shown(addresses, kind: int) -> None:
    done = client(addresses[kind], "segan")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "segan version 1: AVAILABLE"
    at = lines.index("signature enhance of version 1")
    assert lines[at + 1 : at + 3] == [
        "  in   noisy: float32 [?, ?, 1]",
        "  out  enhanced: float32 [?, ?, 1]",
    ]


@pytest.mark.parametrize(
    ("model", "options", "text"),
    [
        ("nobody", [], "nobody: got NOT_FOUND: Servable not found for request: Latest(nobody)"),
        ("segan", ["--version", "9"], "Servable not found for request: Specific(segan, 9)"),
        ("segan", ["--label", "L"], "INVALID_ARGUMENT: Unrecognized servable version label: L"),
        ("segan", ["--version", "1", "--label", "L"], "expected a version or a label"),
    ],
)
def test_what_is_not_there_is_one_line(
    addresses, recordings, tmp_path, model: str, options: list[str], text: str
) -> None:
    done = client(addresses[0], model, recordings / "a.wav", tmp_path / "out.wav", *options)
    assert done.exit_code == 2 and text in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["localhost", "segan"], "address: got localhost, expected HOST:PORT for gRPC"),
        (["localhost:1", "segan", "-", "out.wav"], "IN OUT: got - out.wav, expected both"),
        (["localhost:1", "segan", "in.wav"], "IN OUT: got in.wav None, expected both"),
        (["localhost:1", "segan", "nowhere.wav", "out.wav"], "nowhere.wav: got nothing there"),
    ],
)
def test_a_wrong_call_of_the_client_is_one_line(arguments: list[str], text: str) -> None:
    done = client(*arguments)
    assert done.exit_code == 2 and text in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_folder_without_models_is_one_line(tmp_path) -> None:
    done = CliRunner().invoke(main, ["serve", str(tmp_path)])
    assert done.exit_code == 2
    assert f"{tmp_path}: got no version of a model, expected numbered" in done.stderr
