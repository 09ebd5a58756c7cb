"""The saved state is one of the states that were, whatever happens while it is saved."""

import csv
import json
import os
import resource
from pathlib import Path

import keras
import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.training import resumable_state
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder


class Killed(BaseException):
    """Stands for the end of the process, which nothing can catch."""


def make_model(width: int = 3, use_ema: bool = False) -> keras.Model:
    """A model whose optimizer has moments."""
    model = keras.Sequential([keras.Input([2]), keras.layers.Dense(width)])
    model.compile(keras.optimizers.Adam(0.1, use_ema=use_ema), "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def set_to(model: keras.Model, step: int) -> None:
    """Give every variable values that belong to a step."""
    draws = np.random.default_rng(step)
    for variable in [*model.weights, *model.optimizer.variables]:
        variable.assign(draws.integers(0, 1000, variable.shape))


def values(model: keras.Model) -> list[np.ndarray]:
    """Every variable that training depends on."""
    return [variable.numpy() for variable in [*model.weights, *model.optimizer.variables]]


def progress_at(step: int) -> Progress:
    """Progress after `step` steps, each of which was validated."""
    history = [{"step": n, "g_loss": 1 / n, "seconds": 0.1 * n} for n in range(1, step + 1)]
    return Progress(step, 1, 0.1 + step, history)


def save_at(state: ResumableState, model: keras.Model, step: int) -> None:
    """Save what belongs to a step."""
    set_to(model, step)
    state.save(model, progress_at(step))


def check_belongs_to(state: ResumableState, step: int) -> None:
    """Restore into a new model and compare all with what belongs to a step."""
    model, expected = make_model(), make_model()
    assert state.restore(model) == progress_at(step)
    set_to(expected, step)
    for one, other in zip(values(model), values(expected), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def state(tmp_path) -> ResumableState:
    """The state of a run that has just begun."""
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.make_folders()
    return ResumableState(run)


def test_nothing_is_there_before_the_first_save(state) -> None:
    assert not state.exists()
    with pytest.raises(InputError, match="state.json: got no such file, expected the state of a r"):
        state.progress()


def test_weights_optimizer_and_progress_come_back(state) -> None:
    model = make_model()
    model.fit(np.ones([4, 2]), np.ones([4, 3]), epochs=3, verbose=0)
    progress = Progress(3, 2, 1 / 3, [{"step": 3, "g_loss": 0.1 + 0.2, "seconds": 1.25}])
    state.save(model, progress)
    other = make_model()
    assert state.restore(other) == state.progress() == progress
    assert int(other.optimizer.iterations.numpy()) == 3
    for one, two in zip(values(model), values(other), strict=True):
        np.testing.assert_array_equal(one, two)


def test_history_is_a_table_that_numbers_survive(state) -> None:
    model = make_model()
    assert not state.run.history.exists()
    save_at(state, model, 3)
    with state.run.history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["g_loss"]) for row in rows] == [1, 1 / 2, 1 / 3]
    assert list(rows[0]) == ["step", "g_loss", "seconds"]


def test_a_term_that_is_switched_on_later_gets_a_column_of_its_own(state) -> None:
    progress = progress_at(2)
    progress.history[1] = {"step": 2, "g_loss": 0.5, "g_stoi": 0.25, "seconds": 0.2}
    state.save(make_model(), progress)
    rows = state.run.history.read_text().splitlines()
    assert rows == ["step,g_loss,g_stoi,seconds", "1,1.0,,0.1", "2,0.5,0.25,0.2"]


def test_only_the_last_state_is_kept(state) -> None:
    for step in (1, 2, 3):
        save_at(state, make_model(), step)
    names = {path.name for path in state.run.checkpoints.iterdir()}
    assert names == {"state.json", "state-00000003.keras"}


def kill_at(monkeypatch, module: object, name: str, number: int, before: bool) -> None:
    """Make call `number` of a function the last one, killed before or after it does its work."""
    real, calls = getattr(module, name), iter(range(number + 1))

    def killing(*arguments, **options):
        is_last = next(calls) == number
        if is_last and before:
            raise Killed
        result = real(*arguments, **options)
        if is_last:
            raise Killed
        return result

    monkeypatch.setattr(module, name, killing)


