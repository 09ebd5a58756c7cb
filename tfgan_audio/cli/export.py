"""The verb `export`: write a run as SavedModel or TFLite, verified against Keras."""

from pathlib import Path

import click

from tfgan_audio.cli.options import json_option, write_json
from tfgan_audio.errors import InputError


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
@click.option(
    "--weights",
    type=click.Choice(["float32", "float16", "int8"]),
    default="float32",
    show_default=True,
    help="Of a TFLite file; fewer bits make it smaller and less exact.",
)
@json_option
def command(run: str, out: str | None, kind: str, weights: str, json_path: str | None) -> None:
    r"""Export the generator of RUN, a run folder or a .keras file, to OUT.

    RUN is of a causal SEGAN or of a MelGAN. The artefact is loaded again and compared with Keras
    before it takes its name. TF Serving wants a number for the folder of a SavedModel. Without OUT
    the artefact goes into the folder `export` of the run: `melgan.tflite` or `melgan-int8.tflite`,
    or the next version below `melgan`; `segan` of a SEGAN.

    \b
    Examples:
      tfgan-audio export runs/first models/segan/1 --format saved_model
      tfgan-audio export runs/first segan.tflite --format tflite
      tfgan-audio export runs/voice voice.tflite --format tflite --weights float16
    """
    from tfgan_audio.loading import load_trained
    from tfgan_audio.quiet import quiet_stderr

    if kind == "saved_model" and weights != "float32":
        raise InputError("--weights", weights, "float32, which is what a SavedModel has")
    model = load_trained(run)
    target = Path(out) if out is not None else _usual_place(Path(run), model, kind, weights)
    with quiet_stderr():  # the converter and LiteRT tell of their delegates
        if kind == "saved_model":
            from tfgan_audio.serving.saved_model import export_saved_model

            figures = export_saved_model(model, target)
        else:
            from tfgan_audio.serving.tflite import export_tflite

            figures = export_tflite(model, target, weights)
    size_mb = figures["size_bytes"] / 1e6
    difference = f"{figures['max_difference']:.1e} at most away from Keras"
    if weights != "float32":
        difference += f", {figures['snr_db']:.0f} dB SNR"
    click.echo(f"{target}: {size_mb:.1f} MB, {difference}")
    if json_path is not None:
        facts = {"path": str(target), "format": kind, "weights": weights}
        write_json(json_path, {**facts, **figures})


def _usual_place(run: Path, model, kind: str, weights: str) -> Path:
    """Return where an export of a run goes."""
    folder = (run if run.is_dir() else run.parent) / "export"
    family = type(model).__name__.lower()
    if kind == "tflite":
        suffix = "" if weights == "float32" else f"-{weights}"
        return folder / f"{family}{suffix}.tflite"
    versions = [int(path.name) for path in folder.glob(f"{family}/*") if path.name.isdecimal()]
    return folder / family / str(max(versions, default=0) + 1)
