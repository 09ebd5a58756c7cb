"""The verb `scan`: what is in a folder of audio."""

import click

from tfgan_audio.cli.options import json_option, write_json


@click.command()
@click.argument("directory", metavar="DIR")
@json_option
def command(directory: str, json_path: str | None) -> None:
    r"""Check the audio files below DIR, at any depth.

    Shows lengths, rates, channels, levels, silence, clipping and duplicates, and names every file
    that is not usable, with the reason. Exits with 0 also if there are such files.

    \b
    Example:
      tfgan-audio scan recordings --json scan.json
    """
    from tfgan_audio.data.scan import scan

    report = scan(directory)
    click.echo(report.table(), err=json_path == "-")
    if json_path is not None:
        write_json(json_path, report.as_dict())
