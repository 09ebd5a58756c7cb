"""The folder of a run: made, locked, cleaned and refused."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.training.run_folder import RunFolder

ROOT = Path(__file__).resolve().parents[2]


def names_in(folder: Path) -> set[str]:
    """Relative paths of all files and folders."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_naming_a_run_makes_nothing(tmp_path) -> None:
    assert RunFolder(tmp_path / "run").history == tmp_path / "run" / "history.csv"
    assert names_in(tmp_path) == set()


def test_what_the_body_writes_stays(tmp_path) -> None:
    run = RunFolder(tmp_path / "deep" / "run")
    with run.opened():
        run.config.write_text("")
        run.make_folders()
    places = {f"deep/run/{name}" for name in ("checkpoints", "samples", "plots", "logs")}
    assert names_in(tmp_path) == {"deep", "deep/run", "deep/run/config.yaml", *places}


def test_a_failure_before_anything_is_written_leaves_no_folder(tmp_path) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(ZeroDivisionError):
        with RunFolder(tmp_path / "old" / "deep" / "run").opened():
            raise ZeroDivisionError
    assert names_in(tmp_path) == {"old"}


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / ".partial-12345678thesis.txt").write_text("half")
    with pytest.raises(InputError, match="thesis.txt among them.*a new folder, or that of a run"):
        with RunFolder(tmp_path).opened():
            pytest.fail("the folder was opened")
    assert names_in(tmp_path) == {"thesis.txt", ".partial-12345678thesis.txt"}


def test_a_folder_with_a_run_or_without_files_is_opened(tmp_path) -> None:
    (tmp_path / ".partial-12345678config.yaml").write_text("name: x")
    with RunFolder(tmp_path).opened():
        pass
    (tmp_path / "config.yaml").write_text("")
    (tmp_path / "notes.txt").write_text("")
    with RunFolder(tmp_path).opened():
        pass
    assert len(names_in(tmp_path)) == 3


def test_unfinished_files_of_a_killed_process_are_removed(tmp_path) -> None:
    run = RunFolder(tmp_path)
    run.make_folders()
    kept = [run.config, run.samples / "step-1.wav", run.checkpoints / "best.keras"]
    unfinished = [
        tmp_path / ".partial-0a1b2c3dreport.json",
        run.checkpoints / ".partial-0a1b2c3dbest.keras",
        run.samples / ".step-2.wav.0a1b2c3d.partial",
    ]
    for path in [*kept, *unfinished]:
        path.write_text("x")
    run.make_folders()
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in unfinished)


def test_a_second_training_in_the_folder_is_refused(tmp_path) -> None:
    with RunFolder(tmp_path).opened():
        with pytest.raises(InputError, match="got a training at work in it, expected"):
            with RunFolder(tmp_path).opened():
                pytest.fail("both are in")
    with RunFolder(tmp_path).opened():
        pass


def test_a_killed_training_leaves_no_lock(tmp_path) -> None:
    code = (
        "import sys, time\n"
        "from tfgan_audio.training.run_folder import RunFolder\n"
        "with RunFolder(sys.argv[1]).opened():\n"
        "    print('in', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "in\n"
        with pytest.raises(InputError, match="a training at work"):
            with RunFolder(tmp_path / "run").opened():
                pytest.fail("both are in")
        process.send_signal(signal.SIGKILL)
        process.wait()
        with RunFolder(tmp_path / "run").opened():
            pass


@pytest.mark.parametrize("place", ["file", "file/run", "locked"])
def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path, place: str) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / place
    if place == "locked":
        # The administrator may write anywhere but to the kernel's own file system.
        path = Path("/proc/self/run")
        if os.geteuid():
            path = tmp_path / "locked"
            path.mkdir(mode=0o500)
    with pytest.raises(InputError) as error:
        with RunFolder(path).opened():
            pytest.fail("the folder was opened")
    assert str(error.value).startswith(f"{path}: got ")
    assert str(error.value).endswith(", expected a folder that can be written to")
