"""The points that sounds are made from: drawn, and read back from NumPy's files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from tfgan_audio.errors import InputError

_NUM_BITS = 24  # of a float32


def draw_latents(num: int, latent_dim: int, seed: int, truncation: float = 1.0) -> np.ndarray:
    """Draw latents evenly from a cube, each from the seed and its own index alone.

    More of them begin with the same ones, on every machine and with every NumPy.

    Args:
        num: How many, at least 1.
        latent_dim: Width of a latent.
        seed: Whole number from 0 on.
        truncation: Largest absolute value, from 0 to 1. Training draws with 1; less gives sounds
            that are more alike.

    Shape:
        [num, latent_dim].

    Returns:
        float32.

    Raises:
        InputError: A number outside its range.

    Example:
        >>> draw_latents(2, 3, seed=5).tolist() == draw_latents(9, 3, seed=5)[:2].tolist()
        True
    """
    for name, value, least in (("num", num, 1), ("seed", seed, 0)):
        if not isinstance(value, (int, np.integer)) or value < least:
            raise InputError(name, value, f"a whole number of at least {least}")
    if not 0.0 <= truncation <= 1.0:
        raise InputError("truncation", truncation, "a number from 0 to 1")
    # NumPy promises the raw bits of its generators, but not the numbers that it makes of them.
    raw = [
        np.random.PCG64(np.random.SeedSequence(int(seed), spawn_key=(index,))).random_raw(
            latent_dim
        )
        for index in range(num)
    ]
    parts = (np.stack(raw) >> np.uint64(64 - _NUM_BITS)) * 2.0 ** (1 - _NUM_BITS)
    return (truncation * (parts - 1.0)).astype(np.float32)


def read_latents(path: str | os.PathLike, latent_dim: int) -> np.ndarray:
    """Read latents from a NumPy file.

    Args:
        path: File ending in `.npy`, of [N, D] numbers.
        latent_dim: What D has to be.

    Returns:
        float32 [N, D], at least one.

    Raises:
        InputError: No such file, another kind of file, another shape, or numbers that are not
            finite.
    """
    if not Path(path).is_file():
        raise InputError(path, "no such file", "a .npy file of latents")
    try:
        # Mapped, so that a file that claims to be huge takes no memory.
        latents = np.load(path, mmap_mode="r", allow_pickle=False)
    except PermissionError as error:
        raise InputError(path, error.strerror, "a readable file") from None
    except (OSError, ValueError, EOFError):
        latents = None
    if not isinstance(latents, np.ndarray) or latents.dtype.kind not in "fiu":
        raise InputError(path, "no array of numbers", "a whole .npy file of latents")
    return checked_latents(latents, latent_dim, path)


def checked_latents(latents: np.ndarray, latent_dim: int, name: object = "latents") -> np.ndarray:
    """Return latents in float32 after a check of their shape and numbers.

    Args:
        latents: Numbers [N, D].
        latent_dim: What D has to be.
        name: What an error calls them.

    Raises:
        InputError: Another shape, none at all, no numbers, or some that are not finite.
    """
    latents = np.asarray(latents)
    if latents.ndim != 2 or not len(latents) or latents.shape[1] != latent_dim:
        expected = f"[N, {latent_dim}], as the model has latent_dim {latent_dim}"
        raise InputError(name, f"shape {list(latents.shape)}", expected)
    if latents.dtype.kind not in "fiu":
        raise InputError(name, f"{latents.dtype} values", "numbers")
    with np.errstate(over="ignore"):
        latents = np.array(latents, np.float32)
    finite = np.isfinite(latents).all(axis=1)
    if not finite.all():
        seen = f"numbers that are not finite in row {int(np.argmin(finite))}"
        raise InputError(name, seen, "finite numbers")
    return latents
