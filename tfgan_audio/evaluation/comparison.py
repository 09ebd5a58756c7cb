"""Scores of one set of files, or of the same files before and after, as table and headlines."""

from collections.abc import Mapping, Sequence

import numpy as np

from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.report import Headline, Table, format_score
from tfgan_audio.evaluation.results import Scores, bootstrap_interval, pair_scores


def changes(before: Scores, after: Scores, metric: str) -> np.ndarray:
    """Return after minus before for every file that both could score.

    Args:
        before: Scores of the unprocessed files.
        after: Scores of the processed files.
        metric: Name of a metric that both have.

    Shape:
        `[files]`.
    """
    before, after = pair_scores(before, after)
    differences = after.values(metric) - before.values(metric)
    return differences[np.isfinite(differences)]


def score_table(results: Mapping[str, Scores], title: str = "Mean scores") -> Table:
    """Make the table of mean scores with 95 % bootstrap intervals.

    Args:
        results: One entry, label -> scores; or two, before and after, whose change is shown and
            whose means are over the files that both could score.
        title: Caption of the table.
    """
    scores = list(results.values())
    if len(scores) == 1:
        columns = ["Metric", "Mean", "95 % interval", "Files"]
        rows = [_single_row(scores[0], metric) for metric in scores[0].metrics]
    else:
        columns = ["Metric", *results, "Change", "95 % interval of the change", "Files"]
        before, after = pair_scores(*scores)
        rows = [_paired_row(before, after, metric) for metric in after.metrics]
    left_out = [f"Left out: {reason}." for reason in scores[-1].left_out.values()]
    return Table(title, columns, rows, note=" ".join([*left_out, *_unscored_note(scores)]))


def headline(metric: str, before: Scores, after: Scores) -> Headline:
    """Say how a mean score moved, on the files that both could score.

    Args:
        metric: Name of a metric that both have.
        before: Scores of the unprocessed files.
        after: Scores of the processed files.
    """
    before, after = pair_scores(before, after)
    entry, differences = METRICS[metric], changes(before, after, metric)
    start = format_score(metric, before.mean(metric)).removesuffix(f" {entry.unit}")
    value = f"{start} → {format_score(metric, after.mean(metric))}"
    change = format_score(metric, differences.mean() if len(differences) else np.nan, "+")
    return Headline(entry.label, value, f"{change} on {len(differences)} files")


def spread_names(scores: Scores, metric: str, num_names: int = 3) -> list[str]:
    """Choose files from the highest to the lowest score at even steps.

    Args:
        scores: Scores to choose by.
        metric: Name of a metric they have.
        num_names: Files wanted; fewer if fewer could be scored.
    """
    values = scores.values(metric)
    ranked = [index for index in np.argsort(-values, kind="stable") if np.isfinite(values[index])]
    ranks = np.linspace(0, len(ranked) - 1, min(num_names, len(ranked))).round().astype(int)
    return [scores.files[ranked[rank]].name for rank in ranks]


def table_text(table: Table) -> str:
    """Lay a table out for a terminal, the first column left, the others right.

    Args:
        table: The table; its title is left out.
    """
    lines = [list(table.columns), *map(list, table.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    text = [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
        for line in lines
    ]
    return "\n".join([*text, *([table.note] if table.note else [])])


def _single_row(scores: Scores, metric: str) -> list[str]:
    """Cells of one metric of one set."""
    interval = _interval_text(metric, scores.interval(metric))
    files = f"{scores.count(metric)} of {len(scores.files)}"
    mean = format_score(metric, scores.mean(metric))
    return [METRICS[metric].label, mean, interval, files]


def _paired_row(before: Scores, after: Scores, metric: str) -> list[str]:
    """Cells of one metric before and after."""
    differences = changes(before, after, metric)
    means = [format_score(metric, scores.mean(metric)) for scores in (before, after)]
    change = format_score(metric, differences.mean() if len(differences) else np.nan, "+")
    interval = _interval_text(metric, bootstrap_interval(differences), "+")
    files = f"{len(differences)} of {len(after.files)}"
    return [METRICS[metric].label, *means, change, interval, files]


def _interval_text(metric: str, interval: tuple[float, float], sign: str = "") -> str:
    """Both ends of an interval, or a dash."""
    if not np.isfinite(interval).all():
        return "–"
    low, high = (f"{end:{sign}.{METRICS[metric].decimals}f}" for end in interval)
    return f"{low} to {high}"


def _unscored_note(scores: Sequence[Scores]) -> list[str]:
    """A sentence on files that some metric could not score."""
    names = {file.name for entry in scores for file in entry.files if file.reasons}
    return [f"Files that not every metric could score: {len(names)}."] if names else []
