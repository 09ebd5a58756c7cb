"""The verb `mix`: make a corpus of noisy recordings."""

import click

from tfgan_audio.cli.options import json_option, overrides_argument, seed_option, write_json


@click.command()
@click.argument("config", metavar="CONFIG")
@overrides_argument
@click.option("--out", "out_dir", metavar="DIR", required=True, help="Folder to make.")
@click.option("--workers", "num_workers", type=click.IntRange(1), help="Default: one per core.")
@seed_option()
@click.option("--overwrite", is_flag=True, help="Replace a corpus that is there already.")
@json_option
def command(
    config: str,
    overrides: tuple[str, ...],
    out_dir: str,
    num_workers: int | None,
    seed: int | None,
    overwrite: bool,
    json_path: str | None,
) -> None:
    r"""Make noisy, reverberant or distorted speech of clean speech, as CONFIG says.

    CONFIG is a YAML file or the name of a shipped one: mix_denoise, mix_dereverb, mix_spectral,
    mix_all. DIR gets the stems noisy/, clean/ and noise/ with equal names, in parts train,
    validation and test that share no speaker, noise file or room, and manifest.jsonl with
    everything that was drawn. The files do not depend on the number of workers.

    \b
    Example:
      tfgan-audio mix mix_denoise speech_dir=speech noise_dir=noise num_train=500 --out corpus
    """
    from tfgan_audio.config.loading import load_config
    from tfgan_audio.config.mix_schema import MixConfig
    from tfgan_audio.data.mix_corpus import mix_corpus

    if seed is not None:
        overrides = (*overrides, f"seed={seed}")
    section = load_config(config, overrides, (MixConfig,))
    corpus = mix_corpus(section, out_dir, num_workers, overwrite)
    click.echo(f"{corpus.path}\n{corpus.table()}", err=json_path == "-")
    if json_path is not None:
        write_json(json_path, {"path": corpus.path, **corpus.figures()})
