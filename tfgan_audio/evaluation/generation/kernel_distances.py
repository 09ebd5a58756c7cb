"""Kernel distances of two sets of vectors: squared maximum mean discrepancies, without bias.

Their expectation is 0 for sets of one distribution, whatever the number of clips, so that single
values may be a little below 0. Letters: N and M clips, D dimensions.
"""

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import cdist, pdist

from tfgan_audio.errors import InputError


def mmd_polynomial(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return the discrepancy under the kernel `(x . y / D + 1)^3`, that of KID.

    Args:
        reference: Vectors of real clips.
        estimate: Vectors of generated clips.

    Shape:
        `[N, D]`, `[M, D]` -> scalar.

    Raises:
        InputError: Fewer than two clips in a set.

    Reference:
        Binkowski et al. 2018, arXiv:1801.01401.
    """
    num_dimensions = reference.shape[1]
    return _discrepancy(reference, estimate, lambda x, y: (x @ y.T / num_dimensions + 1) ** 3)


def mmd_gaussian(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return the discrepancy under the kernel `exp(-|x - y|^2 / (2 s^2))`, that of KAD.

    Args:
        reference: Vectors of real clips; the bandwidth s is the median of their distances.
        estimate: Vectors of generated clips.

    Shape:
        `[N, D]`, `[M, D]` -> scalar, at most 2.

    Raises:
        InputError: Fewer than two clips in a set, or a reference of mostly equal clips.

    Reference:
        Chung et al. 2025, arXiv:2502.15602 (which multiplies by 100); Gretton et al. 2012,
        JMLR 13.
    """
    bandwidth = np.median(pdist(reference)) if len(reference) > 1 else 1.0
    if bandwidth == 0:
        raise InputError("kernel distance", "a median distance of 0", "clips that differ")

    def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.exp(-cdist(x, y, "sqeuclidean") / (2 * bandwidth**2))

    return _discrepancy(reference, estimate, kernel)


def _discrepancy(reference: np.ndarray, estimate: np.ndarray, kernel: Callable) -> float:
    """Unbiased estimate: a clip is not compared with itself."""
    fewest = min(len(reference), len(estimate))
    if fewest < 2:
        raise InputError("kernel distance", f"{fewest} clips", "at least 2")
    reference, estimate = reference.astype(np.float64), estimate.astype(np.float64)
    within = 0.0
    for vectors in (reference, estimate):
        values = kernel(vectors, vectors)
        within += (values.sum() - np.trace(values)) / (len(vectors) * (len(vectors) - 1))
    return float(within - 2 * kernel(reference, estimate).mean())
