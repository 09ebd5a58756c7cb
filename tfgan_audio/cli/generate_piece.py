"""What `generate --seconds` does: one piece of any length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfgan_audio.cli.options import write_json
from tfgan_audio.cli.sound_options import free_audio_path, latents_path_of, refuse_beside
from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    import numpy as np


def generate_piece(options: Mapping[str, Any]) -> None:
    """Write a piece, and its latents beside it.

    Args:
        options: Those of `generate`, among them "seconds".

    Raises:
        InputError: Options that do not go together, or files that cannot be used.
    """
    path = _checked_path(options)
    from tqdm import tqdm

    from tfgan_audio.audio.finishing import Finishing
    from tfgan_audio.latents import read_latents
    from tfgan_audio.loading import load

    generator = load(options["model"], "generate")
    labels, seconds = list(options["labels"]) or None, options["seconds"]
    if options["latents_path"] is not None:
        latents = read_latents(options["latents_path"], generator.latent_dim)
        latents = latents[: generator.pieces.num_slices(seconds)]
    else:
        given = {name: options[name] for name in ("seed", "temperature")}
        given = {name: value for name, value in given.items() if value is not None}
        latents = generator.pieces.draw(seconds, labels=labels, **given)
    blocks = generator.pieces.blocks(latents, seconds, labels)
    blocks = tqdm(blocks, "generate", len(latents), unit="slice", disable=None)
    rate_hz = generator.sample_rate_hz
    if options["finishing"] != Finishing():
        import numpy as np

        # Levels and ends are those of the whole; else only the block at hand is held.
        blocks = [options["finishing"](np.concatenate(list(blocks)), rate_hz)]
    facts = _write(path, blocks, latents, rate_hz, generator.num_channels)
    clipped = ", clipped (--peak 0 scales it)" if facts["peak"] > 1.0 else ""
    told = f"{path}: {facts['num_samples'] / rate_hz:.2f} s of {len(latents)} slices{clipped}"
    click.echo(told, err=options["json_path"] == "-")
    if options["json_path"] is not None:
        write_json(options["json_path"], {"path": path, "sample_rate_hz": rate_hz, **facts})


def _checked_path(options: Mapping[str, Any]) -> Path:
    """Return the file to write, after a check of what goes with what."""
    from tfgan_audio.audio.io import AUDIO_SUFFIXES

    refuse_beside(
        "--seconds",
        {
            "--num": options["num"],
            "--truncation": options["truncation"],
            "--format": options["file_format"],
        },
    )
    if options["latents_path"] is not None:
        drawn = {f"--{name}": options[name] for name in ("seed", "temperature")}
        refuse_beside("--latents", drawn)
    path = Path(options["out"])
    if path.suffix.lower() not in AUDIO_SUFFIXES:
        raise InputError("--out", path, "an audio file with --seconds, such as piece.wav")
    return free_audio_path(options["out"], options["overwrite"])


def _write(
    path: Path,
    blocks: Iterable[np.ndarray],
    latents: np.ndarray,
    sample_rate_hz: int,
    num_channels: int,
) -> dict[str, Any]:
    """Write the audio and the latents, both or none; return the facts."""
    import numpy as np

    from tfgan_audio.audio.io import open_writer
    from tfgan_audio.files import replacing

    peak = 0.0
    with replacing(latents_path_of(path)) as partial:
        np.save(partial, latents)
        with open_writer(path, sample_rate_hz, num_channels) as writer:
            for block in blocks:
                writer.write(block)
                peak = max(peak, float(np.abs(block).max(initial=0.0)))
    return {"num_samples": writer.num_samples, "num_slices": len(latents), "peak": peak}
