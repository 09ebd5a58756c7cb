"""The page that shows a run: recordings before and after, scores, curves, settings."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence

from tfgan_audio.evaluation.comparison import headline, score_table, spread_names
from tfgan_audio.evaluation.plots import curves, score_bars
from tfgan_audio.evaluation.report import Example, Figure, Report, Table, write_report
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.files import replacing
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.run_scores import RunScores

_HEADLINES = ("si_sdr", "pesq_wb", "stoi", "dnsmos_ovrl")


def write_run_report(
    path: str | os.PathLike,
    run: RunFolder,
    scores: RunScores,
    title: str,
    subtitle: str,
    tables: Sequence[Table] = (),
) -> None:
    """Write the page of a run, and its curves into `plots/`.

    Args:
        path: HTML file to write.
        run: Folder of the run.
        scores: What the model did to held-out recordings.
        title: Title of the page.
        subtitle: One sentence on what was trained and scored.
        tables: Further tables below the scores.

    Raises:
        InputError: The page cannot be written.
    """
    picture = curves(_history(run), _panels(_history(run)[0]))
    with replacing(run.plots / "curves.png") as partial:
        partial.write_bytes(picture)
    names = spread_names(scores.after, "si_sdr")
    report = Report(
        title=title,
        subtitle=subtitle,
        headlines=[
            headline(metric, scores.before, scores.after)
            for metric in _HEADLINES
            if metric in scores.after.metrics
        ],
        examples=[_example(name, scores) for name in names],
        tables=[score_table({"Noisy": scores.before, "Enhanced": scores.after}), *tables],
        figures=[
            Figure(
                "Scores",
                score_bars({"Noisy": scores.before, "Enhanced": scores.after}),
                "Bars of the mean scores before and after",
            ),
            Figure("Training", picture, "Losses and validation scores against training steps"),
        ],
        details={
            "Configuration": run.config.read_text(),
            "Environment": run.environment.read_text(),
        },
    )
    write_report(path, report)


def _example(name: str, scores: RunScores) -> Example:
    """One recording with the scores of both versions."""
    by_version = {
        version: next(file.values for file in side.files if file.name == name)
        for version, side in (("noisy", scores.before), ("enhanced", scores.after))
    }
    return Example(name, scores.recordings[name], SAMPLE_RATE_HZ, by_version)


def _history(run: RunFolder) -> list[dict[str, str]]:
    """Rows of the run's history."""
    with open(run.history, newline="") as file:
        return list(csv.DictReader(file))


def _panels(row: Mapping[str, str]) -> dict[str, list[str]]:
    """Which columns are drawn together."""
    terms = [name for name in row if name.startswith("g_") and name != "g_loss"]
    return {
        "SI-SDR on held-out data (dB)": ["val_si_sdr"],
        "Generator loss": ["g_loss", "val_g_loss"],
        "Generator terms": terms,
        "Discriminator loss": ["d_loss", "val_d_loss"],
    }
