"""The verb `prepare`: check the data of an experiment and write its shards."""

import click

from tfgan_audio.cli.options import overrides_argument


@click.command()
@click.argument("config", metavar="CONFIG")
@overrides_argument
@click.option("--skip-bad", is_flag=True, help="Leave out files that are not usable.")
@click.option("--overwrite", is_flag=True, help="Replace shards of other files or settings.")
def command(config: str, overrides: tuple[str, ...], skip_bad: bool, overwrite: bool) -> None:
    r"""Check the data of CONFIG and write it as shards to its `data.shards_dir`.

    CONFIG is a YAML file or the name of a shipped configuration. Shards of the same files and
    settings are kept as they are.

    \b
    Example:
      tfgan-audio prepare segan_causal data.speech_dir=speech data.noise_dir=noise
    """
    from tfgan_audio.config.loading import load_config
    from tfgan_audio.data.prepare import prepare

    prepared = prepare(load_config(config, overrides).data, skip_bad, overwrite)
    click.echo(f"{prepared.path}\n{prepared.table()}")
