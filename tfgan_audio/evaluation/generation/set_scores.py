"""What scoring a set of generated clips gives: figures, their real counterparts, a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tfgan_audio.evaluation.generation.set_metrics import GROUPS, SET_METRICS
from tfgan_audio.evaluation.report import Table
from tfgan_audio.evaluation.results import bootstrap_interval


@dataclass(frozen=True)
class SetScores:
    """Scores of a set of generated clips.

    Args:
        values: Metric -> value of the set.
        clips: Metric -> value of each clip, `[N]`, for the metrics that have them; the set's value
            is their mean, NaN left out.
        real: Metric -> the same figure of real clips: of as many as were generated, though half of
            them at most, against the rest. What a perfect generator would get.
        left_out: Metric -> why it was not computed.
        names: Names of the clips.
        num_reference: Number of real clips.
        num_real: Number of clips that `real` was computed of.
        slice_samples: Length of the clips at 16 kHz.
        settings: What else the figures depend on.
    """

    values: Mapping[str, float]
    clips: Mapping[str, np.ndarray]
    real: Mapping[str, float]
    left_out: Mapping[str, str]
    names: tuple[str, ...]
    num_reference: int
    num_real: int
    slice_samples: int
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics, in the order of the table."""
        return tuple(self.values)

    def interval(self, metric: str) -> tuple[float, float]:
        """Return the 95 % bootstrap interval of a mean over clips; NaN of other metrics."""
        if metric not in self.clips:
            return float("nan"), float("nan")
        return bootstrap_interval(self.clips[metric])

    def as_dict(self) -> dict[str, object]:
        """Return what a JSON file holds, NaN as None.

        Returns:
            `mean`: metric -> value of the set; `files`: name -> metric -> value, for the metrics
            that single clips have; `interval_95`: both ends, of the means over clips; `real`:
            metric -> value of real clips; `left_out`: metric -> why; the numbers of clips, their
            length, and the settings.
        """
        return {
            "mean": {metric: _null(value) for metric, value in self.values.items()},
            "interval_95": {
                metric: [_null(end) for end in self.interval(metric)] for metric in self.clips
            },
            "real": {metric: _null(value) for metric, value in self.real.items()},
            "files": {
                name: {metric: _null(values[row]) for metric, values in self.clips.items()}
                for row, name in enumerate(self.names)
            },
            "left_out": dict(self.left_out),
            "num_reference": self.num_reference,
            "num_estimate": len(self.names),
            "num_real": self.num_real,
            "slice_samples": self.slice_samples,
            **self.settings,
        }

    def to_csv(self) -> str:
        """Return one row per clip with the metrics that single clips have; NaN as empty cell."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["name", *self.clips])
        for row, name in enumerate(self.names):
            values = [values[row] for values in self.clips.values()]
            writer.writerow([name, *(f"{v:.6g}" if np.isfinite(v) else "" for v in values)])
        return text.getvalue()

    def table(self) -> Table:
        """Return the table of all figures, beside those of real clips where there are any."""
        columns, rows = ["Metric", "Generated", "95 % interval"], []
        for name, value in self.values.items():
            metric = SET_METRICS[name]
            rows.append([metric.label, metric.text(value), self._interval_text(name)])
            if self.real:
                rows[-1].append(metric.text(self.real.get(name, float("nan"))))
        columns += ["Real"] if self.real else []
        return Table("Scores of the set", columns, rows, note=self._note())

    def _interval_text(self, metric: str) -> str:
        """Both ends of an interval, or a dash."""
        low, high = self.interval(metric)
        decimals = SET_METRICS[metric].decimals
        return f"{low:.{decimals}f} to {high:.{decimals}f}" if np.isfinite(low) else "–"

    def _note(self) -> str:
        """Of what the figures are, and what is missing."""
        sentences = [
            f"{len(self.names)} generated clips against {self.num_reference} real ones of "
            f"{self.slice_samples} samples at 16 kHz."
        ]
        if self.real:
            rest = self.num_reference - self.num_real
            sentences.append(f"Real: {self.num_real} of these against the other {rest}.")
        reasons: dict[str, list[str]] = {}
        for metric, reason in self.left_out.items():
            reasons.setdefault(reason, []).append(metric)
        for reason, metrics in reasons.items():
            sentences.append(f"Left out: {', '.join(_grouped(metrics))} ({reason}).")
        if (accuracy := self.settings.get("classifier_held_out_accuracy")) is not None:
            sentences.append(f"The classifier recognises {accuracy:.1%} of its held-out clips.")
        sentences.append("Figures of other data, features or classifiers cannot be compared.")
        return " ".join(sentences)


def _grouped(metrics: Sequence[str]) -> list[str]:
    """Names of metrics, those of a whole group as one."""
    whole = [name for name, members in GROUPS.items() if set(members) <= set(metrics)]
    covered = {member for name in whole for member in GROUPS[name]}
    return [*(f"all of {name}" for name in whole), *(m for m in metrics if m not in covered)]


def _null(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