# Every move, removal and large write of a save, each with what precedes and what follows it.
MOMENTS = [
    pytest.param(
        name, module, number, before, id=f"{'before' if before else 'after'} {name} {number}"
    )
    for name, module, num_calls in (
        ("replace", os, 3),
        ("unlink", Path, 4),
        ("save_model", resumable_state, 1),
    )
    for number in range(num_calls)
    for before in (True, False)
]


@pytest.mark.parametrize(("name", "module", "number", "before"), MOMENTS)
def test_a_kill_while_saving_leaves_the_old_state_or_the_new(
    state, monkeypatch, name: str, module: object, number: int, before: bool
) -> None:
    save_at(state, make_model(), 1)
    with monkeypatch.context() as patch:
        kill_at(patch, module, name, number, before)
        with pytest.raises(Killed):
            save_at(state, make_model(), 2)
    step = state.progress().step
    assert step in (1, 2)
    check_belongs_to(state, step)
    rows = state.run.history.read_text().splitlines()[1:]
    assert len(rows) >= step
    # Whoever resumes comes to the same step again, and then everything is as if undisturbed.
    state.run.make_folders()
    save_at(state, make_model(), 2)
    check_belongs_to(state, 2)
    assert len(state.run.history.read_text().splitlines()) == 1 + 2
    names = {path.name for path in state.run.checkpoints.iterdir()}
    assert names == {"state.json", "state-00000002.keras"}


def test_a_half_written_file_of_a_killed_process_is_in_nobodys_way(state) -> None:
    save_at(state, make_model(), 1)
    half = state.run.checkpoints / ".partial-0a1b2c3dstate-00000002.keras"
    half.write_bytes(b"PK")
    (state.run.checkpoints / ".partial-0a1b2c3dstate.json").write_text('{"weights": "st')
    check_belongs_to(state, 1)
    state.run.make_folders()
    save_at(state, make_model(), 2)
    check_belongs_to(state, 2)
    assert not half.exists()


@pytest.mark.parametrize("limit", [0, 1, 100, 2000, 5000, 10_000, 15_000])
def test_a_full_disk_keeps_the_old_state(state, limit: int) -> None:
    save_at(state, make_model(), 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(InputError) as error:
            save_at(state, make_model(), 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(str(state.run.checkpoints / "state-00000002.keras"))
    check_belongs_to(state, 1)
    assert not list(state.run.path.rglob(".*"))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"weights": 3}', '{"weights": "a.keras"}']
)
def test_a_damaged_pointer_is_told(state, content: str) -> None:
    state.pointer.write_text(content)
    with pytest.raises(
        InputError, match="state.json: got a damaged file|a.keras: got no such file"
    ):
        state.restore(make_model())


def test_an_unknown_entry_is_told(state) -> None:
    state.pointer.write_text(json.dumps({"weights": "a.keras", "stepp": 3}))
    with pytest.raises(InputError, match="state.json: got a damaged file"):
        state.progress()


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: make_model(width=4), id="another shape"),
        pytest.param(lambda: make_model(use_ema=True), id="an average that was not kept"),
        pytest.param(lambda: _deeper(), id="another layer"),
    ],
)
def test_the_state_of_another_model_is_refused(state, model) -> None:
    save_at(state, make_model(), 1)
    with pytest.raises(InputError, match="got the state of another model, expected one of the mod"):
        state.restore(model())


def test_an_average_too_many_is_refused(state) -> None:
    save_at(state, make_model(use_ema=True), 1)
    with pytest.raises(InputError, match="got the state of another model"):
        state.restore(make_model())


def test_damaged_and_missing_weights_are_told(state) -> None:
    save_at(state, make_model(), 1)
    (weights,) = state.run.checkpoints.glob("*.keras")
    whole = weights.read_bytes()
    flipped = whole.replace(b"\x00" * 64, b"\x00" * 63 + b"\x01", 1)
    for content in (b"", b"not a model at all", whole[: len(whole) // 2], flipped):
        assert content != whole
        weights.write_bytes(content)
        with pytest.raises(InputError, match="1.keras: got a damaged file, expected what state"):
            state.restore(make_model())
    weights.unlink()
    with pytest.raises(InputError, match="1.keras: got no such file, expected what state"):
        state.restore(make_model())


def _deeper() -> keras.Model:
    """A model with a layer more."""
    layers = [keras.Input([2]), keras.layers.Dense(3), keras.layers.Dense(3)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.1), "mse")
    model.optimizer.build(model.trainable_variables)
    return model
