"""The part of the verb `evaluate` that scores enhanced or vocoded speech."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.evaluate_sounds import write_scores
from tfgan_audio.cli.options import write_json
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.evaluation.results import Scores

_NAMES_SHOWN = 10
_NOISY = "noisy"
_ONLY_FOR_FOLDERS = ("reference", "metrics", "report", "workers", "max_lag_ms")


@dataclass(frozen=True)
class _Speech:
    """What a family does to recordings, and how that is scored.

    Phases of vocoded speech are free: it is compared where it stands, as its correlation with the
    reference peaks a period of the voice away as well.
    """

    verb: str
    reference: str
    processed: str
    title: str
    metrics: str
    max_lag_ms: float


SPEECH_FAMILIES = {
    "segan": _Speech("enhance", "clean", "enhanced", "Speech enhancement: scores", "auto", 100.0),
    "melgan": _Speech("vocode", "original", "vocoded", "Vocoder: scores", "vocoder", 0.0),
}


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

    @property
    def speech(self) -> _Speech:
        """What its family does."""
        return SPEECH_FAMILIES[self.family]


def score_speech(options: Mapping[str, Any], given: Collection[str]) -> None:
    """Score a run, a folder of processed speech, or what a model makes of a folder.

    Args:
        options: Options of the verb.
        given: Names of those that stand on the command line.

    Raises:
        InputError: An option that means nothing here or is missing, or as `score_pairs`.
    """
    request = _resolved(options)
    if request.model is None and request.estimate is None:
        raise InputError("--estimate", "neither it nor RUN", "a folder, or a model to score")
    if request.model is not None and request.estimate is not None:
        raise InputError("--estimate", "both it and RUN", "one of them: RUN makes the estimate")
    if request.estimate is not None:
        _score_folders(request)
    elif (source := _source(request)) is not None:
        _process_and_score(request, source)
    else:
        _refuse_unused(given, request)
        _score_run(request)


def _resolved(options: Mapping[str, Any]) -> _Request:
    """The request, with what the family means by the defaults."""
    speech = SPEECH_FAMILIES[options["family"]]
    if options["family"] == "melgan" and options["noisy"] is not None:
        raise InputError("--noisy", "--family melgan", "--family segan")
    values = {field.name: options[field.name] for field in fields(_Request)}
    if values["metrics"] == "auto":
        values["metrics"] = speech.metrics
    if values["max_lag_ms"] is None:
        values["max_lag_ms"] = speech.max_lag_ms
    return _Request(**values)


def _source(request: _Request) -> str | None:
    """The folder that the model is to process: a vocoder makes the references anew."""
    return request.reference if request.family == "melgan" else request.noisy


def _refuse_unused(given: Collection[str], request: _Request) -> None:
    """Refuse options that would do nothing: a run is scored as its training scores it."""
    option = "--reference" if request.family == "melgan" else "--noisy"
    for name in _ONLY_FOR_FOLDERS:
        if name in given:
            expected = f"a folder to {request.speech.verb}: {option} DIR"
            raise InputError(f"--{name.replace('_', '-')}", f"RUN without {option}", expected)


def _score_run(request: _Request) -> None:
    """Score a run on what its training held out."""
    from tfgan_audio.evaluation.comparison import score_table, table_text
    from tfgan_audio.evaluation.generation.set_scores import SetScores
    from tfgan_audio.loading import load_trained
    from tfgan_audio.training.run import evaluate_run
    from tfgan_audio.training.vocoder_scores import VocoderScores

    load_trained(request.model)  # refuses a model that is damaged or another, before the work
    trained = evaluate_run(request.model)
    scores = trained.scores
    to_stderr = request.json_path == "-"
    if isinstance(scores, SetScores):
        click.echo(table_text(scores.table()), err=to_stderr)
        write_scores(scores, request.json_path, request.csv)
    else:
        if isinstance(scores, VocoderScores):
            results = {"original": scores.original, "vocoded": scores.vocoded}
        else:
            results = {_NOISY: scores.before, "enhanced": scores.after}
        click.echo(table_text(score_table(results)), err=to_stderr)
        _write_scores(request, results)
    click.echo(trained.folder.report_html, err=to_stderr)


def _process_and_score(request: _Request, source: str) -> None:
    """Process a folder into a temporary one, as WAV whatever it holds, and score that."""
    from tqdm import tqdm

    from tfgan_audio.evaluation.scoring import pair_folders
    from tfgan_audio.evaluation.selection import select_metrics

    select_metrics(request.metrics, request.reference is not None)  # refused before the work
    pairs = pair_folders(request.reference, source)
    process = _opened(request)
    with tempfile.TemporaryDirectory(prefix="tfgan-audio-") as folder:
        bar = tqdm(pairs.items(), request.speech.verb, unit="file", disable=None)
        for name, (_, recording) in bar:
            process(recording, Path(folder, f"{name}.wav"))
        _score_folders(replace(request, estimate=folder))


def _opened(request: _Request) -> Callable[[Path, Path], object]:
    """What makes one file of another with the model."""
    from tfgan_audio.loading import load

    model = load(request.model, request.speech.verb)
    if request.family == "melgan":
        from tfgan_audio.serving.vocode_files import FileVocoder

        return FileVocoder(model).vocode_file
    from tfgan_audio.serving.enhance_files import enhance_file

    return partial(enhance_file, model)


def _score_folders(request: _Request) -> None:
    """Score, show the table, and write what was asked for."""
    from tfgan_audio.evaluation.comparison import score_table, table_text
    from tfgan_audio.evaluation.folder_report import FolderReport, write_folder_report
    from tfgan_audio.evaluation.scoring import pair_folders, score_pairs

    speech = request.speech
    folders = {_NOISY: request.noisy, speech.processed: request.estimate}
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
        subtitle = f"{len(scores.files)} recordings of {estimate}, compared at 16 kHz."
        paths = {speech.reference: request.reference, _NOISY: request.noisy, "processed": estimate}
        lines = [f"{label}: {path}" for label, path in paths.items() if path is not None]
        page = FolderReport(speech.title, subtitle, speech.reference, pairs, results)
        write_folder_report(request.report, page, {"Folders": "\n".join(lines)})


def _write_scores(request: _Request, results: Mapping[str, Scores]) -> None:
    """Write the figures that --json and --csv asked for; of other recordings below their label."""
    from tfgan_audio.files import write_text

    *others, processed = results
    scores = results[processed]
    if request.json_path is not None:
        below = {label: results[label].as_dict() for label in others}
        write_json(request.json_path, scores.as_dict() | below)
    if request.csv is not None:
        write_text(request.csv, scores.to_csv())


def _check_same_names(request: _Request, pairs: Mapping[str, Mapping]) -> None:
    """Refuse noisy and processed folders that do not hold the same recordings."""
    names = [by_name.keys() for by_name in pairs.values()]
    if odd := sorted(names[0] ^ names[-1]):
        seen = f"names that differ from {request.estimate} ({len(odd)}, first {odd[0]})"
        raise InputError(request.noisy, seen, "the same names in both folders")


def _remarks(label: str, scores: Scores) -> list[str]:
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
