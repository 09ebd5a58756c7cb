"""What a training of speech enhancement validates and reports."""

from __future__ import annotations

import os

import tensorflow as tf

from tfgan_audio.config.schema import SEGANExperiment
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.data.sources import Source
from tfgan_audio.factory import build_model, held_out_source, training_source
from tfgan_audio.files import write_json
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.callbacks import Validation
from tfgan_audio.training.enhancement_report import write_enhancement_report
from tfgan_audio.training.enhancement_samples import EnhancementSamples
from tfgan_audio.training.enhancement_scores import EnhancementScores, score_enhancer
from tfgan_audio.training.run_folder import RunFolder

# Fewer examples are scored sooner than the processes to score them in start.
_NUM_ITEMS_PER_WORKER = 8


class EnhancementTask:
    """A `training.tasks.Task` on pairs of noisy and clean recordings.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """

    def __init__(self, config: SEGANExperiment, prepared: PreparedSet) -> None:
        self.config = config
        self.training_source = training_source(config, prepared)
        self.held_out = held_out_source(config, prepared)

    def build_model(self) -> AdversarialModel:
        """Build the model as the configuration says."""
        return build_model(self.config)

    def validation(
        self, run: RunFolder, model: AdversarialModel, writer: tf.summary.SummaryWriter
    ) -> Validation:
        """Score held-out examples, and enhance the first of them again and again."""
        train = self.config.train
        num_items = self.config.data.num_validation_items
        dataset = _one_by_one(self.held_out, num_items, train.num_replicas)
        return Validation(
            scores=lambda: model.evaluate(dataset, return_dict=True, verbose=0),
            preference=lambda scores: scores[model.quality_names[0]],
            write_samples=EnhancementSamples(
                run, model, self.held_out.batch(0, train.num_samples), writer
            ),
        )

    def score(self, run: RunFolder, model: AdversarialModel) -> EnhancementScores:
        """Score the model on held-out examples and write `report.json` and `report.html`."""
        config, num_items = self.config, self.config.data.num_validation_items
        num_workers = min(os.cpu_count() or 1, -(-num_items // _NUM_ITEMS_PER_WORKER))
        scores = score_enhancer(model, self.held_out, num_items, num_workers)
        figures = {"noisy": scores.before.as_dict(), "enhanced": scores.after.as_dict()}
        write_json(run.report_json, figures)
        subtitle = (
            f"{config.family.upper()}, variant {config.model.variant}, "
            f"{config.train.num_steps} steps; scored on {len(scores.recordings)} examples of "
            "recordings it was not trained on."
        )
        write_enhancement_report(run.report_html, run, scores, config.name, subtitle)
        return scores


def _one_by_one(held_out: Source, num_items: int, num_replicas: int) -> tf.data.Dataset:
    """Held-out examples one by one, each once for every replica, as none may go without."""
    dataset = make_dataset(held_out, 1, num_steps=num_items)
    if num_replicas == 1:
        return dataset
    return dataset.map(lambda *parts: tuple(tf.repeat(part, num_replicas, 0) for part in parts))
