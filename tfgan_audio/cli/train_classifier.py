"""The verb `train-classifier`: a classifier of one's own sounds, to score generated ones with."""

import click

from tfgan_audio.cli.options import (
    checked_output,
    count_option,
    json_option,
    seed_option,
    write_json,
)
from tfgan_audio.cli.sound_options import label_by_option
from tfgan_audio.errors import InputError


@click.command()
@click.argument("sound_dir", metavar="DIR")
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    callback=checked_output,
    help="Classifier to write, ending in .keras.",
)
@count_option("--steps", 400, "Steps at most; training stops before where it helps no more.")
@count_option("--slice-samples", 16384, "Length of the clips it hears.", least=2048)
@count_option(
    "--sample-rate-hz",
    16000,
    "Their rate; sounds of others are resampled.",
    least=4000,
    metavar="HZ",
)
@count_option(
    "--channels", 32, "Width; 128, as WaveGAN's classifier has it, takes ten times as long."
)
@label_by_option
@click.option(
    "--position",
    type=click.Choice(["random", "start"]),
    default="random",
    show_default=True,
    help="Which part of a long sound is heard in training.",
)
@seed_option(0)
@click.option(
    "--report",
    metavar="FILE",
    callback=checked_output,
    help="Write an HTML page.",
)
@json_option
def command(
    sound_dir: str,
    out: str,
    steps: int,
    slice_samples: int,
    sample_rate_hz: int,
    channels: int,
    label_by: str,
    position: str,
    seed: int,
    report: str | None,
    json_path: str | None,
) -> None:
    r"""Train a classifier on DIR, which has a folder of sounds for each class.

    A fifth of each class is held out, and the weights that do best on it are kept. Scores of
    generated sounds can be trusted no more than the share of it that is recognised.

    \b
    Examples:
      tfgan-audio train-classifier drums --out drums.keras
      tfgan-audio train-classifier digits --label-by prefix --out digits.keras --report digits.html
      tfgan-audio evaluate --family wavegan --reference drums --estimate made --classifier drums.keras
    """  # noqa: E501
    if not out.endswith(".keras"):
        raise InputError("--out", out, "a name that ends in .keras")
    from tfgan_audio.evaluation.comparison import table_text
    from tfgan_audio.training.classifier_report import recall_table, write_classifier_report
    from tfgan_audio.training.classifier_run import ClassifierOptions, train_classifier
    from tfgan_audio.training.saving import save_model

    options = ClassifierOptions(
        steps, slice_samples, sample_rate_hz, channels, label_by, position, seed
    )
    trained = train_classifier(sound_dir, options)
    save_model(trained.model, out)
    to_stderr = json_path == "-"
    click.echo(table_text(recall_table(trained)), err=to_stderr)
    click.echo(f"{out}: {trained.accuracy:.1%} of held-out clips recognised", err=to_stderr)
    if report is not None:
        write_classifier_report(report, trained, sound_dir)
    if json_path is not None:
        write_json(json_path, {"path": out, **trained.as_dict()})
