"""What happens between the steps of a run: validation, state, logs, samples, progress."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import keras
import tensorflow as tf
from tqdm import tqdm

from tfgan_audio.errors import InputError
from tfgan_audio.files import replacing
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder


class StopOnNonFinite(keras.callbacks.Callback):
    """End the run at the first loss that is not a number; the last saved state stays.

    Args:
        progress: Progress of the run, for the message.
    """

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def on_train_batch_end(self, batch, logs=None) -> None:
        for name, value in logs.items():
            if not math.isfinite(float(value)):
                saved = self.progress.step
                raise InputError(
                    name,
                    f"{float(value)} after step {saved}",
                    f"a finite number; the state of step {saved} is kept: lower the learning "
                    "rates and resume",
                )


class ProgressBar(keras.callbacks.Callback):
    """Show steps, time left and the main losses on stderr.

    Args:
        first_step: Steps done before.
        num_steps: Steps of the whole run.
    """

    def __init__(self, first_step: int, num_steps: int) -> None:
        super().__init__()
        self.first_step, self.num_steps = first_step, num_steps

    def on_train_begin(self, logs=None) -> None:
        self.bar = tqdm(total=self.num_steps, initial=self.first_step, unit="step", desc="training")

    def on_train_batch_end(self, batch, logs=None) -> None:
        losses = {name: f"{float(logs[name]):.3g}" for name in ("g_loss", "d_loss")}
        self.bar.set_postfix(losses, refresh=False)
        self.bar.update()

    def on_train_end(self, logs=None) -> None:
        self.bar.close()


class Validate(keras.callbacks.Callback):
    """At fixed steps: validate, keep the best model, log, save the state.

    Args:
        run: Folder of the run.
        progress: Progress, updated here.
        num_steps: Steps of the whole run; the last one is validated always.
        every_steps: Steps between two validations.
        dataset: Validation batches.
        score: Log key of the metric that chooses the best model; more is better.
        write_samples: Called with the step, to keep what the model makes of fixed examples.
        writer: TensorBoard writer.
    """

    def __init__(
        self,
        run: RunFolder,
        progress: Progress,
        num_steps: int,
        every_steps: int,
        dataset: tf.data.Dataset,
        score: str,
        write_samples: Callable[[int], None],
        writer: tf.summary.SummaryWriter,
    ) -> None:
        super().__init__()
        self.run, self.progress = run, progress
        self.num_steps, self.every_steps = num_steps, every_steps
        self.dataset, self.score, self.write_samples = dataset, score, write_samples
        self.state, self.writer = ResumableState(run), writer

    def on_train_begin(self, logs=None) -> None:
        self.step = self.progress.step
        spent = self.progress.history[-1]["seconds"] if self.progress.history else 0.0
        self.started = time.monotonic() - spent

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.step += 1
        if self.step % self.every_steps == 0 or self.step == self.num_steps:
            row = {name: float(value) for name, value in logs.items()}
            self._validate({"step": self.step, **row})

    def on_train_end(self, logs=None) -> None:
        self.writer.close()

    def _validate(self, row: dict[str, float]) -> None:
        """Judge the averaged weights, then save the running ones."""
        with self.model.averaged_weights():
            scores = self.model.evaluate(self.dataset, return_dict=True, verbose=0)
            row |= {f"val_{name}": float(value) for name, value in scores.items()}
            row["seconds"] = round(time.monotonic() - self.started, 3)
            self.progress.step = self.step
            self.progress.history.append(row)
            self.write_samples(self.step)
            best = self.progress.best_score
            if best is None or row[self.score] > best:
                self.progress.best_step, self.progress.best_score = self.step, row[self.score]
                save_model(self.model, self.run.checkpoints / "best.keras")
            save_model(self.model, self.run.checkpoints / "last.keras")
        with self.writer.as_default(self.step):
            for name, value in row.items():
                tf.summary.scalar(name, value)
        self.state.save(self.model, self.progress)
        self.model.reset_metrics()


def save_model(model: keras.Model, path) -> None:
    """Save a whole model in one move.

    Args:
        model: Built model.
        path: File that ends in `.keras`.
    """
    with replacing(path) as partial:
        model.save(partial)
