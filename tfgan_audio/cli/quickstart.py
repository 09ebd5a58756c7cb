"""The verb `quickstart`: the main job end to end."""

import json
from pathlib import Path

import click

from tfgan_audio.cli.options import json_option, overrides_argument, seed_option, write_json


@click.command()
@overrides_argument
@click.option("--out", "out_dir", metavar="DIR", default="demo", show_default=True, help="Results.")
@click.option("--speech", "speech_dir", metavar="DIR", help="Your own clean speech.")
@click.option("--noise", "noise_dir", metavar="DIR", help="Your own noise.")
@seed_option(default=0)
@json_option
def command(
    overrides: tuple[str, ...],
    out_dir: str,
    speech_dir: str | None,
    noise_dir: str | None,
    seed: int,
    json_path: str | None,
) -> None:
    r"""Train a speech enhancer in a few minutes and open the page that shows what it does.

    Data, training, scores before and after on held-out mixtures, exports that are compared with
    the model, and one page, DIR/report.html, to listen and look. Without folders of your own it
    makes synthetic speech and noise. KEY=VALUE changes an entry of the configuration
    `segan_quickstart`.

    \b
    Examples:
      tfgan-audio quickstart
      tfgan-audio quickstart --speech my_speech --noise my_noise --out mine
      tfgan-audio quickstart --out longer train.num_steps=5000
    """
    from tfgan_audio.errors import InputError
    from tfgan_audio.quickstart import quickstart

    if (speech_dir is None) != (noise_dir is None):
        missing = "--speech" if speech_dir is None else "--noise"
        raise InputError(missing, "nothing", "a folder: give both, or neither for made sounds")
    to_stderr = json_path == "-"
    try:
        quickstart(
            out_dir,
            speech_dir,
            noise_dir,
            overrides,
            seed,
            say=lambda line: click.echo(line, err=to_stderr),
        )
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on where it stopped", err=True)
        raise
    if json_path is not None:
        write_json(json_path, json.loads(Path(out_dir, "run", "report.json").read_text()))
