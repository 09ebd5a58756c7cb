"""The verb `interpolate`: morph from sound to sound."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import count_option
from tfgan_audio.cli.sound_options import (
    FiniteRange,
    SoundRequest,
    free_audio_path,
    label_option,
    latents_path_of,
    refuse_beside,
    sound_output_options,
)
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from tfgan_audio.serving.sound_generator import SoundGenerator

_SEED = click.IntRange(0, 2**31 - 1)
_USUAL_GAP_MS = 100.0

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class _Request(SoundRequest):
    """What the command line asks for."""

    from_seed: int | None
    to_seed: int | None
    latents_paths: tuple[str, ...]
    num_steps: int
    kind: str
    gap_ms: float | None


@click.command()
@click.argument("model", metavar="MODEL")
@click.option(
    "--out", metavar="PATH", required=True, help="Folder to make, or audio file for all sounds."
)
@click.option("--from-seed", type=_SEED, help="Begin at the first sound of this seed.")
@click.option("--to-seed", type=_SEED, help="End at the first sound of this one.")
@click.option(
    "--latents",
    "latents_paths",
    multiple=True,
    metavar="FILE",
    help="Go through all latents of a .npy file, in place of seeds; of several in their order.",
)
@count_option("--steps/num_steps", 9, "Sounds from one latent to the next, both counted.", least=2)
@click.option(
    "--kind",
    type=click.Choice(["spherical", "linear"]),
    default="spherical",
    show_default=True,
    help="Shape of the way.",
)
@label_option("Class of the sounds; one for each latent cross-fades from class to class.")
@click.option(
    "--gap-ms",
    type=FiniteRange(-60_000.0, 60_000.0),
    metavar="MS",
    help="Silence between the sounds of one file; below 0 they overlap, cross-faded. "
    f"Default: {_USUAL_GAP_MS:g}.",
)
@sound_output_options
def command(**options: Any) -> None:
    r"""Morph from sound to sound with MODEL: the run folder or .keras file of a WaveGAN or SpecGAN.

    The way leads from one seed to another, or through saved latents. PATH with the ending of an
    audio file gets all sounds in turn, its latents beside it in a .npy file; else it becomes a
    folder as `generate` makes it. The same line gives the same sounds again, to the bit.

    \b
    Examples:
      tfgan-audio interpolate runs/drums --from-seed 3 --to-seed 8 --label kick --out morph
      tfgan-audio interpolate runs/drums --latents kicks/002-kick.npy --latents \
    snares/005-snare.npy --label kick --label snare --out morph.wav --gap-ms -200
    """
    from tfgan_audio.audio.io import AUDIO_SUFFIXES

    request = _Request(**options)
    is_file = Path(request.out).suffix.lower() in AUDIO_SUFFIXES
    _refuse_unused(request, is_file)
    rate, rows = (_write_file if is_file else _write_folder)(request)
    request.tell(rate, rows, kind=request.kind)


def _refuse_unused(request: _Request, is_file: bool) -> None:
    """Refuse options that would do nothing, and a way without both its ends."""
    seeds = {"--from-seed": request.from_seed, "--to-seed": request.to_seed}
    if request.latents_paths:
        refuse_beside("--latents", seeds)
    else:
        for name, seed in seeds.items():
            if seed is None:
                raise InputError(name, "nothing", "--from-seed and --to-seed, or --latents")
    if is_file and request.file_format is not None:
        raise InputError("--format", request.file_format, "a folder for --out")
    if not is_file and request.gap_ms is not None:
        raise InputError("--gap-ms", request.gap_ms, "an audio file for --out")


def _write_folder(request: _Request) -> tuple[int, Rows]:
    """Write a file for each sound; return their rate and facts."""
    from tfgan_audio.data.folders import published_folder
    from tfgan_audio.loading import load
    from tfgan_audio.serving import sound_files

    with published_folder(request.out, sound_files.LATENTS_NAME, request.overwrite) as partial:
        generator = load(request.model, "generate")
        latents, shares, facts = _way(request, generator)
        sounds = sound_files.finished_sounds(
            generator, latents, shares, request.finishing, "interpolate"
        )
        rate, file_format = generator.sample_rate_hz, request.file_format or "wav"
        return rate, sound_files.write_sounds(partial, sounds, rate, file_format, latents, facts)


def _write_file(request: _Request) -> tuple[int, Rows]:
    """Write all sounds to one file; return their rate and facts."""
    import numpy as np

    from tfgan_audio.audio.finishing import join
    from tfgan_audio.audio.io import write_audio
    from tfgan_audio.files import replacing
    from tfgan_audio.loading import load
    from tfgan_audio.serving import sound_files

    path = free_audio_path(request.out, request.overwrite)
    generator = load(request.model, "generate")
    latents, shares, facts = _way(request, generator)
    sounds = list(
        sound_files.finished_sounds(generator, latents, shares, request.finishing, "interpolate")
    )
    rate = generator.sample_rate_hz
    gap_ms = _USUAL_GAP_MS if request.gap_ms is None else request.gap_ms
    joined = join(sounds, round(gap_ms * rate / 1000))
    with replacing(latents_path_of(path)) as partial:
        np.save(partial, latents)
        write_audio(path, joined, rate)
    return rate, [
        {**fact, **sound_files.measured(sound)} for fact, sound in zip(facts, sounds, strict=True)
    ]


def _way(
    request: _Request, generator: "SoundGenerator"
) -> tuple["np.ndarray", "np.ndarray | None", Rows]:
    """Return the latents on the way, the shares of the classes, and the place of each sound."""
    import numpy as np

    from tfgan_audio.latents import draw_latents, read_latents
    from tfgan_audio.serving.latent_paths import latent_path

    width = generator.latent_dim
    if request.latents_paths:
        parts = [read_latents(path, width) for path in request.latents_paths]
    else:
        parts = [draw_latents(1, width, seed) for seed in (request.from_seed, request.to_seed)]
    points = np.concatenate(parts)
    if len(points) < 2:
        raise InputError("--latents", "1 latent in all", "at least 2 to go between")
    latents = latent_path(points, request.num_steps, request.kind)
    shares = generator.shares(request.labels or None, len(points), request.num_steps)
    facts = [
        {
            "position": round(index / (request.num_steps - 1), 6),
            "label": "" if shares is None else _mixture(shares[index], generator.label_names),
        }
        for index in range(len(latents))
    ]
    return latents, shares, facts


def _mixture(shares: "np.ndarray", names: tuple[str, ...]) -> str:
    """Return the name of a class, or the names and shares of two."""
    parts = [(share, name) for share, name in zip(shares, names, strict=True) if share > 0.0]
    if len(parts) == 1:
        return parts[0][1]
    return " + ".join(f"{share:.3g} {name}" for share, name in parts)
