"""The verb `train`: train an experiment into a run folder, or go on with one."""

import json
import shlex

import click

from tfgan_audio.cli.options import json_option, overrides_argument, seed_option, write_json


@click.command()
@click.argument("config", metavar="CONFIG", required=False)
@overrides_argument
@click.option("--run", "run_dir", metavar="DIR", required=True, help="Folder of the run.")
@click.option("--resume", is_flag=True, help="Go on from the last saved state of DIR.")
@seed_option()
@json_option
def command(
    config: str | None,
    overrides: tuple[str, ...],
    run_dir: str,
    resume: bool,
    seed: int | None,
    json_path: str | None,
) -> None:
    r"""Train CONFIG, a YAML file or the name of a shipped configuration, into a run folder.

    KEY=VALUE changes an entry of it; train.start_from=MODEL begins with the weights of a trained
    model. `--resume` goes on with a run that was stopped, even killed,
    and ends with the weights it would have had; CONFIG may then be left out. A run whose learning
    rates are constant can be made longer that way.

    \b
    Examples:
      tfgan-audio train segan_causal data.speech_dir=speech data.noise_dir=noise --run runs/first
      tfgan-audio train my.yaml train.num_steps=2000 --run runs/short --seed 1
      tfgan-audio train segan_default train.start_from=default --run runs/tuned
      tfgan-audio train --run runs/first --resume
      tfgan-audio train --run runs/first --resume train.num_steps=40000
    """
    if seed is not None:
        overrides = (*overrides, f"seed={seed}")
    experiment = _experiment(config, overrides, run_dir, resume)
    from tfgan_audio.training.run import train

    try:
        run = train(experiment, run_dir, resume).folder
    except KeyboardInterrupt:
        _say_how_to_go_on(run_dir)
        raise
    click.echo(f"{run.model}\n{run.report_html}", err=json_path == "-")
    if json_path is not None:
        write_json(json_path, json.loads(run.report_json.read_text()))


def _experiment(config: str | None, overrides: tuple[str, ...], run_dir: str, resume: bool):
    """Load what CONFIG names, or with --resume what the run was started with."""
    from tfgan_audio.config.loading import load_config, override_config
    from tfgan_audio.errors import InputError

    if config is not None and "=" not in config:
        return load_config(config, overrides)
    if not resume:
        raise InputError("CONFIG", config or "none", "a configuration, or --resume alone")
    from tfgan_audio.training.run import open_run

    # Without a configuration the first KEY=VALUE stands in its place.
    overrides = overrides if config is None else (config, *overrides)
    return override_config(open_run(run_dir)[1], overrides)


def _say_how_to_go_on(run_dir: str) -> None:
    """Tell what is saved of a run that was interrupted."""
    from tfgan_audio.training.resumable_state import ResumableState
    from tfgan_audio.training.run_folder import RunFolder

    run = RunFolder(run_dir)
    state = ResumableState(run)
    if run.config.exists():
        step = state.progress().step if state.exists() else 0
        command_line = f"tfgan-audio train --run {shlex.quote(run_dir)} --resume"
        click.echo(f"stopped; `{command_line}` goes on from step {step}", err=True)
