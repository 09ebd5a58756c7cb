"""Score estimates against references: waveforms, pairs of files, or two folders."""

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from tfgan_audio.audio.io import read_audio
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.alignment import DEFAULT_MAX_LAG_MS, align
from tfgan_audio.evaluation.metrics import METRICS
from tfgan_audio.evaluation.pairing import pair_folders
from tfgan_audio.evaluation.results import FileScore, Scores
from tfgan_audio.evaluation.selection import select_metrics
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

Source = str | os.PathLike | np.ndarray
"""A file, or a mono waveform `[T]` at 16 kHz."""


def score_pair(
    name: str,
    reference: Source | None,
    estimate: Source,
    metrics: Sequence[str],
    max_lag_ms: float = DEFAULT_MAX_LAG_MS,
) -> FileScore:
    """Score one estimate, delay and surplus length taken out first.

    Files are brought to 16 kHz and mono. Metrics without reference see the whole estimate.

    Args:
        name: Name in the results.
        reference: Clean file or waveform `[T]` at 16 kHz; None if no metric needs it.
        estimate: Processed file or waveform.
        metrics: Names from `METRICS`.
        max_lag_ms: Largest delay looked for, in milliseconds.

    Returns:
        Values, NaN with a reason where a metric has no answer for this file.

    Raises:
        InputError: If a file cannot be read or an array is not `[T]`.
    """
    whole = load_source(estimate)
    lag_samples, clean, cut = 0, np.zeros(0, np.float32), whole
    if reference is not None:
        whole_reference = load_source(reference)
        clean, cut, lag_samples = align(whole_reference, whole, SAMPLE_RATE_HZ, max_lag_ms)
    values, reasons = _evaluate(metrics, clean, cut, whole)
    return FileScore(
        name=name,
        values=values,
        reasons=reasons,
        lag_samples=lag_samples,
        reference_samples=0 if reference is None else len(whole_reference),
        estimate_samples=len(whole),
        scored_samples=len(cut),
    )


def score_pairs(
    pairs: Mapping[str, tuple[Source | None, Source]],
    metrics: str | Sequence[str] = "auto",
    num_workers: int = 1,
    max_lag_ms: float = DEFAULT_MAX_LAG_MS,
    progress: bool = False,
) -> Scores:
    """Score pairs of files or waveforms, in parallel processes if asked.

    The result does not depend on the number of processes. They are started fresh, so a script that
    asks for more than one needs the usual `if __name__ == "__main__":`.

    Args:
        pairs: Name -> (reference, estimate), see `score_pair`.
        metrics: Selection, see `select_metrics`.
        num_workers: Processes, at least 1.
        max_lag_ms: Largest delay looked for, in milliseconds.
        progress: Whether to show a bar with the remaining time on stderr.

    Returns:
        Scores in the order of the names.

    Raises:
        InputError: If there is no pair, a file cannot be read or a metric cannot be computed.
    """
    if not pairs:
        raise InputError("pairs", "none", "at least one reference and estimate")
    if num_workers < 1:
        raise InputError("num_workers", num_workers, "at least 1")
    has_reference = all(reference is not None for reference, _ in pairs.values())
    names, left_out = select_metrics(metrics, has_reference)
    jobs = [(name, *pairs[name]) for name in sorted(pairs)]
    score = functools.partial(_score_job, metrics=names, max_lag_ms=max_lag_ms)
    with contextlib.closing(_ordered_map(score, jobs, num_workers)) as results:
        files = tuple(_watched(results, len(jobs), progress))
    return Scores(names, files, left_out)


def score_folders(
    reference_dir: str | os.PathLike | None,
    estimate_dir: str | os.PathLike,
    metrics: str | Sequence[str] = "auto",
    num_workers: int = 1,
    max_lag_ms: float = DEFAULT_MAX_LAG_MS,
    progress: bool = False,
) -> Scores:
    """Score a folder of processed files against the folder of clean files of the same names.

    Args:
        reference_dir: Clean files; None for the metrics that need none.
        estimate_dir: Processed files.
        metrics: Selection, see `select_metrics`.
        num_workers: Processes, see `score_pairs`.
        max_lag_ms: Largest delay looked for, in milliseconds.
        progress: Whether to show a bar with the remaining time on stderr.

    Returns:
        Scores in the order of the names.

    Raises:
        InputError: If a file has no partner or cannot be read, or a metric cannot be computed.
    """
    pairs = pair_folders(reference_dir, estimate_dir)
    return score_pairs(pairs, metrics, num_workers, max_lag_ms, progress)


def load_source(source: Source) -> np.ndarray:
    """Load a source as scoring sees it: mono float32 `[T]` at 16 kHz.

    Args:
        source: A file of any rate and channel count, or a waveform `[T]` at 16 kHz.

    Raises:
        InputError: If the file cannot be read or the array is not `[T]`.
    """
    if isinstance(source, np.ndarray):
        if source.ndim != 1:
            raise InputError("waveform", f"shape {list(source.shape)}", "one axis of samples")
        return source.astype(np.float32)
    waveform, _ = read_audio(source, SAMPLE_RATE_HZ, mono=True)
    return waveform[:, 0]


def _evaluate(
    metrics: Sequence[str], clean: np.ndarray, cut: np.ndarray, whole: np.ndarray
) -> tuple[dict[str, float], dict[str, str]]:
    """Values and reasons; a function whose answer several metrics take runs once."""

    @functools.cache
    def answer(function: Callable, needs_reference: bool) -> float | dict[str, float]:
        return function(clean, cut) if needs_reference else function(whole)

    def value(name: str) -> float:
        metric = METRICS[name]
        if metric.parts:
            return metric.function(*map(value, metric.parts))
        found = answer(metric.function, metric.needs_reference)
        return found[name] if isinstance(found, dict) else found

    values, reasons = {}, {}
    for name in metrics:
        try:
            values[name] = value(name)
        except InputError as error:
            values[name], reasons[name] = float("nan"), str(error.seen)
    return values, reasons


def _score_job(
    job: tuple[str, Source | None, Source], metrics: Sequence[str], max_lag_ms: float
) -> FileScore:
    """Score one entry of the work list; importable, so that a fresh process finds it."""
    return score_pair(*job, metrics=metrics, max_lag_ms=max_lag_ms)


def _ordered_map(
    score: Callable, jobs: Sequence, num_workers: int
) -> Generator[FileScore, None, None]:
    """Apply a function to every job, in order, in this process or in fresh ones."""
    num_workers = min(num_workers, len(jobs))
    if num_workers == 1:
        yield from map(score, jobs)
        return
    pool = ProcessPoolExecutor(num_workers, get_context("spawn"), _end_at_interrupts)
    try:
        # Processes inherit the held signal: one that arrives before they are ready waits for them,
        # too, and ends them without a traceback.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            results = pool.map(score, jobs)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


def _end_at_interrupts() -> None:
    """Let an interrupt end this process at once; to speak of it is for the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _watched(results: Iterable[FileScore], total: int, progress: bool) -> Iterable[FileScore]:
    """Results under a progress bar; rarely redrawn where stderr is no terminal."""
    if not progress:
        return results
    from tqdm import tqdm

    interval_s = 0.2 if sys.stderr.isatty() else 10.0
    return tqdm(results, "score", total, file=sys.stderr, mininterval=interval_s, unit="file")
