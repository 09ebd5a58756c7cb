"""The page that shows a vocoder's run: recordings and their copies, scores, curves, settings."""

from __future__ import annotations

from tfgan_audio.evaluation.comparison import headline, score_table, spread_names
from tfgan_audio.evaluation.plots import score_bars
from tfgan_audio.evaluation.report import Example, Figure, Headline, Report, write_report
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.training.history import draw_history
from tfgan_audio.training.run_folder import RunFolder
from tfgan_audio.training.vocoder_scores import VocoderScores

_HEADLINES = ("pesq_wb", "mcd", "dnsmos_ovrl")
_LABELS = {
    "mel_l1": "Log-mel L1 on held-out data",
    "multi_resolution_stft": "Multi-resolution STFT distance on held-out data",
}


def write_vocoder_report(run: RunFolder, scores: VocoderScores, title: str, subtitle: str) -> None:
    """Write the page of a run, and its curves into `plots/`.

    Args:
        run: Folder of the run.
        scores: What the model made of held-out recordings.
        title: Title of the page.
        subtitle: One sentence on what was trained and scored.

    Raises:
        InputError: The page cannot be written.
    """
    history = draw_history(run, {label: [f"val_{name}"] for name, label in _LABELS.items()})
    sides = {"Original": scores.original, "Vocoded": scores.vocoded}
    metrics = scores.vocoded.metrics
    headlines = [headline(name, *sides.values()) for name in _HEADLINES if name in metrics]
    report = Report(
        title=title,
        subtitle=subtitle,
        headlines=[
            *(Headline(_LABELS[name], f"{value:.3f}") for name, value in scores.distances.items()),
            *headlines,
        ],
        examples=[_example(name, scores) for name in spread_names(scores.vocoded, metrics[0])],
        tables=[score_table(sides)],
        figures=[
            Figure("Scores", score_bars(sides), "Bars of the mean scores of both"),
            history,
        ],
        details={
            "Configuration": run.config.read_text(),
            "Environment": run.environment.read_text(),
        },
    )
    write_report(run.report_html, report)


def _example(name: str, scores: VocoderScores) -> Example:
    """One recording with the scores of both versions."""
    by_version = {
        version: next(file.values for file in side.files if file.name == name)
        for version, side in (("original", scores.original), ("vocoded", scores.vocoded))
    }
    return Example(name, scores.recordings[name], SAMPLE_RATE_HZ, by_version)
