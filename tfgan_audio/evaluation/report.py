"""One self-contained HTML page of results: players, spectrograms, scores, curves, details.

The parts are plain records; `write_report` turns them into one file that needs nothing else.
"""

import base64
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.files import write_text


@dataclass(frozen=True)
class Headline:
    """One figure at the top of the page.

    Args:
        label: What it is ("SI-SDR").
        value: The figure with its unit ("5.0 → 9.4 dB").
        detail: A short remark below it ("+4.4 dB on 20 mixtures").
    """

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class Example:
    """One recording in several versions, each with a player and a spectrogram.

    Args:
        name: Name of the recording.
        audio: Version ("noisy", "enhanced", "clean") -> waveform `[T]` or `[T, C]` in [-1, 1].
        sample_rate_hz: Rate of all versions.
        scores: Version -> metric name -> value, shown below its player.
    """

    name: str
    audio: Mapping[str, np.ndarray]
    sample_rate_hz: int
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table; the first column names the rows.

    Args:
        title: Caption.
        columns: Heads of the columns.
        rows: Cells as text, as many as there are columns.
        note: Remark below the table.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture.

    Args:
        title: Caption.
        png: PNG file.
        alt: What the picture shows, for readers who do not see it.
    """

    title: str
    png: bytes
    alt: str


@dataclass(frozen=True)
class Report:
    """What a page holds; empty parts are left out.

    Args:
        title: Title of the page.
        subtitle: One sentence below it.
        headlines: Figures that say the result.
        examples: Recordings to listen to.
        tables: Scores and other tables.
        figures: Curves and other pictures.
        details: Heading -> text (configuration, environment), folded away.
    """

    title: str
    subtitle: str = ""
    headlines: Sequence[Headline] = ()
    examples: Sequence[Example] = ()
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    details: Mapping[str, str] = field(default_factory=dict)


def write_report(path: str | os.PathLike, report: Report) -> None:
    """Write a page as one HTML file with its audio and pictures inside, whole or not at all.

    Args:
        path: File to write; one that exists is replaced.
        report: What to show.

    Raises:
        InputError: If a table's row has another length than its head, a waveform is empty, or the
            file cannot be written.
    """
    import jinja2

    for table in report.tables:
        for row in table.rows:
            if len(row) != len(table.columns):
                seen = f"a row of {len(row)} cells"
                raise InputError(f"table {table.title}", seen, f"{len(table.columns)} cells")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tfgan_audio.evaluation"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["png_uri"] = lambda content: _data_uri("image/png", content)
    examples = [(example.name, _versions(example)) for example in report.examples]
    template = environment.get_template("report.html.j2")
    write_text(path, template.render(report=report, examples=examples))


def _versions(example: Example) -> list[dict[str, object]]:
    """What the page shows of each version: player, picture, duration and scores."""
    from tfgan_audio.evaluation.plots import level_limits, spectrograms

    rate_hz = example.sample_rate_hz
    limits_db = level_limits(example.audio, rate_hz)
    return [
        {
            "label": label,
            "seconds": len(waveform) / rate_hz,
            "top_khz": rate_hz / 2000,
            "audio_uri": _data_uri("audio/wav", _wav(waveform, rate_hz)),
            "png": spectrograms({"": waveform}, rate_hz, limits_db),
            "scores": [_score(*item) for item in example.scores.get(label, {}).items()],
        }
        for label, waveform in example.audio.items()
    ]


def _score(metric: str, value: float) -> tuple[str, str]:
    """Label and value of a score as text."""
    return METRICS[metric].label, format_score(metric, value)


def format_score(metric: str, value: float, sign: str = "") -> str:
    """Write a score with its unit and usual digits; a dash for NaN.

    Args:
        metric: Name from `METRICS`.
        value: The score.
        sign: `"+"` to write the sign of positive values too.

    Example:
        >>> format_score("si_sdr", 4.256, "+"), format_score("stoi", float("nan"))
        ('+4.26 dB', '–')
    """
    if not np.isfinite(value):
        return "–"
    entry = METRICS[metric]
    return f"{value:{sign}.{entry.decimals}f} {entry.unit}".strip()


def _wav(waveform: np.ndarray, sample_rate_hz: int) -> bytes:
    """A waveform as a 16-bit WAV file, clipped at full scale."""
    import soundfile

    content = io.BytesIO()
    clipped = np.clip(waveform, -1.0, 1.0)
    soundfile.write(content, clipped, sample_rate_hz, subtype="PCM_16", format="WAV")
    return content.getvalue()


def _data_uri(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
