"""A run is a function of its configuration, however often it is stopped."""

import contextlib
import csv
import json
import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from kill_and_resume import differences

from tfgan_audio.config.loading import dump_config
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError
from tfgan_audio.factory import held_out_source
from tfgan_audio.training import callbacks, run
from tfgan_audio.training.run import evaluate_run, open_run, train


class Killed(BaseException):
    """Stands for the end of the process, which nothing can catch."""


@contextlib.contextmanager
def half_precision() -> Iterator[None]:
    """Make models in the precision of the tiny run, not in that of users."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy("float32")


@contextlib.contextmanager
def after_step(step: int, happens: Callable[[], None]) -> Iterator[None]:
    """Have something happen after a step, before its validation."""

    def count(bar: callbacks.ProgressBar, batch: int, logs: dict) -> None:
        bar.bar.update()
        if bar.bar.n == step:
            happens()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callbacks.ProgressBar, "on_train_batch_end", count)
        yield


def kill(*arguments: object) -> None:
    """End the process, as it were."""
    raise Killed


@contextlib.contextmanager
def disk_that_fills_up() -> Iterator[Callable[[], None]]:
    """Give a function after whose call no file gets larger than 2 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def saved_step(run_dir: Path) -> int:
    """Step of the state that a run would go on from."""
    return json.loads((run_dir / "checkpoints" / "state.json").read_text())["step"]


def test_killed_made_longer_and_out_of_disk_space_it_ends_as_if_undisturbed(
    config, finished_run, tmp_path, monkeypatch
) -> None:
    run_dir = tmp_path / "run"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(run, "score", kill)
        train(config("train.num_steps=8"), run_dir)
    assert saved_step(run_dir) == 8
    with disk_that_fills_up() as fill, after_step(15, fill):
        with pytest.raises(
            InputError, match="^[^ ]*: got (File too large|a failed write)"
        ) as error:
            train(config(), run_dir, resume=True)
    assert str(error.value).startswith(str(run_dir))
    assert saved_step(run_dir) == 8
    assert not list(run_dir.rglob(".*"))
    assert open_run(run_dir)[1].train.num_steps == 16
    train(config(), run_dir, resume=True)
    assert differences(finished_run, run_dir) == []
    assert keras.config.dtype_policy().name == "float32"


