"""The verb `evaluate`: scores of enhanced speech, or of generated sounds."""

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from tfgan_audio.cli.evaluate_sounds import (
    FAMILIES,
    SOUND_OPTIONS,
    score_sounds,
    sound_options,
    write_scores,
)
from tfgan_audio.cli.options import checked_output, json_option, write_json
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.evaluation.results import Scores

_NAMES_SHOWN = 10
_NOISY, _PROCESSED = "noisy", "enhanced"
_COMMAND_LINE = ParameterSource.COMMANDLINE
_ONLY_FOR_FOLDERS = ("reference", "metrics", "report", "workers", "max_lag_ms")


@dataclass(frozen=True)
class _Request:
    """What the command line asks for."""

    model: str | None
    family: str
    reference: str | None
    estimate: str | None
    noisy: str | None
    metrics: str
    json_path: str | None
    report: str | None
    csv: str | None
    workers: int
    max_lag_ms: float


def _list_metrics(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """Print the names that --metrics takes."""
    if wanted and not ctx.resilient_parsing:
        from tfgan_audio.evaluation.generation.set_metrics import describe_set_metrics
        from tfgan_audio.evaluation.metrics import describe_metrics
        from tfgan_audio.evaluation.selection import AUTO_METRICS, GROUPS

        click.echo(describe_metrics())
        for name, members in {"auto": AUTO_METRICS, **GROUPS}.items():
            click.echo(f"{name:<14} {', '.join(members)}")
        click.echo(f"\nOf generated sounds (--family {' or '.join(FAMILIES)}):")
        click.echo(describe_set_metrics())
        ctx.exit()


@click.command()
@click.argument("model", metavar="[RUN]", required=False)
@click.option(
    "--family",
    type=click.Choice(["segan", *FAMILIES]),
    default="segan",
    show_default=True,
    help="What the recordings are: segan for enhanced speech, the others for generated sounds.",
)
@click.option("--reference", metavar="DIR", help="Clean recordings, or real sounds.")
@click.option("--estimate", metavar="DIR", help="Processed recordings or generated sounds.")
@click.option("--noisy", metavar="DIR", help="Unprocessed recordings, to show before and after.")
@click.option(
    "--metrics",
    default="auto",
    show_default=True,
    metavar="NAMES",
    help="Names with commas between, see --list-metrics; auto is the usual ones, all is all.",
)
@click.option(
    "--list-metrics",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_metrics,
    help="Say what every metric is, and exit.",
)
@json_option
@click.option("--report", metavar="FILE", callback=checked_output, help="Write an HTML page.")
@click.option("--csv", metavar="FILE", callback=checked_output, help="Write one row per file.")
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
@sound_options
@click.pass_context
def command(ctx: click.Context, **options: Any) -> None:
    r"""Score a model, processed speech against clean speech, or generated sounds against real ones.

    RUN alone scores the model of a run on the examples that its training held out, as training
    does, and writes report.html and report.json into it. RUN with --noisy (and --reference)
    enhances that folder with RUN, a run folder, .keras file or export, and scores the result.

    Files are paired by their name below each folder, whatever their suffix, rate and channels, and
    compared at 16 kHz. Each one's delay and surplus length are taken out first. Without
    --reference, only the metrics that need none are computed (dnsmos).

    With --family wavegan (or specgan), two sets of sounds are compared as a whole: their
    distributions, not pairs. A generated sound's label is that in the manifest.csv of `generate`,
    or the folder it is in. Options from --num on are for these only.

    \b
    Examples:
      tfgan-audio evaluate runs/first
      tfgan-audio evaluate runs/first --noisy noisy --reference clean --report report.html
      tfgan-audio evaluate --reference clean --estimate enhanced
      tfgan-audio evaluate --reference clean --estimate enhanced --noisy noisy --report report.html
      tfgan-audio evaluate --reference clean --estimate enhanced --metrics si_sdr,pesq_wb --json -
      tfgan-audio evaluate --reference clean --estimate enhanced --metrics all --csv scores.csv
      tfgan-audio evaluate --estimate enhanced --metrics dnsmos
      tfgan-audio evaluate --family wavegan --reference drums --estimate generated --report r.html
      tfgan-audio evaluate runs/drums --family wavegan --reference drums --classifier drums.keras
    """
    given = {name for name in options if ctx.get_parameter_source(name) is _COMMAND_LINE}
    if options["family"] in FAMILIES:
        score_sounds(options, given)
        return
    for name in given.intersection(SOUND_OPTIONS):
        option = f"--{name.replace('_', '-')}"
        raise InputError(option, "--family segan", f"--family {' or '.join(FAMILIES)}")
    request = _Request(**{field.name: options[field.name] for field in fields(_Request)})
    if request.model is None and request.estimate is None:
        raise InputError("--estimate", "neither it nor RUN", "a folder, or a model to score")
    if request.model is not None and request.estimate is not None:
        raise InputError("--estimate", "both it and RUN", "one of them: RUN makes the estimate")
    if request.estimate is not None:
        _score_folders(request)
    elif request.noisy is not None:
        _enhance_and_score(request)
    else:
        _refuse_unused(given)
        _score_run(request)


def _refuse_unused(given: Collection[str]) -> None:
    """Refuse options that would do nothing: a run is scored as its training scores it."""
    for name in _ONLY_FOR_FOLDERS:
        if name in given:
            option = f"--{name.replace('_', '-')}"
            raise InputError(option, "RUN without --noisy", "a folder to enhance: --noisy DIR")


def _score_run(request: _Request) -> None:
    """Score a run on what its training held out."""
    from tfgan_audio.evaluation.comparison import score_table, table_text
    from tfgan_audio.evaluation.generation.set_scores import SetScores
    from tfgan_audio.loading import load_trained
    from tfgan_audio.training.run import evaluate_run

    load_trained(request.model)  # refuses a model that is damaged or another, before the work
    trained = evaluate_run(request.model)
    to_stderr = request.json_path == "-"
    if isinstance(trained.scores, SetScores):
        click.echo(table_text(trained.scores.table()), err=to_stderr)
        write_scores(trained.scores, request.json_path, request.csv)
    else:
        results = {_NOISY: trained.scores.before, _PROCESSED: trained.scores.after}
        click.echo(table_text(score_table(results)), err=to_stderr)
        _write_scores(request, results)
    click.echo(trained.folder.report_html, err=to_stderr)


def _enhance_and_score(request: _Request) -> None:
    """Enhance a folder into a temporary one, as WAV whatever it holds, and score that."""
    from tqdm import tqdm

    from tfgan_audio.evaluation.scoring import pair_folders
    from tfgan_audio.evaluation.selection import select_metrics
    from tfgan_audio.loading import load
    from tfgan_audio.serving.enhance_files import enhance_file

    select_metrics(request.metrics, request.reference is not None)  # refused before the work
    pairs = pair_folders(request.reference, request.noisy)
    enhancer = load(request.model, "enhance")
    with tempfile.TemporaryDirectory(prefix="tfgan-audio-") as folder:
        for name, (_, noisy) in tqdm(pairs.items(), "enhance", unit="file", disable=None):
            enhance_file(enhancer, noisy, Path(folder, f"{name}.wav"))
        _score_folders(replace(request, estimate=folder))


def _score_folders(request: _Request) -> None:
    """Score, show the table, and write what was asked for."""
    from tfgan_audio.evaluation.comparison import score_table, table_text
    from tfgan_audio.evaluation.folder_report import write_folder_report
    from tfgan_audio.evaluation.scoring import pair_folders, score_pairs

    folders = {_NOISY: request.noisy, _PROCESSED: request.estimate}
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
    _write_scores(request, results)
    if request.report is not None:
        estimate = request.model or request.estimate
        scored = f"{len(results[_PROCESSED].files)} recordings of {estimate}, compared at 16 kHz."
        folders = f"clean: {request.reference}\nnoisy: {request.noisy}\nprocessed: {estimate}"
        write_folder_report(request.report, pairs, results, scored, {"Folders": folders})


def _write_scores(request: _Request, results: Mapping[str, "Scores"]) -> None:
    """Write the figures that --json and --csv asked for; of noisy recordings below their key."""
    from tfgan_audio.files import write_text

    scores = results[_PROCESSED]
    if request.json_path is not None:
        noisy = {_NOISY: results[_NOISY].as_dict()} if _NOISY in results else {}
        write_json(request.json_path, scores.as_dict() | noisy)
    if request.csv is not None:
        write_text(request.csv, scores.to_csv())


def _check_same_names(request: _Request, pairs: Mapping[str, Mapping]) -> None:
    """Refuse noisy and processed folders that do not hold the same recordings."""
    if len(pairs) == 2 and (odd := sorted(pairs[_NOISY].keys() ^ pairs[_PROCESSED].keys())):
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
