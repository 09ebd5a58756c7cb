"""Write generated sounds with what they were made from."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tfgan_audio.audio.filters import peak
from tfgan_audio.audio.finishing import Finishing
from tfgan_audio.audio.io import write_audio
from tfgan_audio.serving.sound_generator import SoundGenerator

LATENTS_NAME = "latents.npy"
MANIFEST_NAME = "manifest.csv"
_MOST_OF_LABEL = 60


def finished_sounds(
    generator: SoundGenerator,
    latents: np.ndarray,
    labels: np.ndarray | None,
    finishing: Finishing,
    what: str,
) -> Iterator[np.ndarray]:
    """Make sounds one after the other, with a progress bar where stderr is a terminal.

    Args:
        generator: The generator.
        latents: Latents [N, `latent_dim`].
        labels: Classes of the sounds, or shares of them, as in `SoundGenerator.sounds`.
        finishing: What is done to each.
        what: Word for the bar.

    Yields:
        float32 [T, C].
    """
    sounds = generator.sounds(latents, labels)
    for sound in tqdm(sounds, what, len(latents), unit="sound", disable=None):
        yield finishing(sound, generator.sample_rate_hz)


def measured(sound: np.ndarray) -> dict[str, float]:
    """Return the largest absolute sample of a sound and the root of its mean square.

    Args:
        sound: Samples.
    """
    root_mean_square = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return {"peak": round(peak(sound), 6), "rms": round(root_mean_square, 6)}


def write_sounds(
    folder: Path,
    sounds: Iterable[np.ndarray],
    sample_rate_hz: int,
    file_format: str,
    latents: np.ndarray,
    facts: Sequence[Mapping[str, object]],
) -> list[dict[str, object]]:
    """Fill a folder with sounds, the latent of each, all latents, and a manifest.

    Args:
        folder: A folder that is there.
        sounds: The sounds, as many as latents.
        sample_rate_hz: Their rate.
        file_format: Ending of their files, such as "wav".
        latents: What they were made from, [N, D].
        facts: Columns of each in the manifest; "label", where it is not empty, is part of its name.

    Returns:
        The rows of the manifest.

    Raises:
        InputError: A sound that is not finite, or a folder that cannot be written.
    """
    rows: list[dict[str, object]] = []
    num_digits = max(3, len(str(len(latents) - 1)))
    for index, (sound, fact) in enumerate(zip(sounds, facts, strict=True)):
        name = "-".join(filter(None, [f"{index:0{num_digits}d}", _in_a_name(fact["label"])]))
        write_audio(folder / f"{name}.{file_format}", sound, sample_rate_hz)
        np.save(folder / f"{name}.npy", latents[index : index + 1])
        rows.append({"clip": f"{name}.{file_format}", **fact, **measured(sound)})
    np.save(folder / LATENTS_NAME, latents)
    with open(folder / MANIFEST_NAME, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows


def _in_a_name(label: object) -> str:
    """Return a label as a part of a file name."""
    return re.sub(r"[^\w.-]+", "_", str(label))[:_MOST_OF_LABEL]
