"""The verb `train`, as a user calls it: what it refuses, and how it is stopped."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.config.loading import dump_config, load_config

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def check_refused(done: Result, line: str) -> None:
    """Compare the whole of stderr with a pattern; nothing else is said and the code is 2."""
    assert (done.exit_code, done.stdout) == (2, "")
    assert re.fullmatch(f"tfgan-audio: error: {line}\n", done.stderr), done.stderr


def names_in(folder: Path) -> list[str]:
    """Relative paths of all files and folders."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def folders(tmp_path, rng) -> list[str]:
    """Overrides that name two recordings of each role."""
    for role in ("speech", "noise"):
        for number in range(2):
            path = tmp_path / "data" / role / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, rng.normal(0, 0.1, 20_000), 16_000)
    roles = ("speech", "noise", "shards")
    return [f"data.{role}_dir={tmp_path / 'data' / role}" for role in roles]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["smoke/segan", "train.num_step=5"],
            "train.num_step: got an unknown key, expected train.num_steps",
        ),
        (
            ["smoke/segan", "train.num_steps=many"],
            'train.num_steps: got "many", expected a whole number',
        ),
        (
            ["smoke/segan", "train.num_steps"],
            "train.num_steps: got no value, expected KEY=VALUE .*",
        ),
        (["smoke/segen"], "smoke/segen: got an unknown configuration, expected smoke/segan"),
        (["nowhere.yaml"], "nowhere.yaml: got no such file, expected a YAML file"),
        ([], "CONFIG: got none, expected a configuration, or --resume alone"),
        (
            ["train.num_steps=5"],
            "CONFIG: got train.num_steps=5, expected a configuration, or --resume alone",
        ),
        (["--resume"], ".*/run: got no config.yaml, expected the folder of a run"),
        (["--resume", "--seed", "1"], ".*/run: got no config.yaml, expected the folder of a run"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_makes_no_folder(
    tmp_path, arguments: list[str], line: str
) -> None:
    check_refused(run(*arguments, "--run", tmp_path / "run"), line)
    assert names_in(tmp_path) == []


def test_a_run_has_to_have_a_place() -> None:
    check_refused(run("smoke/segan"), r"--run: got nothing, expected a value \(see .*--help\)")


def test_data_that_cannot_be_used_is_one_line_and_leaves_nothing(tmp_path, folders) -> None:
    run_dir, data = tmp_path / "runs" / "first", tmp_path / "data"
    before = names_in(tmp_path)
    empty, text = tmp_path / "empty", data / "speech" / "text.wav"
    check_refused(
        run("smoke/segan", *folders, f"data.noise_dir={empty}", "--run", run_dir),
        f"{empty}: got no such folder, expected .*",
    )
    empty.mkdir()
    check_refused(
        run("smoke/segan", *folders, f"data.noise_dir={empty}", "--run", run_dir),
        f"{empty}: got no audio.*",
    )
    empty.rmdir()
    text.write_text("not a sound")
    check_refused(
        run("smoke/segan", *folders, "--run", run_dir),
        f"{data}/speech: got 1 unusable .*text.wav.*",
    )
    text.unlink()
    assert names_in(tmp_path) == before


def test_a_place_that_cannot_be_written_is_one_line(tmp_path, folders) -> None:
    before = names_in(tmp_path)
    for place, reason in (
        (tmp_path / "data" / "speech" / "0.wav", "File exists"),
        (tmp_path / "data" / "speech" / "0.wav" / "run", "Not a directory"),
        (Path("/proc/self/run"), "(No such file or directory|Permission denied)"),
    ):
        expected = f"{place}: got {reason}, expected a folder that can be written to"
        check_refused(run("smoke/segan", *folders, "--run", place), expected)
    check_refused(
        run("smoke/segan", *folders, "--run", tmp_path / "data", "--resume"),
        f"{tmp_path}/data: got other files, noise among them, and no config.yaml, expected .*",
    )
    assert names_in(tmp_path) == before


def test_a_run_is_gone_on_with_by_its_own_configuration_only(tmp_path, folders) -> None:
    (tmp_path / "run").mkdir()
    config = load_config("smoke/segan", [*folders, "optimizer.schedule=cosine"])
    (tmp_path / "run" / "config.yaml").write_text(dump_config(config))
    before = names_in(tmp_path)
    there = ["--run", tmp_path / "run"]
    for arguments, line in (
        (["smoke/segan", *folders], "got a run there already, expected a new folder, or --resume"),
        (["smoke/segan", *folders, "--resume"], "got constant, expected cosine as in the run"),
        (["--resume", "train.batch_size=4"], "got 4, expected 2 as in the run"),
        (["--resume", "--seed", "5"], "got 5, expected 0 as in the run"),
        (["train.num_steps=30", "--resume"], "got 30, expected 20 as in the run, whose cosine .*"),
        (["--resume", "train.num_step=30"], "got an unknown key, expected train.num_steps"),
    ):
        check_refused(run(*arguments, *there), f"[^ ]*: {line}")
    assert names_in(tmp_path) == before


def test_a_damaged_configuration_of_a_run_is_one_line(tmp_path) -> None:
    (tmp_path / "config.yaml").write_text("name: [")
    check_refused(run("--resume", "--run", tmp_path), f"{tmp_path}/config.yaml.*: got .*")


@pytest.mark.slow
def test_an_interrupted_run_says_how_to_go_on(tmp_path, folders) -> None:
    run_dir = tmp_path / "a run"
    small = ["model.channels=4", "model.dilations=[1]", "model.discriminator_channels=4"]
    steps = ["train.num_steps=100000", "train.validate_every_steps=5", "train.num_samples=0"]
    lengths = ["data.segment_samples=1000", "data.validation_segment_samples=1000"]
    command = [sys.executable, "-m", "tfgan_audio", "train", "smoke/segan", *folders]
    process = subprocess.Popen(
        [*command, *small, *steps, *lengths, "--run", run_dir],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("TF_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        state = run_dir / "checkpoints" / "state.json"
        deadline = time.monotonic() + 120
        while not state.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    *bar, how, last = stderr.splitlines()
    assert last == "tfgan-audio: interrupted"
    command_line = re.escape(f"`tfgan-audio train --run '{run_dir}' --resume`")
    assert re.fullmatch(f"stopped; {command_line} goes on from step [1-9][05]*", how)
    assert all(line.startswith("training:") for line in bar if line), bar
    assert not list(run_dir.rglob(".*"))
