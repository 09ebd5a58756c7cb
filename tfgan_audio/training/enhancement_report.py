"""The page that shows a run: recordings before and after, scores, curves, settings."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tfgan_audio.evaluation.comparison import headline, score_table, spread_names
from tfgan_audio.evaluation.plots import score_bars
from tfgan_audio.evaluation.report import Example, Figure, Report, Table, write_report
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.training.enhancement_scores import EnhancementScores
from tfgan_audio.training.history import draw_history
from tfgan_audio.training.run_folder import RunFolder

_HEADLINES = ("si_sdr", "pesq_wb", "stoi", "dnsmos_ovrl")


def write_enhancement_report(
    path: str | os.PathLike,
    run: RunFolder,
    scores: EnhancementScores,
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
    history = draw_history(run, {"SI-SDR on held-out data (dB)": ["val_si_sdr"]})
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
            history,
        ],
        details={
            "Configuration": run.config.read_text(),
            "Environment": run.environment.read_text(),
        },
    )
    write_report(path, report)


def _example(name: str, scores: EnhancementScores) -> Example:
    """One recording with the scores of both versions."""
    by_version = {
        version: next(file.values for file in side.files if file.name == name)
        for version, side in (("noisy", scores.before), ("enhanced", scores.after))
    }
    return Example(name, scores.recordings[name], SAMPLE_RATE_HZ, by_version)
