"""What a training of sounds validates and reports."""

from __future__ import annotations

import dataclasses

import numpy as np
import tensorflow as tf

from tfgan_audio.config.schema import SoundsExperiment
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.prepare import PreparedSet
from tfgan_audio.evaluation.generation.bins import CLIPS_PER_BIN
from tfgan_audio.evaluation.generation.log_mel_features import NUM_DIMENSIONS
from tfgan_audio.evaluation.generation.measures import OnEmbedding, ScoreOptions
from tfgan_audio.evaluation.generation.scoring import score_sets
from tfgan_audio.evaluation.generation.set_report import set_report
from tfgan_audio.evaluation.generation.set_scores import SetScores
from tfgan_audio.evaluation.generation.sound_sets import SoundSet, sounds_from_arrays
from tfgan_audio.evaluation.report import Figure, write_report
from tfgan_audio.factory import build_model, held_out_source, training_source
from tfgan_audio.files import write_json
from tfgan_audio.latents import draw_latents
from tfgan_audio.models.sound_gan import SoundGAN
from tfgan_audio.training.callbacks import Validation
from tfgan_audio.training.history import draw_history
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.sound_samples import write_sound_samples

_FRECHET, _MMD, _NDB = "frechet_log_mel", "mmd_gaussian_log_mel", "ndb_log_mel"
_JOINT = "joint_frechet_log_mel"
_DISTANCES = ("d_self_log_mel", "d_train_log_mel")
# The final scores are of other sounds than those that have chosen the best model.
_VALIDATION_SEED, _FINAL_SEED = 0, 1
_ADAPT_BATCH_SIZE = 32


