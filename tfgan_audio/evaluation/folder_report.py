"""The page of two folders of recordings: players, spectrograms, scores."""

from __future__ import annotations

import os
from collections.abc import Mapping

from tfgan_audio.evaluation.comparison import headline, score_table, spread_names
from tfgan_audio.evaluation.metrics import describe_metrics
from tfgan_audio.evaluation.plots import score_bars
from tfgan_audio.evaluation.report import Example, Figure, Report, write_report
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import SAMPLE_RATE_HZ, Source, load_source

PROCESSED = "enhanced"
_NUM_EXAMPLES = 3
_EXAMPLE_SECONDS = 12

Pairs = Mapping[str, tuple[Source | None, Source]]


def write_folder_report(
    path: str | os.PathLike,
    pairs: Mapping[str, Pairs],
    results: Mapping[str, Scores],
    subtitle: str,
    details: Mapping[str, str],
) -> None:
    """Write the page of scored folders.

    Args:
        path: HTML file.
        pairs: Label ("noisy", "enhanced") -> name -> (clean or None, recording).
        results: Label -> scores of those pairs.
        subtitle: One sentence on what was scored.
        details: Heading -> text, folded away.

    Raises:
        InputError: The file cannot be written.
    """
    scores = results[PROCESSED]
    headlines = []
    if "noisy" in results:
        headlines = [headline(metric, results["noisy"], scores) for metric in scores.metrics[:4]]
    bars = Figure("Mean scores with 95 % intervals", score_bars(results), "Bars of the mean scores")
    report = Report(
        title="Speech enhancement: scores",
        subtitle=subtitle,
        headlines=headlines,
        examples=_examples(pairs, results),
        tables=[score_table(results)],
        figures=[bars],
        details={
            **details,
            "What the scores mean": describe_metrics(scores.metrics),
            "Scores of every file (CSV)": scores.to_csv(),
        },
    )
    write_report(path, report)


def _examples(pairs: Mapping[str, Pairs], results: Mapping[str, Scores]) -> list[Example]:
    """Recordings from the highest to the lowest score by the first metric, in every version."""
    examples = []
    scores = results[PROCESSED]
    for name in spread_names(scores, scores.metrics[0], _NUM_EXAMPLES):
        files = {label: by_name[name][1] for label, by_name in pairs.items()}
        if (clean := pairs[PROCESSED][name][0]) is not None:
            files["clean"] = clean
        audio = {
            label: load_source(path)[: _EXAMPLE_SECONDS * SAMPLE_RATE_HZ]
            for label, path in files.items()
        }
        values = {
            label: file.values
            for label, entry in results.items()
            for file in entry.files
            if file.name == name
        }
        examples.append(Example(name, audio, SAMPLE_RATE_HZ, values))
    return examples
