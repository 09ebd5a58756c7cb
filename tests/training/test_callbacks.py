"""What the callbacks keep, draw and refuse, on a model whose scores are written in advance."""

import contextlib
import csv
import io
import math
import sys
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tfgan_audio.errors import InputError
from tfgan_audio.training.callbacks import ProgressBar, StopOnNonFinite, Validate, Validation
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder

NUM_STEPS = 6
ONES = (1.0,) * NUM_STEPS
DATA = tf.data.Dataset.from_tensors(np.zeros([1, 1], np.float32))


@keras.saving.register_keras_serializable(package="test_callbacks")
class Scripted(keras.Model):
    """A model of one weight, which counts steps, whose losses and scores are tables.

    Args:
        losses: Loss of each training step.
        scores: Score after each training step.
        ruined_in_step: Step in which a weight becomes infinite.
    """

    def __init__(self, losses=(), scores=(), ruined_in_step=99, **kwargs) -> None:
        super().__init__(**kwargs)
        self.count = self.add_weight(name="count", initializer="zeros")
        self.average = self.add_weight(name="average", initializer="zeros")
        self.kernel = self.add_weight(name="kernel", initializer="zeros")
        self.losses_of_steps, self.scores_of_steps = list(losses), list(scores)
        self.ruined_in_step = ruined_in_step
        self.generator_optimizer = self.discriminator_optimizer = keras.optimizers.SGD()
        self.generator_optimizer.build([])
        self.built = True

    def compile(self) -> None:
        super().compile(optimizer=None)

    def train_step(self, data):
        loss = tf.gather(tf.constant(self.losses_of_steps, tf.float32), self._step())
        self.count.assign_add(1.0)
        self.kernel.assign(tf.where(self._step() < self.ruined_in_step, 0.0, -math.inf))
        return {"g_loss": loss, "d_loss": tf.constant(1.0)}

    def test_step(self, data):
        scores = tf.constant(self.scores_of_steps, tf.float32)
        return {"score": tf.gather(scores, self._step() - 1)}

    def _step(self):
        return tf.cast(self.count.value, tf.int32)

    @contextlib.contextmanager
    def averaged_weights(self):
        self.average.assign(1.0)
        yield
        self.average.assign(0.0)


@pytest.fixture
def train(tmp_path):
    """`train(losses=..., scores=...)`: validate after every second of six steps."""
    run = RunFolder(tmp_path / "run")
    run.path.mkdir()
    run.make_folders()
    run.written_at = []

    def fit(losses=ONES, scores=ONES, ruined_in_step=99, count=0, progress=None, provisional=0):
        model = Scripted(losses, scores, ruined_in_step)
        model.compile()
        model.count.assign(count)
        progress = progress or Progress()
        writer = tf.summary.create_file_writer(str(run.logs))
        validation = Validation(
            scores=lambda: model.evaluate(DATA, return_dict=True, verbose=0),
            preference=lambda scores: scores["score"],
            write_samples=run.written_at.append,
            provisional_steps=provisional,
        )
        validate = Validate(run, progress, NUM_STEPS, 2, validation, writer)
        model.fit(
            DATA.repeat(),
            steps_per_epoch=NUM_STEPS - progress.step,
            shuffle=False,
            verbose=0,
            callbacks=[StopOnNonFinite(progress), validate],
        )
        return run

    fit.run = run
    return fit


def counted(path) -> tuple[float, float]:
    """Steps and the mark of averaged weights in a saved model."""
    model = keras.saving.load_model(path, compile=False)
    return float(model.count.numpy()), float(model.average.numpy())


def test_best_is_the_first_of_the_highest_scores_and_last_is_the_last(train) -> None:
    run = train(scores=[0, -3, 0, 2, 0, 2])
    assert counted(run.checkpoints / "best.keras") == (4, 1)
    assert counted(run.checkpoints / "last.keras") == (6, 1)
    progress = ResumableState(run).progress()
    assert (progress.step, progress.best_step, progress.best_score) == (6, 4, 2.0)
    (state,) = run.checkpoints.glob("state-*.keras")
    assert counted(state) == (6, 0)
    assert run.written_at == [2, 4, 6]


def test_a_provisional_best_gives_way_to_a_later_one_that_scores_less(train) -> None:
    run = train(scores=[0, 9, 0, 2, 0, 1], provisional=2)
    assert counted(run.checkpoints / "best.keras") == (4, 1)


