"""The tiny run that the tests of `training` use too, and the benchmark that kills trainings."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tests" / "training")]
pytest.register_assert_rewrite("tiny_runs")


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Path:
    """Folder of a tiny run of 16 steps that nothing has interrupted; only to be read."""
    from tiny_runs import finished_run

    return finished_run(tmp_path_factory.getbasetemp())
