"""The verb `evaluate`: scores of processed recordings against clean ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import json_option, write_json
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.evaluation.report import Example
    from tfgan_audio.evaluation.results import Scores

_NUM_EXAMPLES = 3
_EXAMPLE_SECONDS = 12
_NAMES_SHOWN = 10
_PROCESSED = "enhanced"


@dataclass(frozen=True)
class _Request:
    """What the command line asks for."""

    family: str
    reference: str | None
    estimate: str
    noisy: str | None
    metrics: str
    json_path: str | None
    report: str | None
    csv: str | None
    workers: int
    max_lag_ms: float


def _output_file(ctx: click.Context, param: click.Parameter, path: str | None) -> str | None:
    """Refuse, before the work, a file that could not be written after it."""
    if path is not None:
        above = next(folder for folder in Path(path).absolute().parents if folder.exists())
        if Path(path).is_dir():
            raise InputError(path, "a folder", f"a file name for --{param.name}")
        if not above.is_dir() or not os.access(above, os.W_OK):
            raise InputError(path, f"{above} that cannot be written to", "a writable place")
    return path


@click.command()
@click.option(
    "--family",
    type=click.Choice(["segan"]),
    default="segan",
    show_default=True,
    help="What the recordings are: segan for enhanced speech.",
)
@click.option("--reference", metavar="DIR", help="Clean recordings.")
@click.option("--estimate", metavar="DIR", required=True, help="Processed recordings to score.")
@click.option("--noisy", metavar="DIR", help="Unprocessed recordings, to show before and after.")
@click.option(
    "--metrics",
    default="auto",
    show_default=True,
    metavar="NAMES",
    help="Names with commas between: si_sdr, snr, pesq_wb, stoi, estoi, lsd, dnsmos.",
)
@json_option
@click.option("--report", metavar="FILE", callback=_output_file, help="Write an HTML page.")
@click.option("--csv", metavar="FILE", callback=_output_file, help="Write one row per file.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    help="Processes to score with.",
)
@click.option(
    "--max-lag-ms",
    type=click.FloatRange(min=0),
    default=100.0,
    show_default=True,
    help="Largest delay that is looked for and taken out.",
)
def command(**options: Any) -> None:
    r"""Score processed speech against clean speech.

    Files are paired by their name below each folder, whatever their suffix, rate and channels, and
    compared at 16 kHz. Each one's delay and surplus length are taken out first. Without
    --reference, only the metrics that need none are computed (dnsmos).

    \b
    Examples:
      tfgan-audio evaluate --reference clean --estimate enhanced
      tfgan-audio evaluate --reference clean --estimate enhanced --noisy noisy --report report.html
      tfgan-audio evaluate --reference clean --estimate enhanced --metrics si_sdr,pesq_wb --json -
      tfgan-audio evaluate --estimate enhanced --metrics dnsmos --csv scores.csv
    """
    request = _Request(**options)
    _score_folders(request)


def _score_folders(request: _Request) -> None:
    """Score, show the table, and write what was asked for."""
    from tfgan_audio.evaluation.comparison import score_table, table_text
    from tfgan_audio.evaluation.scoring import pair_folders, score_pairs
    from tfgan_audio.files import write_text

    folders = {"noisy": request.noisy, _PROCESSED: request.estimate}
    pairs = {
        label: pair_folders(request.reference, folder)
        for label, folder in folders.items()
        if folder is not None
    }
    _check_same_names(request, pairs)
    results = {
        label: score_pairs(
            files, request.metrics, request.workers, request.max_lag_ms, progress=True
        )
        for label, files in pairs.items()
    }
    to_stderr = request.json_path == "-"
    click.echo(table_text(score_table(results)), err=to_stderr)
    for label, scores in results.items():
        for line in _remarks(label, scores):
            click.echo(line, err=True)
    if request.json_path is not None:
        write_json(request.json_path, results[_PROCESSED].as_dict())
    if request.csv is not None:
        write_text(request.csv, results[_PROCESSED].to_csv())
    if request.report is not None:
        _write_page(request, pairs, results)


def _check_same_names(request: _Request, pairs: Mapping[str, Mapping]) -> None:
    """Refuse noisy and processed folders that do not hold the same recordings."""
    if len(pairs) == 2 and (odd := sorted(pairs["noisy"].keys() ^ pairs[_PROCESSED].keys())):
        seen = f"names that differ from {request.estimate} ({len(odd)}, first {odd[0]})"
        raise InputError(request.noisy, seen, "the same names in both folders")


def _remarks(label: str, scores: "Scores") -> list[str]:
    """Lines on delays, lengths and files that could not be scored."""
    lines = []
    lags = [file.lag_samples for file in scores.files]
    if any(lags):
        late = sum(lag != 0 for lag in lags)
        span = f"from {min(lags)} to {max(lags)} samples at 16 kHz"
        lines.append(f"{label}: delay taken out of {late} of {len(lags)} files, {span}")
    surplus = [
        abs(file.estimate_samples - file.reference_samples)
        for file in scores.files
        if file.reference_samples
    ]
    if any(surplus):
        count = sum(map(bool, surplus))
        text = f"{count} of {len(surplus)} files differ in length, by up to {max(surplus)} samples"
        lines.append(f"{label}: {text} at 16 kHz, which are cut off")
    unscored = scores.unscored()
    lines += [f"{label}: not scored: {line}" for line in unscored[:_NAMES_SHOWN]]
    if len(unscored) > _NAMES_SHOWN:
        lines.append(f"{label}: not scored: {len(unscored) - _NAMES_SHOWN} more files")
    return lines


def _write_page(
    request: _Request, pairs: Mapping[str, Mapping], results: Mapping[str, "Scores"]
) -> None:
    """Write the HTML page."""
    from tfgan_audio.evaluation.comparison import headline, score_table
    from tfgan_audio.evaluation.plots import score_bars
    from tfgan_audio.evaluation.report import Figure, Report, write_report

    scores = results[_PROCESSED]
    headlines = []
    if "noisy" in results:
        headlines = [headline(metric, results["noisy"], scores) for metric in scores.metrics[:4]]
    bars = Figure("Mean scores with 95 % intervals", score_bars(results), "Bars of the mean scores")
    report = Report(
        title="Speech enhancement: scores",
        subtitle=f"{len(scores.files)} recordings of {request.estimate}, compared at 16 kHz.",
        headlines=headlines,
        examples=_examples(pairs, results),
        tables=[score_table(results)],
        figures=[bars],
        details={
            "Folders": f"clean: {request.reference}\nnoisy: {request.noisy}\n"
            f"processed: {request.estimate}",
            "Scores of every file (CSV)": scores.to_csv(),
        },
    )
    write_report(request.report, report)


def _examples(pairs: Mapping[str, Mapping], results: Mapping[str, "Scores"]) -> list["Example"]:
    """Recordings from the highest to the lowest score by the first metric, in every version."""
    from tfgan_audio.evaluation.comparison import spread_names
    from tfgan_audio.evaluation.report import Example
    from tfgan_audio.evaluation.scoring import SAMPLE_RATE_HZ, load_source

    examples = []
    scores = results[_PROCESSED]
    for name in spread_names(scores, scores.metrics[0], _NUM_EXAMPLES):
        files = {label: by_name[name][1] for label, by_name in pairs.items()}
        if (clean := pairs[_PROCESSED][name][0]) is not None:
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
