"""The verb `import`: bring in weights of another code base as a run folder."""

import math

import click

from tfgan_audio.cli.options import json_option, overrides_argument, write_json


@click.command()
@click.argument("kind", metavar="KIND")
@click.argument("path", metavar="PATH")
@overrides_argument
@click.option("--run", "run_dir", metavar="DIR", required=True, help="Folder of the run to make.")
@click.option(
    "--hint",
    "hints",
    metavar="NAME=VALUE",
    multiple=True,
    help="What the files do not tell, such as pre_emphasis=0.9; may be given several times.",
)
@click.option(
    "--slice-samples",
    type=int,
    metavar="N",
    help="Length of slices, where the files do not tell; short for --hint slice_samples=N.",
)
@json_option
def command(
    kind: str,
    path: str,
    overrides: tuple[str, ...],
    run_dir: str,
    hints: tuple[str, ...],
    slice_samples: int | None,
    json_path: str | None,
) -> None:
    r"""Import the checkpoint PATH of another code base into a run folder.

    KIND is segan-tf1 or wavegan-tf1, the original SEGAN or WaveGAN; segan-pytorch, SEGAN+ with its
    options file train.opts; melgan-official, MelGAN of its authors; parallel-wavegan, a MelGAN or
    multi-band MelGAN with config.yml and stats.h5; or tensorflowtts-tflite, a .tflite file of one
    by TensorFlowTTS. PATH is a checkpoint or the folder of some, of which the newest is taken. What
    lies beside it, such as args.txt, args.yml or stats.npy, is read too.

    The folder is used like that of any run. Its configuration has what the files say of their
    training; KEY=VALUE sets more of it for a further one, which `tfgan-audio train --run DIR
    --resume` starts.

    \b
    Examples:
      tfgan-audio import segan-tf1 segan_v1.1/SEGAN-41700 --run runs/segan
      tfgan-audio import segan-pytorch ckpt_segan+ --run runs/plus \
          data.noisy_dir=noisy data.clean_dir=clean train.num_steps=5000
      tfgan-audio import wavegan-tf1 train/model.ckpt-200000 --run runs/drums \
          --slice-samples 65536
      tfgan-audio import parallel-wavegan ljspeech_multi_band_melgan.v2 --run runs/voice
      tfgan-audio import tensorflowtts-tflite mb_melgan.tflite --run runs/device \
          --hint stats=stats.npy
    """
    from tfgan_audio.importers.checkpoints import import_checkpoint, recipe
    from tfgan_audio.training.imported_run import write_imported_run

    given = dict(map(_hint, hints))
    if slice_samples is not None:
        given["slice_samples"] = slice_samples
    model = import_checkpoint(kind, path, **given)
    name = f"imported_{kind.replace('-', '_')}"
    run = write_imported_run(model, run_dir, name, [*recipe(kind, path, given), *overrides])
    click.echo(f"{run.model}", err=json_path == "-")
    if json_path is not None:
        networks = {"generator": model.generator, "discriminator": model.discriminator}
        counts = {name: _num_trainable(network) for name, network in networks.items()}
        facts = {"run": str(run.path), "kind": kind, "num_parameters": counts}
        if hasattr(model, "variant"):
            facts["variant"] = model.variant
        write_json(json_path, facts)


def _num_trainable(network) -> int:
    """Return how many numbers training may change."""
    return sum(math.prod(weight.shape) for weight in network.trainable_weights)


def _hint(text: str) -> tuple[str, object]:
    """Return the name and the value of a hint."""
    from tfgan_audio.config.yaml_text import parse_yaml
    from tfgan_audio.errors import InputError

    name, separator, value = text.partition("=")
    if not separator or not name:
        raise InputError("--hint", text, "NAME=VALUE such as pre_emphasis=0.9")
    return name, parse_yaml(value, "--hint")
