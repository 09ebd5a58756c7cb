"""One finished tiny run for all tests of the folder, and the comparison of two runs."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests" / "training")]
pytest.register_assert_rewrite("tiny_runs")


@pytest.fixture
def config(tmp_path_factory) -> Callable:
    """`config("train.num_steps=8")`: the tiny configuration, changed."""
    from tiny_runs import tiny_config

    data_dir = tmp_path_factory.getbasetemp() / "tiny-data"
    return lambda *overrides: tiny_config(data_dir, *overrides)


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Path:
    """Folder of a tiny run of 16 steps that nothing has interrupted; only to be read."""
    from tiny_runs import finished_run

    return finished_run(tmp_path_factory.getbasetemp())
