"""A run folder for a model that was trained elsewhere."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tfgan_audio.config.loading import dump_config, override_config
from tfgan_audio.errors import InputError
from tfgan_audio.factory import build_model, describe_model
from tfgan_audio.files import write_json, write_text
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.environment import describe_environment
from tfgan_audio.training.resumable_state import Progress, ResumableState
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.saving import save_model


def write_imported_run(
    model: AdversarialModel, run_dir: str | os.PathLike, name: str, overrides: Sequence[str] = ()
) -> RunFolder:
    """Write a model as a run that stands before its first step.

    It can be used like any finished run, and trained further by resuming it.

    Args:
        model: Compiled model.
        run_dir: New folder.
        name: Name of the experiment.
        overrides: Entries of its configuration, such as `data.noisy_dir=DIR`, for the training.

    Returns:
        The folder.

    Raises:
        InputError: The folder is another run's or cannot be written to, or a bad override.
    """
    config = override_config(describe_model(model, name), overrides)
    run = RunFolder(run_dir)
    with run.opened():
        if run.config.exists():
            raise InputError(run.path, "a run there already", "a new folder")
        wavegan = config.family == "wavegan"
        fresh = build_model(
            config, **({"num_channels": config.data.num_channels} if wavegan else {})
        )
        if [w.shape for w in fresh.weights] != [w.shape for w in model.weights]:
            seen = "other sizes than the checkpoint's"
            raise InputError("model", seen, "its section without changes of size")
        for weight, value in zip(fresh.weights, model.weights, strict=True):
            weight.assign(value)
        run.make_folders()
        write_json(run.environment, describe_environment(getattr(fresh, "features", None)))
        save_model(fresh, run.model)
        ResumableState(run).save(fresh, Progress())
        write_text(run.config, dump_config(config))
    return run
