"""Ways from one latent to the next, and from one label to the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import one_of

KINDS = ("spherical", "linear")
_NO_ANGLE = 1e-6  # sine below which two directions span no plane


def latent_path(points: np.ndarray, num: int, kind: str = "spherical") -> np.ndarray:
    """Go from latent to latent in equal steps.

    A straight way passes nearer to zero than what it connects, where training has drawn few
    latents. A spherical one turns at a constant rate, its length going straight from that of one
    latent to that of the next; single numbers may leave the range from -1 to 1. Where two latents
    point the same way or opposite ways, it is straight too.

    Args:
        points: Latents, at least two.
        num: Latents from one point to the next, both counted; at least 2.
        kind: "spherical" or "linear".

    Shape:
        [K, D] -> [N, D] with ``N = (K - 1) * (num - 1) + 1``; every point is among them.

    Returns:
        float32.

    Raises:
        InputError: Too few points or steps, or an unknown kind.

    Example:
        >>> latent_path(np.array([[0.0, 2.0], [1.0, 0.0]]), 3, "linear").tolist()
        [[0.0, 2.0], [0.5, 1.0], [1.0, 0.0]]
    """
    if kind not in KINDS:
        raise InputError("kind", kind, one_of(KINDS))
    between = _linear if kind == "linear" else _spherical
    return _path(points, num, between).astype(np.float32)


def label_path(labels: np.ndarray, num_classes: int, num: int) -> np.ndarray:
    """Cross-fade from label to label in equal steps.

    Args:
        labels: Class indices, one for each of the points of a `latent_path`.
        num_classes: How many classes there are.
        num: As for `latent_path`.

    Shape:
        [K] -> [N, num_classes].

    Returns:
        float32 shares of the classes, which sum to 1.

    Raises:
        InputError: Too few labels or steps.

    Example:
        >>> label_path(np.array([0, 2]), 3, 3).tolist()
        [[1.0, 0.0, 0.0], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0]]
    """
    return _path(np.eye(num_classes)[labels], num, _linear).astype(np.float32)


def _path(points: np.ndarray, num: int, between: Callable[..., np.ndarray]) -> np.ndarray:
    """Join the ways between neighbours."""
    if len(points) < 2:
        raise InputError("points", len(points), "at least 2 to go between")
    if num < 2:
        raise InputError("num", num, "at least 2: where it starts and where it ends")
    points = np.asarray(points, np.float64)
    positions = np.arange(num - 1)[:, None] / (num - 1)
    ways = [between(*pair, positions) for pair in zip(points[:-1], points[1:], strict=True)]
    return np.concatenate([*ways, points[-1:]])


def _linear(start: np.ndarray, end: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Go straight."""
    return (1.0 - position) * start + position * end


def _spherical(start: np.ndarray, end: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Turn, and grow or shrink, at constant rates."""
    lengths = np.linalg.norm([start, end], axis=1)
    if not lengths.all():
        return _linear(start, end, position)
    directions = np.stack([start, end]) / lengths[:, None]
    angle = np.arccos(np.clip(np.dot(*directions), -1.0, 1.0))
    if np.sin(angle) < _NO_ANGLE:
        return _linear(start, end, position)
    weights = np.sin(angle * np.concatenate([1.0 - position, position], axis=1)) / np.sin(angle)
    return _linear(*lengths, position) * (weights @ directions)
