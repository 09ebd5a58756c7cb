"""What a training of a vocoder validates and reports."""

from __future__ import annotations

import os

import numpy as np
import tensorflow as tf

from tfgan_audio.config.schema import MelGANExperiment
from tfgan_audio.config.speech_schema import PredictedDataConfig
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.factory import build_model, held_out_speech, training_source
from tfgan_audio.files import write_json
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.callbacks import Validation
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.vocoder_report import write_vocoder_report
from tfgan_audio.training.vocoder_samples import VocoderSamples
from tfgan_audio.training.vocoder_scores import (
    VocoderScores,
    mean_distances,
    score_vocoder,
    vocode,
)

# Fewer recordings are scored sooner than the processes to score them in start.
_NUM_ITEMS_PER_WORKER = 8


class VocoderTask:
    """A `training.tasks.Task` on speech and its mel spectrograms.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """

    def __init__(self, config: MelGANExperiment, prepared: PreparedSet) -> None:
        self.config = config
        self.training_source = training_source(config, prepared)
        self.held_out = held_out_speech(config, prepared)

    def build_model(self) -> AdversarialModel:
        """Build the model for the features of the data, measured statistics among them."""
        return build_model(self.config, features=self.training_source.features)

    def validation(
        self, run: RunFolder, model: AdversarialModel, writer: tf.summary.SummaryWriter
    ) -> Validation:
        """Compare held-out recordings with what is made of their mel spectrograms."""
        num_samples = self.config.train.num_samples
        samples = VocoderSamples(run, self.held_out[:num_samples], model.sample_rate_hz, writer)
        vocoded: list[np.ndarray] = []

        def scores() -> dict[str, float]:
            vocoded[:] = vocode(model, self.held_out)
            return mean_distances(model, self.held_out, vocoded)

        return Validation(
            scores=scores,
            preference=lambda values: -values["mel_l1"],
            write_samples=lambda step: samples.write(step, vocoded[:num_samples]),
            # The adversarial game makes sound natural at the cost of distances.
            provisional_steps=self.config.train.adversarial_start_step,
        )

    def score(self, run: RunFolder, model: AdversarialModel) -> VocoderScores:
        """Score the model on held-out recordings and write `report.json` and `report.html`."""
        config, num_items = self.config, len(self.held_out)
        num_workers = min(os.cpu_count() or 1, -(-num_items // _NUM_ITEMS_PER_WORKER))
        scores = score_vocoder(model, self.held_out, num_workers)
        figures = {
            "distances": dict(scores.distances),
            "original": scores.original.as_dict(),
            "vocoded": scores.vocoded.as_dict(),
        }
        write_json(run.report_json, figures)
        is_predicted = isinstance(config.data, PredictedDataConfig)
        subtitle = (
            f"MelGAN, {config.model.num_bands} band{'s' * (config.model.num_bands > 1)}, "
            f"{config.train.num_steps} steps; scored on {num_items} recordings it was not "
            f"trained on{', by mels of an acoustic model' if is_predicted else ''}."
        )
        write_vocoder_report(run, scores, config.name, subtitle)
        return scores
