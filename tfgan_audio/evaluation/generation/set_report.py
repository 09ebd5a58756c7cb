"""The page of a set of generated clips: players beside the nearest real clips, and figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfgan_audio.evaluation.generation.embeddings import EMBEDDINGS
from tfgan_audio.evaluation.generation.measures import (
    OnEmbedding,
    ScoreOptions,
    nearest_real,
    power_spectra,
    recognised,
)
from tfgan_audio.evaluation.generation.set_metrics import SET_METRICS, describe_set_metrics
from tfgan_audio.evaluation.generation.set_plots import bin_shares, confusion_matrix, mean_spectra
from tfgan_audio.evaluation.generation.set_scores import SetScores
from tfgan_audio.evaluation.generation.sound_sets import SoundSet
from tfgan_audio.evaluation.report import Example, Figure, Headline, Report
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

_HEADLINES = (
    "frechet_musicnn", "frechet_log_mel", "ndb_log_mel", "d_self_log_mel", "d_train_log_mel",
    "accuracy_classifier",
)  # fmt: skip
_NUM_EXAMPLES = 6


def set_report(
    reference: SoundSet,
    estimate: SoundSet,
    scores: SetScores,
    options: ScoreOptions,
    details: Mapping[str, str],
) -> Report:
    """Make the page of a scored set, for `write_report`.

    Args:
        reference: The real clips.
        estimate: The generated clips.
        scores: What `score_sets` said of them.
        options: With which options.
        details: Heading -> text, folded away.
    """
    num_bins = options.num_bins
    spectra = mean_spectra(power_spectra(reference), power_spectra(estimate), SAMPLE_RATE_HZ)
    figures = [Figure("Mean power spectra", spectra, "Levels of both sets against frequency")]
    for embedding in EMBEDDINGS:
        if f"ndb_{embedding}" in scores.values:
            bins = OnEmbedding(embedding).bins(reference, estimate, options)
            title = f"{num_bins} bins of the real clips ({embedding}); * differ significantly"
            figures.append(Figure(title, bin_shares(bins), "Shares of both sets in every bin"))
    if "accuracy_classifier" in scores.values:
        matrix = confusion_matrix(recognised(estimate, options), options.classifier.label_names)
        figures.append(Figure("Asked for and recognised", matrix, "Matrix of classes"))
    return Report(
        title="Generated sounds: scores",
        subtitle=f"{len(estimate)} generated clips against {len(reference)} real ones.",
        headlines=[_headline(name, scores) for name in _HEADLINES if name in scores.values],
        examples=_examples(reference, estimate),
        tables=[scores.table()],
        figures=figures,
        details={
            **details,
            "What the scores mean": describe_set_metrics(scores.metrics),
            "What they were computed on": "\n".join(
                f"{name}: {text}" for name, text in EMBEDDINGS.items()
            ),
            "Scores of every clip (CSV)": scores.to_csv(),
        },
    )


def _headline(name: str, scores: SetScores) -> Headline:
    """A figure beside that of real clips, where they have one."""
    metric, real = SET_METRICS[name], scores.real.get(name, float("nan"))
    detail = f"real clips: {metric.text(real)}" if np.isfinite(real) else ""
    return Headline(metric.label, metric.text(scores.values[name]), detail)


def _examples(reference: SoundSet, estimate: SoundSet) -> list[Example]:
    """Clips from the nearest to real ones to the farthest, each beside the nearest real one."""
    neighbours, distances = nearest_real(reference, estimate)
    ranks = np.linspace(0, len(estimate) - 1, min(_NUM_EXAMPLES, len(estimate))).round()
    examples = []
    for index in np.argsort(distances, kind="stable")[ranks.astype(int)]:
        neighbour = neighbours[index]
        label = estimate.labels[index]
        audio = {
            f"generated{f', asked for: {label}' if label else ''}": estimate.waveforms[index],
            f"nearest real: {reference.names[neighbour]}": reference.waveforms[neighbour],
        }
        name = f"{estimate.names[index]}, |D| = {distances[index]:.1f}"
        examples.append(Example(name, audio, SAMPLE_RATE_HZ))
    return examples
