"""The verb `train`: train an experiment into a run folder, or go on with one."""

import click

from tfgan_audio.cli.options import overrides_argument, seed_option


@click.command()
@click.argument("config", metavar="CONFIG", required=False)
@overrides_argument
@click.option("--run", "run_dir", metavar="DIR", required=True, help="Folder of the run.")
@click.option("--resume", is_flag=True, help="Go on from the last saved state of DIR.")
@seed_option()
def command(
    config: str | None, overrides: tuple[str, ...], run_dir: str, resume: bool, seed: int | None
) -> None:
    r"""Train CONFIG, a YAML file or the name of a shipped configuration, into a run folder.

    KEY=VALUE changes an entry of it. `--resume` goes on with a run that was stopped, even killed,
    and ends with the weights it would have had; CONFIG may then be left out.

    \b
    Examples:
      tfgan-audio train segan_causal data.speech_dir=speech data.noise_dir=noise --run runs/first
      tfgan-audio train my.yaml train.num_steps=2000 --run runs/short --seed 1
      tfgan-audio train --run runs/first --resume
    """
    from tfgan_audio.config.loading import load_config
    from tfgan_audio.errors import InputError
    from tfgan_audio.training.run import open_run, train

    if seed is not None:
        overrides = (*overrides, f"seed={seed}")
    if config is not None:
        experiment = load_config(config, overrides)
    elif resume and not overrides:
        _, experiment = open_run(run_dir)
    else:
        raise InputError("CONFIG", "none", "a configuration, or --resume alone")
    run = train(experiment, run_dir, resume).folder
    click.echo(f"{run.model}\n{run.report_html}")
