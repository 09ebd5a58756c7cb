import numpy as np
import pytest
from scipy.linalg import sqrtm

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.frechet import frechet_distance, with_labels


def gaussian(rng, mean, covariance, num_clips=200):
    """Clips with exactly this mean and covariance."""
    draws = rng.normal(size=(num_clips, len(mean)))
    draws -= draws.mean(axis=0)
    draws = np.linalg.solve(np.linalg.cholesky(np.cov(draws.T)), draws.T).T
    return mean + draws @ np.linalg.cholesky(covariance).T


def test_distance_of_known_gaussians(rng):
    """Covariances diag(4, 9) and diag(1, 25): (2 - 1)^2 + (3 - 5)^2, and means 3 and 4 apart."""
    first = gaussian(rng, np.array([1.0, 1.0]), np.diag([4.0, 9.0]))
    second = gaussian(rng, np.array([4.0, 5.0]), np.diag([1.0, 25.0]), 300)
    assert frechet_distance(first, second) == pytest.approx(25 + 1 + 4)


def test_distance_against_the_square_root_of_the_product(rng):
    clips = [rng.normal(size=(90, 12)) @ rng.normal(size=(12, 12)) for _ in range(2)]
    first, second = (np.cov(each.T) for each in clips)
    means = clips[0].mean(axis=0) - clips[1].mean(axis=0)
    expected = means @ means + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert frechet_distance(*clips) == pytest.approx(expected)
    assert frechet_distance(*clips[::-1]) == pytest.approx(expected)


def test_same_shifted_and_flat_sets(rng):
    clips = rng.normal(size=(50, 6))
    assert frechet_distance(clips, clips) == pytest.approx(0, abs=1e-9)
    shift = np.array([0, 0, 3, 0, -4, 0])
    assert frechet_distance(clips, clips + shift) == pytest.approx(25)
    flat = clips.copy()
    flat[:, 2] = 1.0  # a covariance that cannot be inverted
    assert frechet_distance(flat, flat + shift) == pytest.approx(25)
    assert frechet_distance(clips[:, :1], clips[:, :1] + 2) == pytest.approx(4)


def test_too_few_clips_are_refused():
    with pytest.raises(InputError, match="got 6 clips, expected more than 6, the dimensions"):
        frechet_distance(np.zeros((50, 6)), np.zeros((6, 6)))


def test_joint_distance_tells_clips_under_the_wrong_label(rng):
    """Two far classes: the same clips are at no distance, with their labels swapped at a large one.

    One dimension that is +-1 by class, and a label column as long: mean and variances stay, the
    covariance changes its sign, and the distance is tr(C1 + C2 - 2 (C1 C2)^(1/2)) of rank-1 parts.
    """
    classes = np.tile([0, 1], 100)
    clips = 2.0 * classes[:, None] - 1.0 + rng.normal(size=(200, 1)) * 1e-6
    right = np.where(classes, "high", "low")
    swapped = np.where(classes, "low", "high")
    assert frechet_distance(*with_labels(clips, clips, right, right)) == pytest.approx(0, abs=1e-6)
    first, second = with_labels(clips, clips, right, swapped)
    expected = 2 * np.trace(np.cov(first.T)) - 2 * np.trace(
        sqrtm(np.cov(first.T) @ np.cov(second.T) + 1e-12 * np.eye(2)).real
    )
    assert frechet_distance(first, second) == pytest.approx(expected, rel=1e-3)
    assert expected > 1
    assert frechet_distance(clips, clips) == 0


@pytest.mark.parametrize(
    ("labels", "asked", "message"),
    [
        (["a", "a"], ["a", "a"], "labels: got 1 of real clips, expected at least 2"),
        (["a", "b"], ["a", ""], "labels: got none, expected those of real clips"),
    ],
)
def test_labels_that_do_not_tell_clips_apart_are_refused(labels, asked, message):
    with pytest.raises(InputError, match=message):
        with_labels(np.eye(2), np.eye(2), labels, asked)
