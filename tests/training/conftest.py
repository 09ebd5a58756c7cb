"""One finished tiny run for all tests of the folder, and the comparison of two runs."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests" / "training")]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory) -> Path:
    """Folder of made sounds and their shards."""
    return tmp_path_factory.mktemp("tiny-data")


@pytest.fixture
def config(data_dir) -> Callable:
    """`config("train.num_steps=8")`: the tiny configuration, changed."""
    from tiny_runs import tiny_config

    return lambda *overrides: tiny_config(data_dir, *overrides)


@pytest.fixture(scope="session")
def finished_run(data_dir, tmp_path_factory) -> Path:
    """Folder of a tiny run of 16 steps, trained without interruption; only to be read."""
    from tiny_runs import tiny_config

    from tfgan_audio.training.run import train

    run_dir = tmp_path_factory.mktemp("tiny-runs") / "finished"
    return train(tiny_config(data_dir), run_dir).folder.path
