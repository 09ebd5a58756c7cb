"""The verb `export`: write a run as SavedModel or TFLite, verified against Keras."""

import click

from tfgan_audio.cli.options import json_option, write_json


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("out", metavar="OUT")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["saved_model", "tflite"]),
    required=True,
    help="What to write.",
)
@json_option
def command(run: str, out: str, kind: str, json_path: str | None) -> None:
    r"""Export the generator of RUN, a run folder or a .keras file, to OUT.

    The artefact is loaded again and compared with Keras before it takes its name. TF Serving
    wants a number for the folder of a SavedModel.

    \b
    Examples:
      tfgan-audio export runs/first models/segan/1 --format saved_model
      tfgan-audio export runs/first segan.tflite --format tflite
    """
    from tfgan_audio.loading import load_trained

    model = load_trained(run)
    if kind == "saved_model":
        from tfgan_audio.serving.saved_model import export_saved_model as export
    else:
        from tfgan_audio.serving.tflite import export_tflite as export
    figures = export(model, out)
    click.echo(f"{out}: {figures['max_difference']:.1e} at most away from Keras")
    if json_path is not None:
        write_json(json_path, figures)
