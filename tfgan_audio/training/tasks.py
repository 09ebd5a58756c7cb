"""What the families' trainings differ in, by family."""

from __future__ import annotations

from typing import Any, Protocol

import tensorflow as tf

from tfgan_audio.config.schema import ExperimentConfig
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.data.sources import Source
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.acoustic_task import AcousticTask
from tfgan_audio.training.callbacks import Validation
from tfgan_audio.training.enhancement_task import EnhancementTask
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.sound_task import SoundTask
from tfgan_audio.training.vocoder_task import VocoderTask


class Task(Protocol):
    """What a run trains on, how it judges the model on the way, and what it reports."""

    training_source: Source

    def build_model(self) -> AdversarialModel:
        """Build and compile the model, in the strategy scope in force."""

    def validation(
        self, run: RunFolder, model: AdversarialModel, writer: tf.summary.SummaryWriter
    ) -> Validation:
        """Return how the model is judged while it trains."""

    def score(self, run: RunFolder, model: AdversarialModel) -> Any:
        """Score the trained model, and write `report.json` and `report.html`."""


_TASKS = {
    "segan": EnhancementTask,
    "wavegan": SoundTask,
    "specgan": SoundTask,
    "melgan": VocoderTask,
    "acoustic": AcousticTask,
}


def make_task(config: ExperimentConfig, prepared: PreparedSet) -> Task:
    """Return what an experiment trains for.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """
    return _TASKS[config.family](config, prepared)
