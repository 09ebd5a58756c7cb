"""The benchmark of the enhancer measures what its table says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "enhancer_speed.py"


@pytest.mark.slow
def test_every_runtime_is_timed(exported, tmp_path) -> None:
    exported.model.save(tmp_path / "model.keras")
    options = ["--model", "model.keras", "--seconds", "0.5", "--rounds", "2", "--json", "a.json"]
    done = subprocess.run(
        [sys.executable, BENCHMARK, *options],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "a.json").read_text())
    assert figures["float32_matmul_gflops"] > 0.1
    rows = {(row["runtime"], row["chunk_samples"]): row for row in figures["runtimes"]}
    runtimes = ("Keras", "SavedModel", "TFLite")
    assert set(rows) == {(name, chunk) for name in runtimes for chunk in (256, 4096)}
    for row in figures["runtimes"]:
        assert 0 < row["real_time_factor_best"] <= row["real_time_factor"] < 1
        assert f"{row['real_time_factor']:.4f}" in done.stdout
    for name in runtimes:
        slow, fast = (rows[name, chunk]["cpu_per_audio_second"] for chunk in (256, 4096))
        assert fast < slow
