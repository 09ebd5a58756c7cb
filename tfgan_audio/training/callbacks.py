"""What happens between the steps of a run: validation, state, logs, samples, progress."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from tfgan_audio.errors import InputError
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.saving import save_model


class StopOnNonFinite(keras.callbacks.Callback):
    """End the run at the first loss that is not a number; the last saved state stays.

    Args:
        progress: Progress of the run, which says what is saved.
    """

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def on_train_begin(self, logs=None) -> None:
        self.step = self.progress.step

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.step += 1
        _refuse_non_finite(logs, self.step, self.progress.step)


class ProgressBar(keras.callbacks.Callback):
    """Show steps, time left and the main losses on stderr.

    Args:
        first_step: Steps done before.
        num_steps: Steps of the whole run.
    """

    def __init__(self, first_step: int, num_steps: int) -> None:
        super().__init__()
        self.bar = tqdm(
            total=num_steps,
            initial=first_step,
            unit="step",
            desc="training",
            file=sys.stderr,
            mininterval=0.2 if sys.stderr.isatty() else 10.0,
            smoothing=0.05,  # so that the time left does not jump at every validation
            dynamic_ncols=True,
        )

    def on_train_batch_end(self, batch, logs=None) -> None:
        losses = {name: f"{float(logs[name]):.3g}" for name in ("g_loss", "d_loss")}
        self.bar.set_postfix(losses, refresh=False)
        self.bar.update()

    def close(self) -> None:
        """End the line; to be called however the training ends."""
        self.bar.close()


@dataclass(frozen=True)
class Validation:
    """How a family judges a model in training.

    Args:
        scores: Returns what the model as it stands scores on held-out data, by log key.
        preference: Of such scores, what chooses the best model; more is better.
        write_samples: Called with the step, to keep what the model makes of fixed examples.
        provisional_steps: Steps up to which a best model gives way to any later one.
    """

    scores: Callable[[], Mapping[str, float]]
    preference: Callable[[Mapping[str, float]], float]
    write_samples: Callable[[int], None]
    provisional_steps: int = 0


class Validate(keras.callbacks.Callback):
    """At fixed steps: validate, keep the best model, log, save the state.

    Args:
        run: Folder of the run.
        progress: Progress, updated here.
        num_steps: Steps of the whole run; the last one is validated always.
        every_steps: Steps between two validations.
        validation: How the family does it.
        writer: TensorBoard writer.
    """

    def __init__(
        self,
        run: RunFolder,
        progress: Progress,
        num_steps: int,
        every_steps: int,
        validation: Validation,
        writer: tf.summary.SummaryWriter,
    ) -> None:
        super().__init__()
        self.run, self.progress = run, progress
        self.num_steps, self.every_steps = num_steps, every_steps
        self.validation, self.state, self.writer = validation, ResumableState(run), writer

    def on_train_begin(self, logs=None) -> None:
        self.step = self.progress.step
        spent = self.progress.history[-1]["seconds"] if self.progress.history else 0.0
        self.started = time.monotonic() - spent

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.step += 1
        if self.step % self.every_steps == 0 or self.step == self.num_steps:
            self._validate({name: float(value) for name, value in logs.items()})

    def _validate(self, losses: dict[str, float]) -> None:
        """Judge and keep the averaged weights, then save the running ones."""
        progress = self.progress
        # A step whose losses were finite may still have ruined the weights.
        _refuse_non_finite(_extremes(self.model), self.step, progress.step)
        with self.model.averaged_weights():
            scores = self.validation.scores()
            losses |= {f"val_{name}": float(value) for name, value in scores.items()}
            _refuse_non_finite(losses, self.step, progress.step)
            self.validation.write_samples(self.step)
            self._save_models(self.validation.preference(scores))
        self._log(losses)
        seconds = round(time.monotonic() - self.started, 3)
        progress.step = self.step
        progress.history.append({"step": self.step, **losses, "seconds": seconds})
        self.state.save(self.model, progress)
        self.model.reset_metrics()

    def _save_models(self, score: float) -> None:
        """Save the model as the last and, if no earlier one scored as much, as the best."""
        best, best_step = self.progress.best_score, self.progress.best_step
        outlived = best is None or best_step <= self.validation.provisional_steps < self.step
        if outlived or score > best:
            save_model(self.model, self.run.checkpoints / "best.keras")
            self.progress.best_step, self.progress.best_score = self.step, score
        save_model(self.model, self.run.checkpoints / "last.keras")

    def _log(self, losses: dict[str, float]) -> None:
        """Draw the curves, and have them on the disk before the state says they are there."""
        with self.writer.as_default(self.step):
            for name, value in losses.items():
                tf.summary.scalar(name, value)
        self.writer.flush()


def _extremes(model: keras.Model) -> dict[str, float]:
    """Largest magnitude in each array that the next step depends on."""
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    variables = [*model.weights, *(state for each in optimizers for state in each.variables)]
    return {state.path: float(np.abs(state.numpy()).max(initial=0)) for state in variables}


def _refuse_non_finite(values: Mapping[str, float], step: int, saved_step: int) -> None:
    """Raise at the first value that is not a number, or an infinite one."""
    for name, value in values.items():
        if not math.isfinite(float(value)):
            kept = f"what was saved at step {saved_step} is kept; " if saved_step else ""
            expected = f"a finite number ({kept}a new run may need lower learning rates)"
            raise InputError(name, f"{float(value)} in step {step}", expected)
