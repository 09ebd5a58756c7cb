"""What is recorded of the machine and the package is what runs."""

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tfgan_audio.training.environment import describe_environment

ROOT = Path(__file__).resolve().parents[2]


def test_the_environment_is_what_runs(monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/tfgan-audio", "train", "--run", "first"])
    environment = json.loads(json.dumps(describe_environment()))
    for name in ("tensorflow", "keras", "numpy"):
        assert environment["versions"][name] == importlib.metadata.version(name)
    assert environment["python"] == ".".join(map(str, sys.version_info[:3]))
    assert environment["command"] == ["tfgan-audio", "train", "--run", "first"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout")
def test_the_revision_is_that_of_the_package_wherever_one_works(tmp_path, monkeypatch) -> None:
    command = ["git", "rev-parse", "HEAD"]
    expected = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    monkeypatch.chdir(tmp_path)
    assert expected in describe_environment()["git_revision"]
