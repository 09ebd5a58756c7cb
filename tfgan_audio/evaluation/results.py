"""What scoring a set of files gives: values per file, means, intervals, a table."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class FileScore:
    """Scores of one file.

    Args:
        name: Relative name without suffix.
        values: Metric name -> value; NaN where the file could not be scored.
        reasons: Metric name -> why it is NaN.
        lag_samples: Delay of the estimate at 16 kHz, taken out before scoring; 0 without reference.
        reference_samples: Length of the reference at 16 kHz; 0 without reference.
        estimate_samples: Length of the estimate at 16 kHz.
        scored_samples: Length both were cut to.
    """

    name: str
    values: Mapping[str, float]
    reasons: Mapping[str, str] = field(default_factory=dict)
    lag_samples: int = 0
    reference_samples: int = 0
    estimate_samples: int = 0
    scored_samples: int = 0


@dataclass(frozen=True)
class Scores:
    """Scores of a set of files, in the order of their names.

    Args:
        metrics: Names of the metrics, in the order of the table.
        files: One entry per file.
        left_out: Metrics that were not computed -> why.
    """

    metrics: tuple[str, ...]
    files: tuple[FileScore, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def values(self, metric: str) -> np.ndarray:
        """Return a metric's value of every file, NaN where it could not be scored."""
        return np.array([file.values[metric] for file in self.files], np.float64)

    def count(self, metric: str) -> int:
        """Return the number of files that a metric could score."""
        return int(np.isfinite(self.values(metric)).sum())

    def mean(self, metric: str) -> float:
        """Return the mean over the files that could be scored, NaN if there is none."""
        return _mean(self.values(metric))

    def interval(self, metric: str) -> tuple[float, float]:
        """Return the 95 % interval of the mean, see `bootstrap_interval`."""
        return bootstrap_interval(self.values(metric))

    def unscored(self) -> list[str]:
        """Return one line per file with values that are NaN: its name, why, and which metrics."""
        return [f"{file.name}: {_why(file.reasons)}" for file in self.files if file.reasons]

    def as_dict(self) -> dict[str, dict]:
        """Return what a JSON file holds, NaN as None.

        Returns:
            `mean`: metric -> value; `interval_95`: metric -> both ends of the mean's interval;
            `files`: name -> metric -> value; `lag_samples`: name -> delay at 16 kHz that was taken
            out, for files with a reference; `left_out`: metric -> why it was not computed.
        """
        return {
            "mean": {metric: _null(self.mean(metric)) for metric in self.metrics},
            "interval_95": {
                metric: [_null(end) for end in self.interval(metric)] for metric in self.metrics
            },
            "files": {
                file.name: {metric: _null(file.values[metric]) for metric in self.metrics}
                for file in self.files
            },
            "lag_samples": {
                file.name: file.lag_samples for file in self.files if file.reference_samples
            },
            "left_out": dict(self.left_out),
        }

    def to_csv(self) -> str:
        """Return one row per file: metrics, lag, lengths and reasons; NaN as an empty cell."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        lengths = ("lag_samples", "reference_samples", "estimate_samples", "scored_samples")
        writer.writerow(["name", *self.metrics, *lengths, "not_scored"])
        for file in self.files:
            cells = [_cell(file.values[metric]) for metric in self.metrics]
            counts = [getattr(file, key) for key in lengths]
            writer.writerow([file.name, *cells, *counts, _why(file.reasons)])
        return text.getvalue()


def pair_scores(before: Scores, after: Scores) -> tuple[Scores, Scores]:
    """Keep what two sets have in common, so that their means are of the same files.

    Args:
        before: Scores of one set of files.
        after: Scores of another.

    Returns:
        Both with the common metrics and names, in the order of `after`; a value that is NaN in one
        is NaN in the other.
    """
    metrics = tuple(metric for metric in after.metrics if metric in before.metrics)
    earlier = {file.name: file for file in before.files}
    pairs = [(earlier[file.name], file) for file in after.files if file.name in earlier]
    sides = ([], [])
    for files in pairs:
        valid = {m for m in metrics if all(np.isfinite(file.values[m]) for file in files)}
        for side, file in zip(sides, files, strict=True):
            values = {m: file.values[m] if m in valid else float("nan") for m in metrics}
            side.append(replace(file, values=values))
    return tuple(
        replace(scores, metrics=metrics, files=tuple(side))
        for scores, side in zip((before, after), sides, strict=True)
    )


def bootstrap_interval(
    values: np.ndarray, num_resamples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % bootstrap interval of the mean: percentiles 2.5 and 97.5 of resampled means.

    Args:
        values: One value per file; NaN are left out.
        num_resamples: Sets of files drawn with replacement.
        seed: Seed of the draws.

    Returns:
        Lower and upper end; NaN with fewer than two values.

    Reference:
        Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3.
    """
    values = np.asarray(values, np.float64)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return float("nan"), float("nan")
    draws = np.random.default_rng(seed).integers(len(values), size=(num_resamples, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _mean(values: np.ndarray) -> float:
    """Mean of the finite values, NaN if there is none."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) > 0 else float("nan")


def _why(reasons: Mapping[str, str]) -> str:
    """Each reason once, with the metrics it concerns."""
    metrics: dict[str, list[str]] = {}
    for metric, reason in reasons.items():
        metrics.setdefault(reason, []).append(metric)
    return "; ".join(f"{reason} ({', '.join(names)})" for reason, names in metrics.items())


def _null(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _cell(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""