class SoundTask:
    """A `training.tasks.Task` on sounds, with labels or without.

    Made sounds are compared with as many real ones: held-out slices and, where these are too few,
    slices of the training.

    Args:
        config: The experiment.
        prepared: Its prepared data.
    """

    def __init__(self, config: SoundsExperiment, prepared: PreparedSet) -> None:
        self.config = config
        self.training_source = training_source(config, prepared)
        self.held_out = held_out_source(config, prepared)

    def build_model(self) -> SoundGAN:
        """Build the model with what the data decide: channels, labels, moments of spectra."""
        labels = self.training_source.label_names
        from_data = {"num_classes": len(labels), "label_names": labels}
        if self.config.family == "wavegan":
            from_data["num_channels"] = self.config.data.num_channels
        model = build_model(self.config, **from_data)
        if self.config.family == "specgan":
            num_steps = -(-self.training_source.num_slices // _ADAPT_BATCH_SIZE)
            model.adapt(make_dataset(self.training_source, _ADAPT_BATCH_SIZE, num_steps=num_steps))
        return model

    def validation(
        self, run: RunFolder, model: SoundGAN, writer: tf.summary.SummaryWriter
    ) -> Validation:
        """Compare what the model makes of fixed latents with real sounds."""
        made = _Made(model, self.config.data.num_validation_items, _VALIDATION_SEED)
        real = self._real_sounds(model)
        options = _options(real)
        # A covariance needs more clips than dimensions; a kernel distance does without one.
        chosen_by = distance = _FRECHET if len(real) > NUM_DIMENSIONS else _MMD
        # Without regard to labels, the best model might be the one before it has learnt them.
        has_labels = model.num_classes > 1 and {*real.labels} == {*model.label_names}
        if has_labels and len(real) >= NUM_DIMENSIONS + model.num_classes:
            chosen_by = _JOINT
        has_bins = len(real) >= CLIPS_PER_BIN * options.num_bins
        metrics = (distance, *_DISTANCES, *([_NDB] if has_bins else []))
        num_samples = self.config.train.num_samples

        def scores() -> dict[str, float]:
            sounds = made.render()
            values = dict(score_sets(real, sounds, metrics, options).values)
            if chosen_by == _JOINT:
                values[_JOINT] = OnEmbedding("log_mel").joint_frechet(real, sounds, options)
            return values

        def write_samples(step: int) -> None:
            sounds, titles = made.sounds[:num_samples], made.titles[:num_samples]
            write_sound_samples(run, model, sounds, titles, step, writer)

        return Validation(scores, lambda values: -values[chosen_by], write_samples)

    def score(self, run: RunFolder, model: SoundGAN) -> SetScores:
        """Score the model's sounds, and write `report.json` and `report.html`."""
        real = self._real_sounds(model)
        made = _Made(model, self.config.data.num_validation_items, _FINAL_SEED).render()
        options = dataclasses.replace(_options(real), strides=_strides(model))
        scores = score_sets(real, made, options=options)
        write_json(run.report_json, scores.as_dict())
        history = draw_history(
            run,
            {
                "Frechet distance (log-mel)": [f"val_{_FRECHET}"],
                "Frechet distance with labels (log-mel)": [f"val_{_JOINT}"],
                "MMD, Gaussian kernel (log-mel)": [f"val_{_MMD}"],
                "NDB / K (log-mel)": [f"val_{_NDB}"],
                "|D| self and train (log-mel)": [f"val_{name}" for name in _DISTANCES],
            },
        )
        details = {
            "Configuration": run.config.read_text(),
            "Environment": run.environment.read_text(),
        }
        page = set_report(real, made, scores, options, details)
        picture = run.plots / "samples.png"
        figures = [history]
        if picture.exists():
            samples = Figure("Samples", picture.read_bytes(), "Spectrograms at the last step")
            figures = [samples, history]
        subtitle = f"{self.config.family}, {self.config.train.num_steps} steps. {page.subtitle}"
        page = dataclasses.replace(
            page,
            title=self.config.name,
            subtitle=subtitle,
            figures=[*figures, *page.figures],
        )
        write_report(run.report_html, page)
        return scores

    def _real_sounds(self, model: SoundGAN) -> SoundSet:
        """Real slices, each once, held-out ones first."""
        num_left = self.config.data.num_validation_items
        waveforms, labels, names = [], [], []
        for name, source in (("held-out", self.held_out), ("training", self.training_source)):
            number = min(num_left, source.num_slices)
            if number:
                batch = source.batch(0, number)
                waveforms.append(batch[0])
                labels += _label_texts(model, batch[1] if len(batch) > 1 else None, number)
                names += [f"{name} {index}" for index in range(number)]
            num_left -= number
        return sounds_from_arrays(
            np.concatenate(waveforms), model.sample_rate_hz, names=names, labels=labels
        )


class _Made:
    """Sounds of the same latents, made anew at each call, all labels in turn."""

    def __init__(self, model: SoundGAN, number: int, seed: int) -> None:
        self.model = model
        self.latents = draw_latents(number, model.latent_dim, seed)
        classes = model.num_classes
        self.labels = np.arange(number, dtype=np.int32) % classes if classes else None
        self.label_texts = _label_texts(model, self.labels, number)
        self.titles = [f"{index} {label}".strip() for index, label in enumerate(self.label_texts)]

    def render(self) -> SoundSet:
        """Make the sounds, and keep them in `sounds`, [N, T, C]."""
        self.sounds = self.model.render(self.latents, self.labels)
        rate = self.model.sample_rate_hz
        return sounds_from_arrays(self.sounds, rate, labels=self.label_texts)


def _label_texts(model: SoundGAN, labels: np.ndarray | None, number: int) -> list[str]:
    """Names of labels, or nothing for each sound."""
    return [""] * number if labels is None else [model.label_names[index] for index in labels]


def _options(real: SoundSet) -> ScoreOptions:
    """As many bins as so few clips can fill."""
    num_bins = min(ScoreOptions.num_bins, len(real) // CLIPS_PER_BIN)
    return ScoreOptions(num_bins=max(2, num_bins))


def _strides(model: SoundGAN) -> tuple[int, ...]:
    """Factors by which the generator becomes finer, as the score of upsampling noise asks."""
    return getattr(model.sizes, "strides", ScoreOptions.strides)
