"""The options that verbs share."""

import json
import os
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from tfgan_audio.cli.options import (
    checked_output,
    json_option,
    overrides_argument,
    seed_option,
    write_json,
)
from tfgan_audio.errors import InputError


@click.command()
@click.argument("config")
@overrides_argument
@seed_option(7)
@json_option
@click.option("--page", callback=checked_output)
def verb(page: str | None, **options) -> None:
    """Show what was passed."""
    click.echo(json.dumps(options))


def passed(*arguments: str) -> dict:
    """Return what a verb with all shared options is passed."""
    return json.loads(CliRunner().invoke(verb, arguments, catch_exceptions=False).stdout)


def test_a_verb_is_passed_overrides_seed_and_file() -> None:
    assert passed("c") == {"config": "c", "overrides": [], "seed": 7, "json_path": None}
    arguments = ["c", "train.num_steps=3", "--seed", "5", "data.snr_db=[-5, 5]", "--json", "x.json"]
    assert passed(*arguments) == {
        "config": "c",
        "overrides": ["train.num_steps=3", "data.snr_db=[-5, 5]"],
        "seed": 5,
        "json_path": "x.json",
    }


@pytest.mark.parametrize("option", ["--json", "--page"])
def test_a_file_that_could_not_be_written_is_refused_before_the_work(tmp_path, option) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError, match=f"^{tmp_path}: got a folder, expected .* for {option}$"):
        passed("c", option, str(tmp_path))
    with pytest.raises(InputError, match=f"{file} that cannot be .*, expected .* for {option}$"):
        passed("c", option, str(file / "x.json"))
    assert passed("c", option, str(tmp_path / "new" / "x.json"))
    assert os.listdir(tmp_path) == ["file"]


def test_a_pipe_may_be_where_no_file_can_be_made(tmp_path, monkeypatch) -> None:
    """As /dev/stdout is for everyone but root."""
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(os, "access", lambda *unused: False)
    assert passed("c", "--json", str(tmp_path / "pipe"))["json_path"] == str(tmp_path / "pipe")
    assert passed("c", "--json", "-")["json_path"] == "-"
    with pytest.raises(InputError, match="cannot be written to"):
        passed("c", "--json", str(tmp_path / "file"))


def test_results_are_written_as_plain_json(tmp_path) -> None:
    path = tmp_path / "x.json"
    result = {
        "mean": {"si_sdr": np.float32(1.5), "pesq_wb": float("nan"), "stoi": np.inf},
        1: [np.arange(2), (True, None)],
        "path": Path("a") / "b",
        "word": "é",
    }
    write_json(path, result)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "mean": {"si_sdr": 1.5, "pesq_wb": None, "stoi": None},
        "1": [[0, 1], [True, None]],
        "path": os.path.join("a", "b"),
        "word": "é",
    }


def test_what_cannot_be_written_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert os.listdir(tmp_path) == ["x.json"]


def test_a_dash_is_stdout_and_a_pipe_stays_a_pipe(tmp_path, capsys) -> None:
    write_json("-", {"a": 1})
    assert json.loads(capsys.readouterr().out) == {"a": 1}
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_json(pipe, {"a": 2})
    assert json.loads(os.read(reader, 1000)) == {"a": 2}
    os.close(reader)
    assert pipe.is_fifo()
