"""Bins of the training data that generated clips fill too much or too little.

Letters: N and M clips, D dimensions, K bins.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.cluster.vq import kmeans2, vq
from scipy.stats import norm

from tfgan_audio.errors import InputError

SIGNIFICANCE = 0.05
CLIPS_PER_BIN = 5  # below, the normal approximation of the test is no good
_NUM_ITERATIONS = 50


@dataclass(frozen=True)
class Bins:
    """Shares of two sets in the bins of the first.

    Args:
        reference_shares: Share of the real clips in each bin, `[K]`.
        estimate_shares: Share of the generated clips in each bin, `[K]`.
        is_different: Whether the two differ significantly, `[K]`.
    """

    reference_shares: np.ndarray
    estimate_shares: np.ndarray
    is_different: np.ndarray

    @property
    def ndb(self) -> float:
        """Number of statistically different bins over the number of bins, 0 to 1."""
        return float(self.is_different.mean())


def compare_bins(
    reference: np.ndarray, estimate: np.ndarray, num_bins: int = 50, seed: int = 0
) -> Bins:
    """Cut the space into the cells of k-means on real clips, and compare how full they are.

    A bin differs if a two-proportion z-test says so at 0.05; of two sets of one distribution, about
    one bin in twenty does.

    Args:
        reference: Vectors of real clips.
        estimate: Vectors of generated clips.
        num_bins: K, from 2.
        seed: Of the first centres.

    Shape:
        `[N, D]`, `[M, D]`, with N and M at least 5 K.

    Raises:
        InputError: Too few bins, or too few clips for them.

    Reference:
        Richardson and Weiss 2018, arXiv:1805.12462.
    """
    if num_bins < 2:
        raise InputError("num_bins", num_bins, "at least 2")
    fewest = min(len(reference), len(estimate))
    if fewest < CLIPS_PER_BIN * num_bins:
        expected = f"at least {CLIPS_PER_BIN * num_bins} for {num_bins} bins"
        raise InputError("NDB", f"{fewest} clips", expected)
    reference, estimate = reference.astype(np.float64), estimate.astype(np.float64)
    distinct = len(np.unique(reference, axis=0))
    if distinct < num_bins:
        raise InputError("NDB", f"{distinct} different clips", f"at least {num_bins} real ones")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One of the clusters is empty")  # a bin of estimates only
        centres, _ = kmeans2(reference, num_bins, _NUM_ITERATIONS, minit="++", seed=seed)
    counts = [
        np.bincount(vq(vectors, centres)[0], minlength=num_bins)
        for vectors in (reference, estimate)
    ]
    return _compared(*counts)


def _compared(reference_counts: np.ndarray, estimate_counts: np.ndarray) -> Bins:
    """Two-proportion z-test of each bin, with the pooled share in the variance."""
    sizes = reference_counts.sum(), estimate_counts.sum()
    pooled = (reference_counts + estimate_counts) / sum(sizes)
    deviation = np.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    reference_shares, estimate_shares = reference_counts / sizes[0], estimate_counts / sizes[1]
    limit = norm.ppf(1 - SIGNIFICANCE / 2) * deviation
    is_different = np.abs(reference_shares - estimate_shares) > limit
    return Bins(reference_shares, estimate_shares, is_different)
