"""The verb `export`: write a run as SavedModel or TFLite, verified against Keras."""

from pathlib import Path

import click

from tfgan_audio.cli.options import json_option, write_json


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("out", metavar="[OUT]", required=False)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["saved_model", "tflite"]),
    required=True,
    help="What to write.",
)
@json_option
def command(run: str, out: str | None, kind: str, json_path: str | None) -> None:
    r"""Export the generator of RUN, a run folder or a .keras file, to OUT.

    The artefact is loaded again and compared with Keras before it takes its name. TF Serving
    wants a number for the folder of a SavedModel. Without OUT the artefact goes into the folder
    `export` of the run: `segan.tflite`, or the next version below `segan`.

    \b
    Examples:
      tfgan-audio export runs/first models/segan/1 --format saved_model
      tfgan-audio export runs/first segan.tflite --format tflite
    """
    from tfgan_audio.loading import load_trained
    from tfgan_audio.quiet import quiet_stderr

    model = load_trained(run)
    target = Path(out) if out is not None else _usual_place(Path(run), kind)
    if kind == "saved_model":
        from tfgan_audio.serving.saved_model import export_saved_model as export
    else:
        from tfgan_audio.serving.tflite import export_tflite as export
    with quiet_stderr():  # the converter and LiteRT tell of their delegates
        figures = export(model, target)
    size_mb = figures["size_bytes"] / 1e6
    difference = f"{figures['max_difference']:.1e} at most away from Keras"
    click.echo(f"{target}: {size_mb:.1f} MB, {difference}")
    if json_path is not None:
        write_json(json_path, {"path": str(target), "format": kind, **figures})


def _usual_place(run: Path, kind: str) -> Path:
    """Return where an export of a run goes."""
    folder = (run if run.is_dir() else run.parent) / "export"
    if kind == "tflite":
        return folder / "segan.tflite"
    versions = [int(path.name) for path in folder.glob("segan/*") if path.name.isdecimal()]
    return folder / "segan" / str(max(versions, default=0) + 1)
