"""The example in C++ does what the recipe in Python does; needs LiteRT's headers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.serving.tflite import export_tflite

RECIPES = Path(__file__).resolve().parents[2] / "export"


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The compiled example."""
    if "LITERT_INCLUDE_DIR" not in os.environ:
        pytest.skip("needs LITERT_INCLUDE_DIR, a folder with LiteRT's headers in litert/c")
    for tool in ("make", "c++"):
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}")
    library = pytest.importorskip("ai_edge_litert").__path__[0]
    folder = tmp_path_factory.mktemp("cpp") / "cpp"
    shutil.copytree(RECIPES / "cpp", folder)
    command = ["make", "CXX=c++ -Werror", f"LITERT_LIB_DIR={library}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder / "enhance"


@pytest.fixture(scope="module")
def fixed(exported, tmp_path_factory) -> Path:
    """The small model with fixed shapes."""
    path = tmp_path_factory.mktemp("fixed") / "segan.tflite"
    export_tflite(exported.model, path, fixed=1)
    return path


def enhanced(*command: object, samples: np.ndarray) -> np.ndarray:
    """What a program makes of samples on its standard input."""
    options = {"input": samples.tobytes(), "capture_output": True, "timeout": 120}
    done = subprocess.run([str(part) for part in command], **options)
    assert done.returncode == 0, done.stderr
    return np.frombuffer(done.stdout, "<i2")


@pytest.mark.parametrize("num_samples", [0, 1, 256, 20_800])
def test_it_says_what_python_and_keras_say(
    program, fixed, exported, speechlike, num_samples: int
) -> None:
    samples = (speechlike[:num_samples] * 32768).astype("<i2")
    found = enhanced(program, fixed, samples=samples)
    on_device = RECIPES / "on_device.py"
    same = enhanced(sys.executable, on_device, fixed, "-", "-", samples=samples)
    np.testing.assert_array_equal(found, same)
    if num_samples:
        expected = exported.offline(samples.astype(np.float32) / 32768) * 32768
        np.testing.assert_allclose(found, np.clip(expected, -32768, 32767), atol=1.5)


def test_models_that_cannot_be_streamed_are_refused(program, exported, tmp_path) -> None:
    (tmp_path / "noise.tflite").write_bytes(bytes(100))
    for path, reason in (
        (exported.tflite, "the shapes are open; export with --fixed 1"),
        (tmp_path / "noise.tflite", f"{tmp_path}/noise.tflite: not an exported causal enhancer"),
        (tmp_path / "nowhere", f"{tmp_path}/nowhere: not an exported causal enhancer"),
    ):
        done = subprocess.run([program, path], input=b"", capture_output=True, timeout=60)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.decode().endswith(f"enhance: {reason}\n"), done.stderr


def test_the_example_stays_short() -> None:
    assert len((RECIPES / "cpp" / "enhance.cc").read_text().splitlines()) < 150
