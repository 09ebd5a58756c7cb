"""The part of the verb `evaluate` that scores generated sounds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import write_json
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.evaluation.generation.set_scores import SetScores
    from tfgan_audio.evaluation.generation.sound_sets import SoundSet

FAMILIES = ("wavegan", "specgan")
SOUND_OPTIONS = ("num", "seed", "classifier", "slice_samples", "whole_files", "normalize", "bins")
_ONLY_FOR_SPEECH = ("noisy", "workers", "max_lag_ms")

_OPTIONS = (
    click.option("--num", type=click.IntRange(2), default=500, show_default=True, metavar="N",
                 help="Sounds to make with RUN."),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True,
                 help="Of the sounds made with RUN, and of everything drawn while scoring."),
    click.option("--classifier", metavar="FILE",
                 help="Classifier made by train-classifier, for the scores of classes."),
    click.option("--slice-samples", type=click.IntRange(1024), metavar="N",
                 help="Length at 16 kHz that clips are cut or filled up to.  [default: that of "
                 "the longest generated clip]"),
    click.option("--whole-files", is_flag=True,
                 help="Cut the whole of long real recordings into clips, not just their start."),
    click.option("--normalize", type=click.Choice(["none", "peak"]), default="none",
                 show_default=True,
                 help="peak brings every file to a peak of 1, as WaveGAN's training does."),
    click.option("--bins", type=click.IntRange(2), default=50, show_default=True, metavar="K",
                 help="Bins of NDB; it needs 5 clips for each."),
)  # fmt: skip


def sound_options(command: Callable) -> Callable:
    """Add the options `SOUND_OPTIONS`, which only generated sounds need."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def score_sounds(options: Mapping[str, Any], given: Collection[str]) -> None:
    """Score a folder of generated sounds, or what a model generates, against real ones.

    Args:
        options: Options of the verb.
        given: Names of those that stand on the command line.

    Raises:
        InputError: An option that means nothing here or is missing, or as `score_sets`.
    """
    from tfgan_audio.evaluation.comparison import table_text
    from tfgan_audio.evaluation.generation.measures import ScoreOptions
    from tfgan_audio.evaluation.generation.scoring import score_sets, select_set_metrics
    from tfgan_audio.evaluation.generation.sound_sets import read_sounds

    _check(options, given)
    select_set_metrics(options["metrics"])  # refused before the work
    classifier = None
    if options["classifier"] is not None:
        from tfgan_audio.models.sound_classifier import load_classifier

        classifier = load_classifier(options["classifier"])
    chosen = ScoreOptions(classifier, num_bins=options["bins"], seed=options["seed"])
    is_peak = options["normalize"] == "peak"
    estimate = _generated(options, is_peak)
    reference = read_sounds(
        options["reference"], estimate.slice_samples, options["whole_files"], is_peak
    )
    scores = score_sets(reference, estimate, options["metrics"], chosen)
    click.echo(table_text(scores.table()), err=options["json_path"] == "-")
    write_scores(scores, options["json_path"], options["csv"])
    if options["report"] is not None:
        from tfgan_audio.evaluation.generation.set_report import set_report
        from tfgan_audio.evaluation.report import write_report

        sides = f"real: {options['reference']}\ngenerated: {_name_of_estimate(options)}"
        page = set_report(reference, estimate, scores, chosen, {"Sounds": sides})
        write_report(options["report"], page)


def write_scores(scores: SetScores, json_path: str | None, csv_path: str | None) -> None:
    """Write the figures that --json and --csv asked for.

    Args:
        scores: Scores of a set.
        json_path: What --json was given, or None.
        csv_path: What --csv was given, or None.
    """
    from tfgan_audio.files import write_text

    if json_path is not None:
        write_json(json_path, scores.as_dict())
    if csv_path is not None:
        write_text(csv_path, scores.to_csv())


def _check(options: Mapping[str, Any], given: Collection[str]) -> None:
    """Refuse what is missing, and what would do nothing."""
    family = f"--family {options['family']}"
    for name in _ONLY_FOR_SPEECH:
        if name in given:
            raise InputError(f"--{name.replace('_', '-')}", family, "--family segan")
    if options["reference"] is None:
        raise InputError("--reference", "nothing", "a folder of real sounds")
    if (options["model"] is None) == (options["estimate"] is None):
        seen = "neither it nor RUN" if options["model"] is None else "both it and RUN"
        raise InputError("--estimate", seen, "a folder of generated sounds, or RUN to make them")
    if options["model"] is None and "num" in given:
        raise InputError("--num", "no RUN", "a run folder or .keras file to make sounds with")


def _generated(options: Mapping[str, Any], is_peak: bool) -> SoundSet:
    """Read the generated sounds, or make them, all classes in turn."""
    import numpy as np

    from tfgan_audio.evaluation.generation.sound_sets import read_sounds, sounds_from_arrays

    if options["model"] is None:
        folder, slice_samples = options["estimate"], options["slice_samples"]
        return read_sounds(folder, slice_samples, peak_normalised=is_peak)
    from tfgan_audio.loading import load

    generator = load(options["model"], "generate")
    num = options["num"]
    waveforms = generator.generate(num, options["seed"]).mean(axis=2)
    if is_peak:
        peaks = np.abs(waveforms).max(axis=1, keepdims=True)
        waveforms /= np.where(peaks > 0, peaks, 1)
    labels = list(islice(cycle(generator.label_names or [""]), num))
    return sounds_from_arrays(
        waveforms, generator.sample_rate_hz, None, labels, options["slice_samples"]
    )


def _name_of_estimate(options: Mapping[str, Any]) -> str:
    """What was scored, in words."""
    if options["model"] is None:
        return options["estimate"]
    return f"{options['num']} sounds of {options['model']}, seed {options['seed']}"
