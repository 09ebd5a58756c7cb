"""One training run, from a configuration to a folder of results."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from tfgan_audio.config.loading import dump_config, load_config
from tfgan_audio.config.schema import ExperimentConfig
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.errors import InputError
from tfgan_audio.factory import check_sizes
from tfgan_audio.files import replacing, write_json, write_text
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.callbacks import ProgressBar, StopOnNonFinite, Validate
from tfgan_audio.training.continuation import refuse_another
from tfgan_audio.training.devices import make_repeatable, make_strategy
from tfgan_audio.training.environment import describe_environment
from tfgan_audio.training.first_weights import take_weights
from tfgan_audio.training.predicted_mels import prepare_data
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.tasks import Task, make_task


@dataclass(frozen=True)
class TrainedRun:
    """A run that has ended.

    Args:
        folder: Folder of the run.
        model: Its best model, with averaged weights where an average was kept.
        scores: What the family's task makes of it; of an enhancer, `EnhancementScores`.
    """

    folder: RunFolder
    model: AdversarialModel
    scores: Any


def train(config: ExperimentConfig, run_dir: str | os.PathLike, resume: bool = False) -> TrainedRun:
    """Train an experiment, or go on with one, and score it on held-out examples.

    The run is a function of the configuration: killed at any moment and resumed, it ends with the
    weights it would have had. `model.keras` is the best model by the family's score.

    Args:
        config: The experiment.
        run_dir: Folder of the run; a new one, unless `resume`.
        resume: Go on from the last saved state, or start where there is none yet. The
            configuration must be the one of the run, but for a larger `train.num_steps` where the
            schedule of the learning rates is constant. A run that has ended is only scored again.

    Returns:
        The run, its best model and that model's scores.

    Raises:
        InputError: The folder holds another run, the data cannot be used, or a loss is not finite.
    """
    run = RunFolder(run_dir)
    with run.opened():
        if run.config.exists():
            if not resume:
                raise InputError(run.path, "a run there already", "a new folder, or --resume")
            refuse_another(load_config(run.config), config)
        check_sizes(config)
        make_repeatable(config.seed)
        strategy = make_strategy(config.train.num_replicas)
        task = make_task(config, prepare_data(config.data))
        with _precision(config.train.precision):
            with strategy.scope():
                model = task.build_model()
            state = ResumableState(run)
            progress = state.restore(model) if state.exists() else Progress()
            if progress.step == 0 and config.train.start_from is not None:
                take_weights(model, config.train.start_from)
            write_text(run.config, dump_config(config))
            run.make_folders()
            if progress.step < config.train.num_steps:
                features = getattr(model, "features", None)
                write_json(run.environment, describe_environment(features))
                _fit(config, run, model, progress, task)
            else:
                done = f"all {progress.step} steps are done; scoring its best model again"
                print(f"{run.path}: {done}", file=sys.stderr)
        with replacing(run.model) as partial:
            shutil.copyfile(run.checkpoints / "best.keras", partial)
        return score(run, task)


def evaluate_run(run_dir: str | os.PathLike) -> TrainedRun:
    """Score a finished run on its held-out examples and write its report again.

    Args:
        run_dir: Folder of the run.

    Returns:
        The run, its best model and that model's scores.

    Raises:
        InputError: The folder is not a finished run, or its data is gone.
    """
    run, config = open_run(run_dir)
    if not run.model.exists():
        raise InputError(run_dir, "no model.keras", "the folder of a finished run")
    return score(run, make_task(config, prepare_data(config.data)))


def open_run(run_dir: str | os.PathLike) -> tuple[RunFolder, ExperimentConfig]:
    """Open the folder of a run that exists.

    Args:
        run_dir: The folder.

    Returns:
        The folder and the configuration it was trained with.

    Raises:
        InputError: The folder is not a run.
    """
    run = RunFolder(run_dir)
    if not run.config.exists():
        raise InputError(run_dir, "no config.yaml", "the folder of a run")
    return run, load_config(run.config)


def score(run: RunFolder, task: Task) -> TrainedRun:
    """Score the best model of a run and write `report.json` and `report.html`.

    Args:
        run: Folder of a run that has a `model.keras`.
        task: What it was trained for.
    """
    with _precision("float32"):
        model = keras.saving.load_model(run.model)
    return TrainedRun(run, model, task.score(run, model))


def _fit(
    config: ExperimentConfig,
    run: RunFolder,
    model: AdversarialModel,
    progress: Progress,
    task: Task,
) -> None:
    """Train from where the run stands to its last step."""
    train = config.train
    first_step = progress.step * model.objective.critic_steps
    writer = tf.summary.create_file_writer(str(run.logs))
    validate = Validate(
        run,
        progress,
        num_steps=train.num_steps,
        every_steps=train.validate_every_steps,
        validation=task.validation(run, model, writer),
        writer=writer,
    )
    bar = ProgressBar(progress.step, train.num_steps)
    with contextlib.closing(bar), contextlib.closing(writer):
        model.fit(
            make_dataset(task.training_source, train.batch_size, first_step),
            steps_per_epoch=train.num_steps - progress.step,
            verbose=0,
            callbacks=[StopOnNonFinite(progress), bar, validate],
        )


@contextlib.contextmanager
def _precision(policy: str) -> Iterator[None]:
    """Make and load models under a dtype policy."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.mixed_precision.set_dtype_policy(before)
