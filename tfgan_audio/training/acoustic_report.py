"""The page that shows an acoustic model's run: read sentences, errors, alignments, settings."""

from __future__ import annotations

from tfgan_audio.evaluation.mel_plots import alignment_plot, mel_plot
from tfgan_audio.evaluation.report import Example, Figure, Headline, Report, write_report
from tfgan_audio.files import replacing
from tfgan_audio.training.acoustic_scores import AcousticScores
from tfgan_audio.training.history import draw_history
from tfgan_audio.training.mel_voice import MelVoice
from tfgan_audio.training.run_folder import RunFolder

_LABELS = {
    "mel_l1": "Log-mel L1 on held-out sentences",
    "duration": "Squared error of log durations",
    "pitch": "Squared error of pitch, octaves",
    "alignment": "Cost of the alignment",
}
_NUM_EXAMPLES = 6


def write_acoustic_report(
    run: RunFolder, scores: AcousticScores, voice: MelVoice, title: str, subtitle: str
) -> None:
    """Write the page of a run, and its curves and alignments into `plots/`.

    Args:
        run: Folder of the run.
        scores: What the model made of held-out sentences.
        voice: What makes mels audible.
        title: Title of the page.
        subtitle: One sentence on what was trained and scored.

    Raises:
        InputError: The page cannot be written.
    """
    history = draw_history(run, {label: [f"val_{name}"] for name, label in _LABELS.items()})
    sentences = scores.sentences[:_NUM_EXAMPLES]
    figures = []
    for number, sentence in enumerate(sentences[:3]):
        aligned = alignment_plot(sentence.symbols, sentence.mel, sentence.durations)
        with replacing(run.plots / f"alignment-{number}.png") as partial:
            partial.write_bytes(aligned)
        mels = mel_plot({"recording": sentence.mel, "read": sentence.spoken})
        figures.append(Figure(f"“{sentence.text}”", mels, "Mel spectrograms of both"))
        figures.append(Figure("How its recording was aligned", aligned, "Symbols over the frames"))
    rate = voice.features.sample_rate_hz
    examples = [
        Example(
            sentence.text,
            {"recording": voice.speak(sentence.mel), "read": voice.speak(sentence.spoken)},
            rate,
            {},
        )
        for sentence in sentences
    ]
    report = Report(
        title=title,
        subtitle=f"{subtitle} Both sides of an example were made audible by {voice.name}.",
        headlines=[
            Headline(_LABELS.get(name, name.replace("_", " ")), f"{value:.3f}")
            for name, value in scores.errors.items()
        ],
        examples=examples,
        tables=[],
        figures=[*figures, history],
        details={
            "Configuration": run.config.read_text(),
            "Environment": run.environment.read_text(),
        },
    )
    write_report(run.report_html, report)
