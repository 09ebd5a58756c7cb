"""A device needs NumPy and LiteRT, and nothing else: in an environment that has nothing else."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from device_exports import MODELS, export_all
from device_results import results

import tfgan_audio as tga

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent

pytestmark = pytest.mark.slow


def run(*command: object, **options) -> subprocess.CompletedProcess:
    """Run a program that finds this package, and none of what is installed for the tests."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONNOUSERSITE": "1"}
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, env=settings, timeout=600, **options)


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The interpreter of a new environment with the two packages, in the versions used here."""
    pytest.importorskip("ai_edge_litert")
    folder = tmp_path_factory.mktemp("device") / "env"
    done = run(sys.executable, "-m", "venv", folder)
    if done.returncode:
        pytest.skip(f"no environment can be made: {done.stdout.decode().strip()}")
    python = folder / "bin" / "python"
    packages = [f"{name}=={version(name)}" for name in ("numpy", "ai-edge-litert")]
    done = run(python, "-m", "pip", "install", "--quiet", *packages)
    if done.returncode:
        pytest.skip(f"pip cannot install: {done.stderr.decode().strip().splitlines()[-1]}")
    return python


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Path:
    """A small model of each family."""
    folder = tmp_path_factory.mktemp("exports")
    export_all(folder, ["float32"])
    return folder


@pytest.mark.parametrize(
    "name", ["tensorflow", "keras", "scipy", "soundfile", "soxr", "click", "pydantic", "grpc"]
)
def test_nothing_else_is_there(python, name: str) -> None:
    done = run(python, "-c", f"import {name}")
    assert f"No module named '{name}'" in done.stderr.decode()


def test_all_families_do_there_what_they_do_here(python, exports, tmp_path) -> None:
    done = run(python, FOLDER / "device_results.py", exports, tmp_path / "results.npz")
    assert done.returncode == 0, done.stderr.decode()
    there, here = np.load(tmp_path / "results.npz"), results(exports)
    assert set(there) == set(here) == {f"{name}-float32" for name in MODELS}
    for name, expected in here.items():
        assert np.abs(expected).max() > 0.1
        np.testing.assert_allclose(there[name], expected, atol=1e-6, err_msg=name)


def test_the_recipe_for_devices_runs_there(python, exports) -> None:
    path, noisy = exports / "segan_step-float32.tflite", np.load(exports / "inputs.npz")["noisy"]
    samples = np.rint(noisy * 32768).astype("<i2")
    recipe = ROOT / "export" / "on_device.py"
    done = run(python, recipe, path, "-", "-", input=samples.tobytes())
    assert done.returncode == 0, done.stderr.decode()
    expected = tga.load(path).enhance(samples.astype(np.float32) / 32768, 16_000)
    expected = np.clip(np.rint(expected * 32768), -32768, 32767)
    np.testing.assert_allclose(np.frombuffer(done.stdout, "<i2"), expected, atol=1)


@pytest.mark.parametrize(
    ("name", "call", "told"),
    [
        ("segan", "enhance(np.zeros(9), 48000)", "got 48000, expected 16000, or pip install soxr"),
        ("acoustic", "speak('Good day!', vocoder)", "no lexicon, expected pip install hibari-tts"),
    ],
)
def test_what_needs_more_says_so(python, exports, name: str, call: str, told: str) -> None:
    code = f"import numpy as np, tfgan_audio as tga; vocoder = 'melgan-float32.tflite';\
 tga.load('{name}-float32.tflite').{call}"
    done = run(python, "-c", code, cwd=exports)
    assert done.returncode == 1
    assert told in done.stderr.decode().splitlines()[-1]
