"""One training run, from a configuration to a folder of results."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import keras
import tensorflow as tf

from tfgan_audio.config.loading import dump_config, load_config
from tfgan_audio.config.schema import ExperimentConfig
from tfgan_audio.data.pipeline import Source, make_dataset
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError
from tfgan_audio.factory import build_model, training_source, validation_source
from tfgan_audio.files import replacing, write_json, write_text
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.callbacks import ProgressBar, StopOnNonFinite, Validate
from tfgan_audio.training.devices import make_repeatable, make_strategy
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.samples import EnhancementSamples

_VALIDATION_BATCH = 8


def train(config: ExperimentConfig, run_dir: str | os.PathLike, resume: bool = False) -> RunFolder:
    """Train an experiment, or go on with one.

    The run is a function of the configuration: killed at any moment and resumed, it ends with the
    weights it would have had. `model.keras` is the best model by the family's score.

    Args:
        config: The experiment.
        run_dir: Folder of the run; a new one, unless `resume`.
        resume: Go on from the last saved state.

    Returns:
        The run's folder.

    Raises:
        InputError: The folder holds another run, the data cannot be used, or a loss is not finite.
    """
    run = RunFolder(run_dir)
    state = ResumableState(run)
    _claim(run, config, resume)
    make_repeatable(config.seed)
    strategy = make_strategy(config.train.num_replicas)
    prepared = prepare(config.data)
    keras.mixed_precision.set_dtype_policy(config.train.precision)
    with strategy.scope():
        model = build_model(config)
    progress = state.restore(model) if resume and state.exists() else Progress()
    run.write_environment()
    if progress.step < config.train.num_steps:
        source, held_out = training_source(config, prepared), validation_source(config, prepared)
        _fit(config, run, model, progress, source, held_out)
    _finish(run, progress)
    return run


def open_run(run_dir: str | os.PathLike) -> tuple[RunFolder, ExperimentConfig]:
    """Open the folder of a run that exists.

    Args:
        run_dir: The folder.

    Returns:
        The folder and the configuration it was trained with.

    Raises:
        InputError: The folder is not a run.
    """
    path = Path(run_dir) / "config.yaml"
    if not path.exists():
        raise InputError(run_dir, "no config.yaml", "the folder of a run")
    return RunFolder(run_dir), load_config(path)


def _claim(run: RunFolder, config: ExperimentConfig, resume: bool) -> None:
    """Write the configuration, or compare it with that of the run to go on with."""
    text = dump_config(config)
    if not run.config.exists():
        write_text(run.config, text)
    elif not resume:
        raise InputError(run.path, "a run there already", "a new folder, or --resume")
    elif run.config.read_text() != text:
        raise InputError(run.path, "a run of another configuration", "the configuration it has")


def _fit(
    config: ExperimentConfig,
    run: RunFolder,
    model: AdversarialModel,
    progress: Progress,
    source: Source,
    held_out: Source,
) -> None:
    """Train from where the run stands to its last step."""
    train, data = config.train, config.data
    critic_steps = model.objective.critic_steps
    dataset = make_dataset(source, train.batch_size, first_step=progress.step * critic_steps)
    batches = max(1, data.num_validation_items // _VALIDATION_BATCH)
    validation = make_dataset(held_out, min(_VALIDATION_BATCH, data.num_validation_items), 0, batches)
    writer = tf.summary.create_file_writer(str(run.logs))
    pairs = held_out.batch(0, train.num_samples) if train.num_samples else ([], [])
    validate = Validate(
        run,
        progress,
        num_steps=train.num_steps,
        every_steps=train.validate_every_steps,
        dataset=validation,
        score=f"val_{model.quality_names[0]}",
        write_samples=EnhancementSamples(run, model, pairs, writer),
        writer=writer,
    )
    bar = ProgressBar(progress.step, train.num_steps)
    model.fit(
        dataset,
        steps_per_epoch=train.num_steps - progress.step,
        verbose=0,
        callbacks=[StopOnNonFinite(progress), bar, validate],
    )


def _finish(run: RunFolder, progress: Progress) -> None:
    """Publish the best model and the figures of the run."""
    with replacing(run.model) as partial:
        shutil.copyfile(run.checkpoints / "best.keras", partial)
    write_json(
        run.report_json,
        {
            "steps": progress.step,
            "best_step": progress.best_step,
            "best_score": progress.best_score,
            "last": progress.history[-1],
        },
    )
