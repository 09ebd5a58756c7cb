"""The verb `quickstart`: the main job end to end."""

import click

from tfgan_audio.cli.options import overrides_argument, seed_option


@click.command()
@overrides_argument
@click.option("--out", "out_dir", metavar="DIR", default="demo", show_default=True, help="Results.")
@click.option("--speech", "speech_dir", metavar="DIR", help="Your own clean speech.")
@click.option("--noise", "noise_dir", metavar="DIR", help="Your own noise.")
@seed_option(default=0)
def command(
    overrides: tuple[str, ...],
    out_dir: str,
    speech_dir: str | None,
    noise_dir: str | None,
    seed: int,
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
    from tfgan_audio.quickstart import quickstart

    quickstart(out_dir, speech_dir, noise_dir, overrides, seed, say=click.echo)
