"""The verb `evaluate`: scores of enhanced or vocoded speech, or of generated sounds."""

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from tfgan_audio.cli.evaluate_reading import READING_FAMILY, score_reading_run
from tfgan_audio.cli.evaluate_sounds import (
    FAMILIES,
    SOUND_OPTIONS,
    score_sounds,
    sound_options,
)
from tfgan_audio.cli.evaluate_speech import SPEECH_FAMILIES, score_speech
from tfgan_audio.cli.options import checked_output, json_option
from tfgan_audio.errors import InputError

_COMMAND_LINE = ParameterSource.COMMANDLINE


def _list_metrics(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    """Print the names that --metrics takes."""
    if wanted and not ctx.resilient_parsing:
        from tfgan_audio.evaluation.generation.set_metrics import describe_set_metrics
        from tfgan_audio.evaluation.metrics import describe_metrics
        from tfgan_audio.evaluation.selection import AS_INSTALLED, GROUPS

        click.echo(describe_metrics())
        usual = {name: AS_INSTALLED[name] for name in ("auto", "vocoder")}
        for name, members in {**usual, **GROUPS}.items():
            click.echo(f"{name:<22} {', '.join(members)}")
        click.echo(f"\nOf generated sounds (--family {' or '.join(FAMILIES)}):")
        click.echo(describe_set_metrics())
        ctx.exit()


@click.command()
@click.argument("model", metavar="[RUN]", required=False)
@click.option(
    "--family",
    type=click.Choice([*SPEECH_FAMILIES, READING_FAMILY, *FAMILIES]),
    default="segan",
    show_default="that of a run folder, else segan",
    help="What the recordings are: segan for enhanced speech, melgan for speech made by a vocoder, "
    "acoustic for texts read aloud, the others for generated sounds.",
)
@click.option("--reference", metavar="DIR", help="Clean or original recordings, or real sounds.")
@click.option("--estimate", metavar="DIR", help="Processed recordings or generated sounds.")
@click.option("--noisy", metavar="DIR", help="Unprocessed recordings, to show before and after.")
@click.option("--vocoder", metavar="MODEL", help="Vocoder that speaks for an acoustic model.")
@click.option(
    "--metrics",
    default="auto",
    show_default=True,
    metavar="NAMES",
    help="Names with commas between, see --list-metrics; auto is the family's usual ones, all is "
    "all.",
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
    show_default="100, or 0 for melgan",
    help="Largest delay that is looked for and taken out.",
)
@sound_options
@click.pass_context
def command(ctx: click.Context, **options: Any) -> None:
    r"""Score a model, processed speech against clean speech, or generated sounds against real ones.

    RUN alone scores the model of a run on the examples that its training held out, as training
    does, and writes report.html and report.json into it. RUN with --noisy (and --reference)
    enhances that folder with RUN, a run folder, .keras file or export, and scores the result. A
    vocoder (--family melgan, which the folder of its run tells by itself) with --reference makes
    those recordings anew from their mel spectrograms alone, and scores the copies.

    Files are paired by their name below each folder, whatever their suffix, rate and channels, and
    compared at 16 kHz. Each one's delay and surplus length are taken out first. Without
    --reference, only the metrics that need none are computed (dnsmos).

    RUN of an acoustic model reads the sentences that its training held out, by --vocoder. They are
    compared with their recordings, and so is copy synthesis by the same vocoder: word error rate,
    distances along the path of dynamic time warping, pitch, length, DNSMOS, speaker similarity.

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
      tfgan-audio evaluate --family melgan --reference original --estimate vocoded --report r.html
      tfgan-audio evaluate runs/voice --reference original --json -
      tfgan-audio evaluate voice.keras --family melgan --reference original
      tfgan-audio evaluate runs/reader --vocoder runs/voice --json -
      tfgan-audio evaluate --family wavegan --reference drums --estimate generated --report r.html
      tfgan-audio evaluate runs/drums --family wavegan --reference drums --classifier drums.keras
    """
    given = {name for name in options if ctx.get_parameter_source(name) is _COMMAND_LINE}
    if "family" not in given and options["model"] is not None:
        options["family"] = _family_of(options["model"], options["family"])
    if options["family"] in FAMILIES:
        score_sounds(options, given)
        return
    if options["family"] == READING_FAMILY:
        score_reading_run(options, given)
        return
    if options["vocoder"] is not None:
        raise InputError("--vocoder", f"--family {options['family']}", "--family acoustic")
    for name in given.intersection(SOUND_OPTIONS):
        option = f"--{name.replace('_', '-')}"
        seen = f"--family {options['family']}"
        raise InputError(option, seen, f"--family {' or '.join(FAMILIES)}")
    score_speech(options, given)


def _family_of(model: str, usual: str) -> str:
    """The family that the folder of a run of speech says it is, else the usual one."""
    config = Path(model, "config.yaml")
    if not config.is_file():
        return usual
    from tfgan_audio.config.loading import load_config

    family = load_config(config).family
    return family if family in (*SPEECH_FAMILIES, READING_FAMILY) else usual
