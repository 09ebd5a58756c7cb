"""The verb `prepare`: check the data of an experiment and write its shards."""

from typing import TYPE_CHECKING

import click

from tfgan_audio.cli.options import json_option, overrides_argument, write_json

if TYPE_CHECKING:
    from tfgan_audio.data.prepare import PreparedSet


@click.command()
@click.argument("config", metavar="CONFIG")
@overrides_argument
@click.option("--skip-bad", is_flag=True, help="Leave out files that are not usable.")
@click.option("--overwrite", is_flag=True, help="Replace shards of other files or settings.")
@json_option
def command(
    config: str,
    overrides: tuple[str, ...],
    skip_bad: bool,
    overwrite: bool,
    json_path: str | None,
) -> None:
    r"""Check the data of CONFIG and write it as shards to its `data.shards_dir`.

    CONFIG is a YAML file or the name of a shipped configuration. Shards of the same files and
    settings are kept as they are.

    \b
    Example:
      tfgan-audio prepare segan_causal data.speech_dir=speech data.noise_dir=noise
    """
    from tfgan_audio.config.loading import load_config
    from tfgan_audio.training.predicted_mels import prepare_data

    prepared = prepare_data(load_config(config, overrides).data, skip_bad, overwrite)
    click.echo(f"{prepared.path}\n{prepared.table()}", err=json_path == "-")
    if json_path is not None:
        write_json(json_path, {"path": prepared.path, "roles": _figures(prepared)})


def _figures(prepared: "PreparedSet") -> dict[str, dict[str, dict[str, float]]]:
    """Clips and seconds by role and split."""
    return {
        role: {
            split: {"num_clips": part.num_clips, "seconds": part.seconds}
            for split in ("train", "validation")
            for part in [clips.subset(split)]
        }
        for role, clips in prepared.roles.items()
    }
