"""A training that is killed and resumed equals one that is not; and a difference would be seen."""

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from kill_and_resume import differences, main


@pytest.mark.slow
def test_a_resumed_training_equals_the_undisturbed_one(capsys) -> None:
    assert main(["--kills", "1", "--seed", "1"]) == 0
    assert "1 of 1 resumed trainings equal the undisturbed one" in capsys.readouterr().out


def replace_once(path: Path, old: str, new: str) -> None:
    """Change a text file in one place."""
    text = path.read_text()
    assert len(re.findall(old, text)) >= 1
    path.write_text(re.sub(old, new, text, count=1))


def flip_a_bit(path: Path) -> None:
    """Change the last bit of a weight in a `.keras` file."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    weights = bytearray(contents["model.weights.h5"])
    weights[-9] ^= 1
    contents["model.weights.h5"] = bytes(weights)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "model.keras": ("model.keras", flip_a_bit),
    "checkpoints/state-00000016.keras": ("checkpoints/*.keras", flip_a_bit),
    "checkpoints/best.keras": ("checkpoints/*.keras", Path.unlink),
    "checkpoints/state.json": (
        "checkpoints/state.json",
        lambda path: replace_once(path, '"best_step": [0-9]+', '"best_step": 3'),
    ),
    "history.csv": ("history.csv", lambda path: replace_once(path, "\n16,", "\n17,")),
    "report.json": ("report.json", lambda path: replace_once(path, "[0-9]", "")),
    "samples/step-000008-0.wav": ("samples/*.wav", Path.unlink),
    "samples/.partial-0a1b2c3dx": ("leftover .partial-0a1b2c3dx", Path.touch),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_comparison_sees_a_difference(finished_run, tmp_path, name: str) -> None:
    expected, change = CHANGES[name]
    shutil.copytree(finished_run, tmp_path / "run")
    assert differences(finished_run, tmp_path / "run") == []
    change(tmp_path / "run" / name)
    assert differences(finished_run, tmp_path / "run") == [expected]


def test_the_comparison_leaves_out_only_the_time(finished_run, tmp_path) -> None:
    shutil.copytree(finished_run, tmp_path / "run")
    replace_once(tmp_path / "run" / "history.csv", r",[0-9.]+\n16,", ",999.5\n16,")
    replace_once(
        tmp_path / "run" / "checkpoints" / "state.json", '"seconds": [0-9.]+', '"seconds": 999.5'
    )
    assert differences(finished_run, tmp_path / "run") == []