def test_resuming_a_finished_run_changes_nothing_and_says_so(
    config, finished_run, tmp_path, capsys
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(finished_run, run_dir)
    times = {path: path.stat().st_mtime_ns for path in (run_dir / "checkpoints").iterdir()}
    (run_dir / "report.json").unlink()
    trained = train(config(), run_dir, resume=True)
    first_line, *_ = capsys.readouterr().err.splitlines()
    assert first_line == f"{run_dir}: all 16 steps are done; scoring its best model again"
    assert differences(finished_run, run_dir) == []
    assert times == {path: path.stat().st_mtime_ns for path in (run_dir / "checkpoints").iterdir()}
    assert (
        trained.scores.after.as_dict()
        == json.loads(trained.folder.report_json.read_text())["enhanced"]
    )


def test_model_keras_is_the_best_by_its_score_on_held_out_data(config, finished_run) -> None:
    with (finished_run / "history.csv").open(newline="") as file:
        scores = {int(row["step"]): float(row["val_si_sdr"]) for row in csv.DictReader(file)}
    state = json.loads((finished_run / "checkpoints" / "state.json").read_text())
    assert state["best_step"] == max(scores, key=scores.get)
    held_out = held_out_source(config(), prepare(config().data))
    for name, step in (("model", state["best_step"]), ("checkpoints/last", 16)):
        with half_precision():
            model = keras.saving.load_model(finished_run / f"{name}.keras")
        logs = model.evaluate(make_dataset(held_out, 1, num_steps=1), return_dict=True, verbose=0)
        assert logs["si_sdr"] == pytest.approx(scores[step], abs=1e-4)


def test_a_run_can_be_scored_again(finished_run, tmp_path) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(finished_run, run_dir)
    for name in ("report.json", "report.html"):
        (run_dir / name).unlink()
    evaluate_run(run_dir)
    assert (run_dir / "report.json").read_bytes() == (finished_run / "report.json").read_bytes()
    assert (run_dir / "report.html").exists()


@pytest.mark.parametrize(
    "precision", ["float32", pytest.param("mixed_float16", marks=pytest.mark.slow)]
)
def test_rates_that_are_too_high_stop_the_run_and_keep_its_last_state(
    config, tmp_path, precision: str
) -> None:
    """The discriminator ruins itself in the first step in which it takes part, the fifth."""
    ruinous = config(
        f"train.precision={precision}",
        "train.validate_every_steps=2",
        "train.num_samples=0",
        "optimizer.discriminator_learning_rate=1e30",
    )
    with pytest.raises(InputError, match=r"got (nan|inf) in step [56], .* saved at step 4 is kept"):
        train(ruinous, tmp_path / "run")
    state = json.loads((tmp_path / "run" / "checkpoints" / "state.json").read_text())
    assert state["step"] == 4 and [row["step"] for row in state["history"]] == [2, 4]
    model = keras.saving.load_model(tmp_path / "run" / "checkpoints" / "last.keras")
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert not (tmp_path / "run" / "model.keras").exists()
    assert keras.config.dtype_policy().name == "float32"
    with pytest.raises(InputError, match="no model.keras, expected the folder of a finished run"):
        evaluate_run(tmp_path / "run")


def names_in(folder: Path) -> set[str]:
    """Names of all files and folders."""
    return {path.name for path in folder.rglob("*")}


def test_a_run_is_not_overwritten(config, finished_run) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished_run.rglob("*")}
    with pytest.raises(InputError, match="got a run there already, expected a new folder, or --re"):
        train(config(), finished_run)
    with pytest.raises(InputError, match="seed: got 1, expected 0 as in the run"):
        train(config("seed=1"), finished_run, resume=True)
    assert {path: path.stat().st_mtime_ns for path in finished_run.rglob("*")} == before


def test_data_that_cannot_be_used_leaves_no_run(config, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    folders = [f"data.speech_dir={tmp_path / 'empty'}", f"data.shards_dir={tmp_path / 'shards'}"]
    with pytest.raises(InputError, match=f"^{tmp_path}/empty: "):
        train(config(*folders), tmp_path / "runs" / "run")
    assert names_in(tmp_path) == {"empty"}


def test_data_that_is_gone_is_told_and_the_run_stays(config, finished_run, tmp_path) -> None:
    shutil.copytree(finished_run, tmp_path / "run")
    gone = [f"data.{name}_dir={tmp_path / 'gone' / name}" for name in ("speech", "noise", "shards")]
    moved = config(*gone)
    (tmp_path / "run" / "config.yaml").write_text(dump_config(moved))
    before = names_in(tmp_path)
    with pytest.raises(InputError, match=f"^{tmp_path}/gone/speech: "):
        train(moved, tmp_path / "run", resume=True)
    assert names_in(tmp_path) == before


def test_the_checkpoint_of_another_model_is_refused(config, finished_run, tmp_path) -> None:
    wider = config("model.channels=16")
    shutil.copytree(finished_run, tmp_path / "run")
    (tmp_path / "run" / "config.yaml").write_text(dump_config(wider))
    with pytest.raises(InputError, match="16.keras: got the state of another model, expected one"):
        train(wider, tmp_path / "run", resume=True)


def test_opening_what_is_no_run_is_refused_and_makes_nothing(tmp_path) -> None:
    for open_it in (open_run, evaluate_run):
        with pytest.raises(InputError, match="got no config.yaml, expected the folder of a run"):
            open_it(tmp_path / "run")
    assert names_in(tmp_path) == set()
