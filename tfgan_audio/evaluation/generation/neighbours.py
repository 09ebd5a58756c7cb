"""Nearest neighbours: how diverse a set is, how near to the training data, how well it covers it.

Letters: N and M clips, D dimensions.
"""

import numpy as np
from scipy.spatial.distance import cdist

from tfgan_audio.errors import InputError

_BLOCK_ROWS = 256


def nearest(
    queries: np.ndarray, candidates: np.ndarray, same_set: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest candidate of each query by Euclidean distance.

    Args:
        queries: Vectors to find neighbours of.
        candidates: Vectors to choose from.
        same_set: Whether both are the same vectors, of which none is its own neighbour.

    Shape:
        `[N, D]`, `[M, D]` -> `[N]`, `[N]`.

    Returns:
        Index of each one's neighbour and the distance to it in float64.

    Raises:
        InputError: No candidate.
    """
    if len(candidates) < 1 + same_set:
        raise InputError("neighbours", f"{len(candidates)} clips", f"at least {1 + same_set}")
    # Products of large matrices are fast; near the common centre they are precise enough to choose.
    centre = candidates.mean(axis=0)
    centred = candidates - centre
    norms = np.square(centred).sum(axis=1)
    indices = np.empty(len(queries), np.int64)
    for start in range(0, len(queries), _BLOCK_ROWS):
        rows = np.arange(start, min(start + _BLOCK_ROWS, len(queries)))
        scores = norms - 2 * (queries[rows] - centre) @ centred.T
        if same_set:
            scores[rows - start, rows] = np.inf
        indices[rows] = scores.argmin(axis=1)
    differences = queries.astype(np.float64) - candidates[indices]
    return indices, np.sqrt(np.square(differences).sum(axis=1))


def precision_recall_density_coverage(
    reference: np.ndarray, estimate: np.ndarray, num_neighbours: int = 5
) -> dict[str, float]:
    """Compare the regions that two sets occupy, balls to the k-th neighbour around each clip.

    Args:
        reference: Vectors of real clips.
        estimate: Vectors of generated clips.
        num_neighbours: k, from 1.

    Shape:
        `[N, D]`, `[M, D]` -> four scalars.

    Returns:
        `precision`: share of the estimates in a ball of the reference; `recall`: the other way
        round; `density`: in how many such balls an estimate lies, over k; `coverage`: share of the
        reference's balls that hold an estimate.

    Raises:
        InputError: A set with no more than k clips.

    Reference:
        Kynkäänniemi et al. 2019, arXiv:1904.06991 (precision, recall); Naeem et al. 2020,
        arXiv:2002.09797 (density, coverage).
    """
    if num_neighbours < 1:
        raise InputError("num_neighbours", num_neighbours, "at least 1")
    fewest = min(len(reference), len(estimate))
    if fewest <= num_neighbours:
        expected = f"more than {num_neighbours}, the neighbours looked at"
        raise InputError("precision and recall", f"{fewest} clips", expected)
    distances = cdist(reference, estimate)
    in_reference = distances < _radii(reference, num_neighbours)[:, None]
    in_estimate = distances < _radii(estimate, num_neighbours)[None, :]
    return {
        "precision": float(in_reference.any(axis=0).mean()),
        "recall": float(in_estimate.any(axis=1).mean()),
        "density": float(in_reference.sum(axis=0).mean() / num_neighbours),
        "coverage": float(in_reference.any(axis=1).mean()),
    }


def _radii(vectors: np.ndarray, num_neighbours: int) -> np.ndarray:
    """Distance from each vector to its k-th neighbour, itself left out, `[N]`."""
    return np.partition(cdist(vectors, vectors), num_neighbours, axis=1)[:, num_neighbours]
