"""Training on several devices, in this process's stead by scripts that own theirs."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
LIMIT_SECONDS = 300


def start(script: str, argument: str, **environment: str) -> subprocess.Popen:
    """Start a script of this folder that finds the package where this process does."""
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, str(HERE / script), argument],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output_of(process: subprocess.Popen) -> str:
    """Wait for a script and return what it printed."""
    try:
        output, errors = process.communicate(timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, errors[-3000:]
    return output


def compare(*cases: str) -> dict[str, dict]:
    """Run cases of `replica_cases.py` in one process."""
    return json.loads(output_of(start("replica_cases.py", json.dumps(cases))))


def assert_replicas_agree(result: dict) -> None:
    """Two replicas end where one does, having moved."""
    assert result["num_replicas"] == 2
    assert result["moved"] > 0.02
    for key in result:
        if key.startswith("difference"):
            assert result[key] < 1e-5, key
    assert result["iterations"][0] == result["iterations"][1]


def test_two_replicas_train_and_draw_as_one() -> None:
    """Gradient penalty, critic steps, late start and averages together."""
    results = compare("draws", "ema and late start")
    assert results["draws"]["difference"] == 0.0
    assert_replicas_agree(results["ema and late start"])
    assert results["ema and late start"]["iterations"][0] == [5, 2 * (5 - 2)]


@pytest.mark.slow
def test_two_replicas_train_as_one_whatever_the_objective() -> None:
    results = compare("minimax", "lsgan", "hinge", "wgan", "wgan-gp", "three critic steps")
    for result in results.values():
        assert_replicas_agree(result)
    assert results["wgan-gp"]["iterations"][0] == [5, 25]
    assert results["three critic steps"]["iterations"][0] == [5, 15]


@pytest.mark.slow
def test_two_replicas_train_segan_as_one() -> None:
    result = compare("segan")["segan"]
    assert result["moved"] > 1e-3 and result["difference"] < 1e-5


@pytest.mark.slow
def test_two_replicas_train_the_waveform_variants_in_parts() -> None:
    result = compare("waveform")["waveform"]
    for name in ("segan", "segan_plus"):
        assert result[name]["moved"] > 1e-3, name
        assert result[name]["difference"] < 1e-5, name
    # Two passes an update of the discriminator and one of the generator, in two parts, after one.
    assert result["num_draws"] == 3 * 2 * (5 - 1) and result["finite"]
    assert result["published"]["moved"] > 1e-3


@pytest.mark.slow
def test_two_replicas_train_wavegan_as_one() -> None:
    result = compare("wavegan")["wavegan"]
    # Three passes for each of two updates of the critic and one for the generator's, three times.
    assert result.pop("num_draws") == 3 * (2 * 3 + 1)
    for name, figures in result.items():
        assert figures["moved"] > 1e-3, name
        assert figures["difference"] < 1e-5, name


@pytest.mark.slow
def test_two_replicas_train_melgan_as_one() -> None:
    result = compare("melgan")["melgan"]
    assert result["moved"] > 1e-3 and result["difference"] < 1e-5


@pytest.mark.slow
def test_two_replicas_train_in_half_precision() -> None:
    result = compare("mixed_float16")["mixed_float16"]
    assert result["finite"] and result["moved"] > 0.01
    assert result["iterations"] == [5, 3]
    assert result["scales"] == [2.0**15, 2.0**15]


@pytest.mark.slow
def test_two_workers_train_as_one_process(tmp_path) -> None:
    """Weights, averages, logs and scores of a `MultiWorkerMirroredStrategy` over two processes."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    addresses = ["127.0.0.1:{1}".format(*server.getsockname()) for server in sockets]
    for server in sockets:
        server.close()
    workers = []
    for index in range(2):
        task = {"type": "worker", "index": index}
        config = json.dumps({"cluster": {"worker": addresses}, "task": task})
        path = str(tmp_path / f"{index}.npy")
        workers.append(start("worker_training.py", path, TF_CONFIG=config))
    try:
        for worker in workers:
            output_of(worker)
    finally:
        for worker in workers:
            worker.kill()
    output_of(start("worker_training.py", str(tmp_path / "alone.npy")))
    alone = np.load(tmp_path / "alone.npy")
    for index in range(2):
        np.testing.assert_allclose(np.load(tmp_path / f"{index}.npy"), alone, atol=1e-5)
