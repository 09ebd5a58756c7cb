"""What a training of an acoustic model validates and reports."""

from __future__ import annotations

import tensorflow as tf

from tfgan_audio.config.schema import AcousticExperiment
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.factory import build_model, read_sentences, training_source
from tfgan_audio.files import write_json
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.training.acoustic_report import write_acoustic_report
from tfgan_audio.training.acoustic_samples import AcousticSamples
from tfgan_audio.training.acoustic_scores import AcousticScores, mean_errors, score_acoustic
from tfgan_audio.training.callbacks import Validation
from tfgan_audio.training.mel_voice import MelVoice
from tfgan_audio.training.run_folder import RunFolder


class AcousticTask:
    """A `training.tasks.Task` on read sentences.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """

    def __init__(self, config: AcousticExperiment, prepared: PreparedSet) -> None:
        self.config = config
        self.training_source = training_source(config, prepared)
        self.held_out = read_sentences(config, prepared, "validation")
        # The held-out part need not have every speaker and language.
        for name in ("speakers", "languages", "styles"):
            setattr(self.held_out, name, getattr(self.training_source, name))
        self.chosen = self.held_out.drawn(config.data.num_validation_items)
        self.voice = MelVoice(config.data.mel_features, config.train.vocoder)

    def build_model(self) -> AdversarialModel:
        """Build the model for the symbols, the speakers and the styles of the data."""
        return build_model(self.config, **self.training_source.told())

    def validation(
        self, run: RunFolder, model: AdversarialModel, writer: tf.summary.SummaryWriter
    ) -> Validation:
        """Compare held-out recordings with what the model makes of their texts."""
        chosen = self.chosen[: self.config.train.num_samples]
        samples = AcousticSamples(run, model, self.held_out, chosen, self.voice, writer)
        return Validation(
            scores=lambda: mean_errors(model, self.held_out, self.chosen),
            preference=lambda values: -values["mel_l1"],
            write_samples=samples.write,
            # The adversarial game makes mels natural at the cost of distances.
            provisional_steps=self.config.train.adversarial_start_step,
        )

    def score(self, run: RunFolder, model: AdversarialModel) -> AcousticScores:
        """Score the model on held-out sentences and write `report.json` and `report.html`."""
        config = self.config
        scores = score_acoustic(model, self.held_out, self.chosen)
        write_json(run.report_json, {"errors": dict(scores.errors)})
        subtitle = (
            f"Acoustic model, {model.generator.count_params() / 1e6:.1f} million parameters, "
            f"{config.train.num_steps} steps; scored on {len(self.chosen)} sentences it was not "
            "trained on."
        )
        write_acoustic_report(run, scores, self.voice, config.name, subtitle)
        return scores
