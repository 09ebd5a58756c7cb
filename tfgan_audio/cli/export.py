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
    type=click.Choice(["float32", "float16", "int8-weights", "int8", "int8-full"]),
    default="float32",
    show_default=True,
    help="Of a TFLite file; fewer bits make it smaller and less exact. With int8 and int8-full"
    " layers compute in integers too; int8-full needs --data, to tell the ranges of what flows.",
)
@click.option(
    "--data",
    metavar="DIR",
    help="Recordings to try the artefact on: noisy ones for a SEGAN, speech for a MelGAN.",
)
@click.option(
    "--fixed",
    type=click.IntRange(1),
    metavar="N",
    help="Fix the shapes of a TFLite file: N frames of a MelGAN, which becomes a step with state;"
    " 1 block, window or sound of others.",
)
@click.option(
    "--allow-loss",
    is_flag=True,
    help="Write a file of fewer bits even where it loses too much: less than 40 dB SNR with"
    " float16, 15 dB with int8, or more than 0.1 DNSMOS OVRL.",
)
@json_option
def command(
    run: str,
    out: str | None,
    kind: str,
    weights: str,
    data: str | None,
    fixed: int | None,
    allow_loss: bool,
    json_path: str | None,
) -> None:
    r"""Export the generator of RUN, a run folder or a .keras file, to OUT.

    RUN is of a SEGAN, MelGAN, WaveGAN, AcousticModel or, as SavedModel, a SpecGAN. The artefact is
    loaded again and compared with Keras before it takes its name. TF Serving wants a number for
    the folder of a SavedModel. Without OUT the artefact goes into the folder `export` of the run:
    `melgan.tflite` or `melgan-int8.tflite`, or the next version below `melgan`; `segan` of a
    SEGAN.

    Size, difference and SNR against Keras, the time of a first and of later calls and the real-time
    factor are written beside it: `melgan.tflite.json`, or `assets.extra/report.json` in the folder.
    So are, with --data, DNSMOS and how much it changes from Keras, over the first ten seconds of
    the first eight recordings; and the log-spectral distance of eight sounds of a WaveGAN or
    SpecGAN.

    \b
    Examples:
      tfgan-audio export runs/first models/segan/1 --format saved_model
      tfgan-audio export runs/first segan.tflite --format tflite
      tfgan-audio export runs/voice voice.tflite --format tflite --weights float16
      tfgan-audio export runs/voice voice.tflite --format tflite --weights int8 --data speech
    """
    from tfgan_audio.cli.export_trial import make_trial
    from tfgan_audio.loading import load, load_trained
    from tfgan_audio.quiet import quiet_stderr

    if kind == "saved_model" and weights != "float32":
        raise InputError("--weights", weights, "float32, which is what a SavedModel has")
    if kind == "saved_model" and fixed is not None:
        raise InputError("--fixed", fixed, "nothing for a SavedModel, whose shapes are open")
    if weights == "float32" and allow_loss:
        raise InputError("--allow-loss", "float32 weights", "fewer bits, which lose something")
    model = load_trained(run)
    target = Path(out) if out is not None else _usual_place(Path(run), model, kind, weights)
    trial = make_trial(run, data)
    if weights == "int8-full" and trial is None:
        is_read = hasattr(model, "predict_mel")
        others = "others for an AcousticModel, as recordings do not tell what flows through it"
        raise InputError(
            "--weights",
            weights,
            others if is_read else "--data DIR with recordings, for the ranges",
        )
    with quiet_stderr():  # the converter and LiteRT tell of their delegates
        if kind == "saved_model":
            from tfgan_audio.serving.saved_model import export_saved_model

            figures = export_saved_model(model, target)
            if trial is not None:
                figures |= trial.figures(load(target))
        else:
            from tfgan_audio.serving.tflite import export_tflite

            figures = export_tflite(model, target, weights, allow_loss, trial, fixed)
        speed = _speed(target, kind)
    facts = {"path": str(target), "format": kind, "weights": weights, **figures, "speed": speed}
    size_mb = figures["size_bytes"] / 1e6
    difference = f"{figures['max_difference']:.1e} at most away from Keras"
    if weights != "float32":
        difference += f", {figures['snr_db']:.0f} dB SNR"
    if "dnsmos_ovrl_change" in figures:
        difference += f", DNSMOS OVRL {figures['dnsmos_ovrl_change']:+.3f}"
    factor = " and ".join(f"{one['real_time_factor']:.3f} ({name})" for name, one in speed.items())
    click.echo(f"{target}: {size_mb:.1f} MB, {difference}; real-time factor {factor}")
    is_file = kind == "tflite"
    write_json(f"{target}.json" if is_file else target / "assets.extra" / "report.json", facts)
    if json_path is not None:
        write_json(json_path, facts)


def _speed(path: Path, kind: str) -> dict[str, dict[str, float]]:
    """Measure an artefact; the name of each measurement says how many threads it had."""
    from tfgan_audio.serving.backends import open_saved_model, open_tflite
    from tfgan_audio.serving.speed import measured_speed

    if kind == "saved_model":
        return {"all threads": measured_speed(open_saved_model(path))}
    threads = {"1 thread": 1, "2 threads": 2}
    return {name: measured_speed(open_tflite(path, num)) for name, num in threads.items()}


def _usual_place(run: Path, model, kind: str, weights: str) -> Path:
    """Return where an export of a run goes."""
    folder = (run if run.is_dir() else run.parent) / "export"
    family = type(model).__name__.lower().removesuffix("model")
    if kind == "tflite":
        suffix = "" if weights == "float32" else f"-{weights}"
        return folder / f"{family}{suffix}.tflite"
    versions = [int(path.name) for path in folder.glob(f"{family}/*") if path.name.isdecimal()]
    return folder / family / str(max(versions, default=0) + 1)