def test_history_has_a_row_for_each_validation(train) -> None:
    run = train(losses=[1, 2, 3, 4, 5, 6], scores=[0, 10, 0, 20, 0, 30])
    with run.history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "d_loss", "g_loss", "val_score", "seconds"]
    assert [row["step"] for row in rows] == ["2", "4", "6"]
    assert [float(row["val_score"]) for row in rows] == [10, 20, 30]
    assert [float(row["g_loss"]) for row in rows] == [2, 4, 6]
    seconds = [float(row["seconds"]) for row in rows]
    assert 0 < seconds[0] < seconds[1] < seconds[2]


def test_logs_are_on_the_disk_before_the_state_names_their_step(train) -> None:
    """The writer would else hold them back for two minutes, and a kill would lose them."""
    with pytest.raises(InputError):
        train(losses=[1, 1, 1, 1, 1, math.nan])
    # Nobody has closed the writer.
    logs = EventAccumulator(str(train.run.logs)).Reload()
    steps = [event.step for event in logs.Tensors("val_score")]
    assert steps == [2, 4]
    assert ResumableState(train.run).progress().step == 4


def test_time_goes_on_where_a_run_goes_on(train) -> None:
    run = train()
    progress = Progress(4, 2, 0.5, ResumableState(run).progress().history[:2])
    progress.history[-1]["seconds"] = 1000.0
    train(count=4, progress=progress)
    assert [row["step"] for row in progress.history] == [2, 4, 6]
    assert 1000 < progress.history[-1]["seconds"] < 1060


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("step", [1, 4, 5])
def test_a_loss_that_is_not_finite_ends_the_run(train, value: float, step: int) -> None:
    losses = list(ONES)
    losses[step - 1] = value
    saved = (step - 1) // 2 * 2
    with pytest.raises(InputError) as error:
        train(losses=losses)
    kept = f"what was saved at step {saved} is kept; " if saved else ""
    assert str(error.value) == (
        f"g_loss: got {value} in step {step}, expected a finite number "
        f"({kept}a new run may need lower learning rates)"
    )
    state = ResumableState(train.run)
    assert state.exists() == bool(saved)
    if saved:
        assert state.progress().step == saved
        assert counted(train.run.checkpoints / "last.keras") == (saved, 1)


def test_a_score_that_is_not_finite_is_not_saved(train) -> None:
    with pytest.raises(
        InputError, match="val_score: got nan in step 4, .* saved at step 2 is kept"
    ):
        train(scores=[0, 1, 0, math.nan, 0, 1])
    assert ResumableState(train.run).progress().step == 2
    assert counted(train.run.checkpoints / "last.keras") == (2, 1)
    assert train.run.written_at == [2]


def test_weights_that_are_not_finite_are_not_saved(train) -> None:
    """The loss of a step belongs to the weights before it."""
    with pytest.raises(InputError, match="kernel: got inf in step 4, .* saved at step 2 is kept"):
        train(ruined_in_step=3)
    assert ResumableState(train.run).progress().step == 2
    assert counted(train.run.checkpoints / "last.keras") == (2, 1)


def test_progress_is_rarely_drawn_where_stderr_is_no_terminal(monkeypatch) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    bar = ProgressBar(first_step=500, num_steps=1000)
    for _ in range(500):
        bar.on_train_batch_end(0, {"g_loss": 0.123456, "d_loss": 2.0, "other": 1.0})
    bar.close()
    lines = stderr.getvalue().replace("\r", "\n").strip().splitlines()
    assert len(lines) <= 3
    assert lines[0].startswith("training:  50%") and "500/1000" in lines[0]
    assert "1000/1000" in lines[-1] and "g_loss=0.123, d_loss=2" in lines[-1]
    assert stderr.getvalue().endswith("\n")


def test_progress_on_a_terminal_shows_the_time_left(monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    bar = ProgressBar(first_step=0, num_steps=1000)
    for _ in range(6):
        time.sleep(0.1)
        bar.on_train_batch_end(0, {"g_loss": 1.0, "d_loss": 1.0})
    bar.close()
    # A tenth of a second a step, as tqdm writes "passed<left".
    minutes, seconds = stderr.getvalue().rsplit("<", 1)[1].split(",")[0].split(":")
    assert 60 < 60 * int(minutes) + int(seconds) < 200
