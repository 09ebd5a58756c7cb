"""The verb `generate`: make sounds with a trained model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import seed_option
from tfgan_audio.cli.sound_options import (
    FiniteRange,
    SoundRequest,
    label_option,
    refuse_beside,
    sound_output_options,
)
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class _Request(SoundRequest):
    """What the command line asks for."""

    num: int | None
    seed: int | None
    truncation: float | None
    latents_path: str | None


@click.command()
@click.argument("model", metavar="MODEL")
@click.option("--num", type=click.IntRange(1), metavar="N", help="How many sounds to make.")
@click.option(
    "--seconds",
    type=FiniteRange(0.0, min_open=True),
    metavar="S",
    help="Make one piece so long, which needs `train-prior` before.",
)
@click.option(
    "--out", metavar="PATH", required=True, help="Folder to make, or audio file with --seconds."
)
@seed_option()
@label_option("Class of the sounds. Several take turns; without any, all of the model do.")
@click.option(
    "--truncation",
    type=FiniteRange(0.0, 1.0),
    metavar="X",
    help="Keep latents within -X and X: below 1 sounds are more alike. Default: 1.",
)
@click.option(
    "--latents",
    "latents_path",
    metavar="FILE",
    help="Make the sounds from the latents of a .npy file, in place of --num and --seed.",
)
@click.option(
    "--temperature",
    type=FiniteRange(0.0),
    metavar="X",
    help="Less than 1 lets a piece go on in likelier ways, more in stranger ones. Default: 1.",
)
@sound_output_options
def command(**options: Any) -> None:
    r"""Make sounds with MODEL: the run folder or .keras file of a WaveGAN or SpecGAN.

    A sound depends on the seed (0 unless given), its number, its label and the model alone: asked
    for more, the first stay the same. PATH gets the sounds, the latent of each beside it,
    latents.npy with all of them, and manifest.csv. The same latents with the same labels give the
    same sounds again, to the bit.

    With --seconds it is one piece, whose slices are cross-faded and follow each other as in
    recordings; its latents stand beside it in a .npy file. Several labels share it in their order.

    \b
    Examples:
      tfgan-audio generate runs/drums --num 50 --out snares --label snare
      tfgan-audio generate runs/drums --num 50 --out pack --trim 50 --fade-ms 5 --peak -1
      tfgan-audio generate runs/drums --latents snares/007-snare.npy --label snare --out again
      tfgan-audio generate runs/piano --seconds 20 --seed 3 --out piece.wav
    """
    if options["seconds"] is not None:
        from tfgan_audio.cli.generate_piece import generate_piece

        generate_piece(options)
    else:
        _generate_sounds(options)


def _generate_sounds(options: dict[str, Any]) -> None:
    """Fill a folder with sounds."""
    import numpy as np

    from tfgan_audio.data.folders import published_folder
    from tfgan_audio.loading import load
    from tfgan_audio.serving import sound_files

    options.pop("seconds")
    if (temperature := options.pop("temperature")) is not None:
        raise InputError("--temperature", temperature, "--seconds beside it")
    request = _Request(**options)
    if request.latents_path is not None:
        drawn = {"num": request.num, "seed": request.seed, "truncation": request.truncation}
        refuse_beside("--latents", {f"--{name}": value for name, value in drawn.items()})
    elif request.num is None:
        raise InputError("--num", "nothing", "how many sounds to make, or --latents FILE")
    with published_folder(request.out, sound_files.LATENTS_NAME, request.overwrite) as partial:
        generator = load(request.model, "generate")
        latents, origins = _latents(request, generator.latent_dim)
        indices = generator.indices(None, len(latents))
        if request.labels:
            given = generator.indices(request.labels, len(request.labels))
            indices = np.resize(given, len(latents))  # they take turns
        names = [""] * len(latents)
        if indices is not None:
            names = [generator.label_names[index] for index in indices]
        rows = sound_files.write_sounds(
            partial,
            sound_files.finished_sounds(generator, latents, indices, request.finishing, "generate"),
            generator.sample_rate_hz,
            request.file_format or "wav",
            latents,
            [{**origin, "label": name} for origin, name in zip(origins, names, strict=True)],
        )
    request.tell(generator.sample_rate_hz, rows)


def _latents(request: _Request, latent_dim: int) -> tuple["np.ndarray", list[dict[str, Any]]]:
    """Return latents, and the seed and number of each; those of a file have no seed."""
    from tfgan_audio.latents import draw_latents, read_latents

    if request.latents_path is not None:
        latents, seed = read_latents(request.latents_path, latent_dim), None
    else:
        seed = request.seed or 0
        truncation = 1.0 if request.truncation is None else request.truncation
        latents = draw_latents(request.num, latent_dim, seed, truncation)
    return latents, [{"seed": seed, "index": index} for index in range(len(latents))]
