"""The Frechet distance of two sets of vectors, each taken for a Gaussian.

Letters: N and M clips, D dimensions.
"""

from collections.abc import Sequence

import numpy as np

from tfgan_audio.errors import InputError


def frechet_distance(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Compare means and covariances: `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`.

    It depends on the number of clips: the fewer, the larger. Compare equal numbers only.

    Args:
        reference: Vectors of real clips.
        estimate: Vectors of generated clips.

    Shape:
        `[N, D]`, `[M, D]` -> scalar, with N and M above D.

    Returns:
        The squared distance, at least 0; 0 for equal sets.

    Raises:
        InputError: No more clips than dimensions, so that a covariance is not known.

    Reference:
        Dowson and Landau 1982, J. Multivariate Analysis 12(3); Heusel et al. 2017,
        arXiv:1706.08500.
    """
    fewest, num_dimensions = min(len(reference), len(estimate)), reference.shape[1]
    if fewest <= num_dimensions:
        expected = f"more than {num_dimensions}, the dimensions of their covariance"
        raise InputError("Frechet distance", f"{fewest} clips", expected)
    means = [vectors.mean(axis=0, dtype=np.float64) for vectors in (reference, estimate)]
    first, second = (
        np.cov(vectors, rowvar=False, dtype=np.float64).reshape(2 * [num_dimensions])
        for vectors in (reference, estimate)
    )
    # The product of two covariances has the eigenvalues of this symmetric one, which are real.
    root = _root(first)
    eigenvalues = np.linalg.eigvalsh(root @ second @ root)
    trace_of_root = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
    distance = np.square(means[0] - means[1]).sum()
    distance += np.trace(first) + np.trace(second) - 2 * trace_of_root
    return float(max(0.0, distance))


def with_labels(
    reference: np.ndarray,
    estimate: np.ndarray,
    reference_labels: Sequence[str],
    estimate_labels: Sequence[str],
) -> tuple[np.ndarray, np.ndarray]:
    """Append to each vector which label it has, as long as vectors of real clips are on average.

    The Frechet distance of the results is the joint one: low where each label has its own clips.

    Args:
        reference: Vectors of real clips.
        estimate: Vectors of generated clips.
        reference_labels: Class of each real clip.
        estimate_labels: Class that each generated clip was asked to be.

    Shape:
        `[N, D]`, `[M, D]` -> `[N, D + L - 1]`, `[M, D + L - 1]` for L labels of real clips, the
        last of which is what the others leave.

    Raises:
        InputError: Fewer than two labels of real clips, or generated clips of another one.

    Reference:
        DeVries et al. 2019, arXiv:1907.08175, equations 2 and 4.
    """
    names = sorted(set(reference_labels))
    if len(names) < 2:
        raise InputError("labels", f"{len(names)} of real clips", "at least 2")
    unknown = sorted(set(estimate_labels) - set(names))
    if unknown:
        seen = ", ".join(name or "none" for name in unknown)
        raise InputError("labels", seen, f"those of real clips, {', '.join(names)}")
    scale = np.linalg.norm(reference, axis=1).mean()
    both = ((reference, reference_labels), (estimate, estimate_labels))
    first, second = (
        np.hstack([vectors, scale * (np.asarray(labels)[:, None] == names[:-1])])
        for vectors, labels in both
    )
    return first, second


def _root(covariance: np.ndarray) -> np.ndarray:
    """Symmetric square root of a positive semi-definite matrix."""
    eigenvalues, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(eigenvalues, 0.0))) @ vectors.T
