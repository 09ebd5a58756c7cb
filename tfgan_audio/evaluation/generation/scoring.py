"""Score a set of generated clips against a set of real ones."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.measures import ScoreOptions
from tfgan_audio.evaluation.generation.set_metrics import GROUPS, SET_METRICS
from tfgan_audio.evaluation.generation.set_scores import SetScores
from tfgan_audio.evaluation.generation.sound_sets import (
    SoundSet,
    read_sounds,
    sounds_from_arrays,
)
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.nearest import unknown_name

Sounds = str | os.PathLike | np.ndarray | SoundSet
"""A folder of audio files, clips `[N, T]` or `[N, T, C]`, or a set that is made already."""

_EVERYTHING = ("auto", "all")
_FEWEST_REAL = 4


def score_sets(
    reference: Sounds,
    estimate: Sounds,
    metrics: str | Sequence[str] = "auto",
    options: ScoreOptions | None = None,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
) -> SetScores:
    """Score generated clips against real ones, and real ones against each other.

    Files and arrays become mono, come to 16 kHz, and are cut or filled up to the length of the
    longest generated clip. A `SoundSet` keeps what was measured of it: pass the same one for the
    reference to score several sets in turn.

    Args:
        reference: Real clips: those of the training, or others of their kind.
        estimate: Generated clips.
        metrics: `"auto"` or `"all"` for all that can be computed; or names from `SET_METRICS` and
            groups (`signal`, `log_mel`, `musicnn`, `classifier`), as a sequence or separated by
            commas.
        options: Classifier, numbers of bins and neighbours, and so on.
        sample_rate_hz: Rate of arrays.

    Returns:
        The scores; where all were asked for, those that could not be computed are in `left_out`.

    Raises:
        InputError: Clips that cannot be used, sets of different lengths, an unknown metric, or one
            asked for by name that cannot be computed.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> noise = 0.1 * rng.standard_normal((20, 2048))
        >>> scores = score_sets(noise[:10], noise[10:], "rms_dbfs")
        >>> round(scores.values["rms_dbfs"])
        -20
    """
    names = select_set_metrics(metrics)
    options = options or ScoreOptions()
    made = _as_sounds(estimate, sample_rate_hz, None)
    real = _as_sounds(reference, sample_rate_hz, made.slice_samples)
    if real.slice_samples != made.slice_samples:
        seen = f"{real.slice_samples} samples"
        raise InputError("reference", seen, f"{made.slice_samples}, as the generated clips have")
    values, left_out = _measured(names, real, made, options)
    if left_out and metrics not in _EVERYTHING:
        raise next(iter(left_out.values()))
    shared, drawn = _real_parts(real, len(made), options.seed)
    real_values = _measured(tuple(values), shared, drawn, options)[0] if drawn else {}
    return SetScores(
        values={name: _mean(value) for name, value in values.items()},
        clips={name: value for name, value in values.items() if isinstance(value, np.ndarray)},
        real={name: _mean(value) for name, value in real_values.items()},
        left_out={name: str(error) for name, error in left_out.items()},
        names=made.names,
        num_reference=len(real),
        num_real=len(drawn) if drawn else 0,
        slice_samples=made.slice_samples,
        settings=_settings(options),
    )


def select_set_metrics(metrics: str | Sequence[str] = "auto") -> tuple[str, ...]:
    """Turn a selection into names of metrics.

    Args:
        metrics: See `score_sets`.

    Raises:
        InputError: An unknown name, with the nearest known one.
    """
    if metrics in _EVERYTHING:
        return tuple(SET_METRICS)
    asked = metrics.split(",") if isinstance(metrics, str) else metrics
    chosen: dict[str, None] = {}
    for name in map(str.strip, asked):
        if name not in SET_METRICS and name not in GROUPS:
            raise unknown_name(name, "metric", [*SET_METRICS, *GROUPS])
        chosen |= dict.fromkeys(GROUPS.get(name, (name,)))
    return tuple(chosen)


def _as_sounds(sounds: Sounds, sample_rate_hz: int, slice_samples: int | None) -> SoundSet:
    """Clips of one length, whatever they came as."""
    if isinstance(sounds, SoundSet):
        return sounds
    if isinstance(sounds, str | os.PathLike):
        return read_sounds(sounds, slice_samples)
    return sounds_from_arrays(sounds, sample_rate_hz, slice_samples=slice_samples)


def _measured(
    names: Sequence[str], reference: SoundSet, estimate: SoundSet, options: ScoreOptions
) -> tuple[dict[str, float | np.ndarray], dict[str, InputError]]:
    """Values, and why others are missing; a measure that gives several values runs once."""

    @functools.cache
    def measure(function: Callable) -> object:
        return function(reference, estimate, options)

    values, left_out = {}, {}
    for name in names:
        try:
            found = measure(SET_METRICS[name].function)
            found = found[name] if isinstance(found, dict) else found
            is_array = isinstance(found, np.ndarray)
            values[name] = found.astype(np.float64) if is_array else found
        except InputError as error:
            left_out[name] = error
    return values, left_out


def _real_parts(
    real: SoundSet, num_estimate: int, seed: int
) -> tuple[SoundSet | None, SoundSet | None]:
    """Most of the real clips, and others that stand in for generated ones."""
    num_drawn = min(num_estimate, len(real) // 2)
    if len(real) < _FEWEST_REAL:
        return None, None
    order = np.random.default_rng(seed).permutation(len(real))
    return real.take(np.sort(order[num_drawn:])), real.take(np.sort(order[:num_drawn]))


def _mean(value: float | np.ndarray) -> float:
    """A value, or the mean of those that are numbers."""
    value = np.atleast_1d(value)
    finite = value[np.isfinite(value)]
    return float(finite.mean()) if len(finite) else float("nan")


def _settings(options: ScoreOptions) -> dict[str, object]:
    """What else the figures depend on, as JSON can hold it."""
    settings = {
        "sample_rate_hz": SAMPLE_RATE_HZ,
        "num_bins": options.num_bins,
        "num_neighbours": options.num_neighbours,
        "num_splits": options.num_splits,
        "seed": options.seed,
    }
    if options.classifier is not None:
        settings["label_names"] = list(options.classifier.label_names)
        settings["classifier_held_out_accuracy"] = options.classifier.held_out_accuracy
    return settings
