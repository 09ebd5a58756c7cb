"""The page of two folders of recordings: players, spectrograms, scores."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tfgan_audio.evaluation.comparison import headline, score_table, spread_names
from tfgan_audio.evaluation.metrics import describe_metrics
from tfgan_audio.evaluation.plots import score_bars
from tfgan_audio.evaluation.report import Example, Figure, Report, write_report
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import SAMPLE_RATE_HZ, Source, load_source

_NUM_EXAMPLES = 3
_EXAMPLE_SECONDS = 12

Pairs = Mapping[str, tuple[Source | None, Source]]


@dataclass(frozen=True)
class FolderReport:
    """What the page of scored folders shows.

    Args:
        title: Title of the page.
        subtitle: One sentence on what was scored.
        reference: What the references are called ("clean").
        pairs: Label -> name -> (reference or None, recording); the processed recordings last,
            before them perhaps the unprocessed ones.
        results: Label -> scores of those pairs.
    """

    title: str
    subtitle: str
    reference: str
    pairs: Mapping[str, Pairs]
    results: Mapping[str, Scores]


def write_folder_report(
    path: str | os.PathLike, page: FolderReport, details: Mapping[str, str]
) -> None:
    """Write the page of scored folders.

    Args:
        path: HTML file.
        page: What it shows.
        details: Heading -> text, folded away.

    Raises:
        InputError: The file cannot be written.
    """
    *before, processed = page.results
    results, scores = page.results, page.results[processed]
    headlines = [
        headline(metric, results[label], scores)
        for label in before
        for metric in scores.metrics[:4]
    ]
    bars = Figure("Mean scores with 95 % intervals", score_bars(results), "Bars of the mean scores")
    report = Report(
        title=page.title,
        subtitle=page.subtitle,
        headlines=headlines,
        examples=_examples(page),
        tables=[score_table(results)],
        figures=[bars],
        details={
            **details,
            "What the scores mean": describe_metrics(scores.metrics),
            "Scores of every file (CSV)": scores.to_csv(),
        },
    )
    write_report(path, report)


def _examples(page: FolderReport) -> list[Example]:
    """Recordings from the highest to the lowest score by the first metric, in every version."""
    examples = []
    processed = list(page.results)[-1]
    scores = page.results[processed]
    for name in spread_names(scores, scores.metrics[0], _NUM_EXAMPLES):
        files = {label: by_name[name][1] for label, by_name in page.pairs.items()}
        if (reference := page.pairs[processed][name][0]) is not None:
            files[page.reference] = reference
        audio = {
            label: load_source(path)[: _EXAMPLE_SECONDS * SAMPLE_RATE_HZ]
            for label, path in files.items()
        }
        values = {
            label: file.values
            for label, entry in page.results.items()
            for file in entry.files
            if file.name == name
        }
        examples.append(Example(name, audio, SAMPLE_RATE_HZ, values))
    return examples
