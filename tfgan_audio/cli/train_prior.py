"""The verb `train-prior`: what lets a generator of slices make pieces of any length."""

from pathlib import Path

import click

from tfgan_audio.cli.options import count_option, json_option, seed_option, write_json
from tfgan_audio.cli.sound_options import label_by_option
from tfgan_audio.errors import InputError


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--sounds",
    "sound_dir",
    metavar="DIR",
    required=True,
    help="Recordings to learn from: audio files or shards, most of them longer than two slices.",
)
@count_option(
    "--steps/num_steps",
    2000,
    "Steps at most of the encoder, and of the prior; both stop where they get no better.",
)
@click.option(
    "--overlap",
    type=click.FloatRange(0.0, 0.5),
    default=0.25,
    show_default=True,
    help="Share of a slice that the next one is cross-faded with.",
)
@label_by_option
@click.option(
    "--normalize",
    type=click.Choice(["peak", "none"]),
    default="peak",
    show_default=True,
    help="As in the training of RUN: bring each file to a peak of 1, or leave it.",
)
@seed_option(0)
@json_option
def command(
    run: str,
    sound_dir: str,
    num_steps: int,
    overlap: float,
    label_by: str,
    normalize: str,
    seed: int,
    json_path: str | None,
) -> None:
    r"""Learn from recordings how slices follow each other, for `generate RUN --seconds`.

    RUN is the run folder or .keras file of a WaveGAN or SpecGAN, which stays as it is; beside it
    comes prior.keras, and plots/prior.png with the losses. An encoder learns to find the latent of
    a slice, then a recurrent network which latents follow which. A fifth of the recordings is held
    out to judge both.

    \b
    Examples:
      tfgan-audio train-prior runs/piano --sounds piano
      tfgan-audio generate runs/piano --seconds 20 --out piece.wav
    """
    from tfgan_audio.evaluation.plots import curves
    from tfgan_audio.files import replacing
    from tfgan_audio.loading import load_trained
    from tfgan_audio.models.latent_prior import PRIOR_NAME
    from tfgan_audio.training.prior_run import PriorOptions, train_prior
    from tfgan_audio.training.saving import save_model

    model = load_trained(run)
    if not hasattr(model, "render"):
        raise InputError(run, f"a {type(model).__name__}", "a WaveGAN or SpecGAN")
    folder = Path(run) if Path(run).is_dir() else Path(run).parent
    options = PriorOptions(num_steps, overlap, label_by, normalize, seed)
    trained = train_prior(model, sound_dir, options)
    save_model(trained.prior, folder / PRIOR_NAME)
    panels = {
        "Encoder: held-out distance of latents": ["held_out_latent"],
        "Encoder: held-out distance of spectra": ["held_out_spectrum"],
        "Prior (nats a slice)": ["loss", "held_out_loss"],
    }
    rows = [*({**row, "loss": None} for row in trained.encoder_history), *trained.prior_history]
    with replacing(folder / "plots" / "prior.png") as partial:
        partial.write_bytes(curves(rows, panels))
    figures = trained.figures
    gained = min(figures["alone_nats"], figures["gaussian_nats"]) - figures["prior_nats"]
    click.echo(
        f"{folder / PRIOR_NAME}: a held-out slice is {gained:.1f} nats likelier after those before "
        "it than by itself",
        err=json_path == "-",
    )
    if gained <= 0.0:
        click.echo("sounds: too few or too unlike each other to learn an order from", err=True)
    if json_path is not None:
        write_json(json_path, {"path": folder / PRIOR_NAME, **trained.as_dict()})
