from itertools import permutations, product

import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.kernel_distances import mmd_gaussian, mmd_polynomial


def by_pairs(reference, estimate, kernel):
    """The unbiased estimate, pair by pair."""
    within = [
        np.mean([kernel(*pair) for pair in permutations(s, 2)]) for s in (reference, estimate)
    ]
    return sum(within) - 2 * np.mean([kernel(*pair) for pair in product(reference, estimate)])


def test_polynomial_pair_by_pair(rng):
    reference, estimate = rng.normal(size=(7, 3)), 0.5 + rng.normal(size=(9, 3))
    expected = by_pairs(reference, estimate, lambda x, y: (x @ y / 3 + 1) ** 3)
    assert mmd_polynomial(reference, estimate) == pytest.approx(expected)


def test_gaussian_pair_by_pair(rng):
    reference, estimate = rng.normal(size=(7, 3)), 0.5 + rng.normal(size=(9, 3))
    gaps = [np.linalg.norm(x - y) for x, y in permutations(reference, 2)]
    variance = np.median(gaps) ** 2
    expected = by_pairs(
        reference, estimate, lambda x, y: np.exp(-np.sum((x - y) ** 2) / 2 / variance)
    )
    assert mmd_gaussian(reference, estimate) == pytest.approx(expected)


def test_gaussian_by_hand():
    """Two clips 1 apart in each set, the sets far apart: each pair within gives exp(-1/2)."""
    reference = np.array([[0.0], [1.0]])
    assert mmd_gaussian(reference, reference + 1000) == pytest.approx(2 * np.exp(-0.5))


@pytest.mark.parametrize("distance", [mmd_polynomial, mmd_gaussian])
def test_there_is_no_bias_whatever_the_number_of_clips(rng, distance):
    for num_clips in (5, 20):
        found = [
            distance(rng.normal(size=(50, 4)), rng.normal(size=(num_clips, 4))) for _ in range(400)
        ]
        error = np.std(found) / np.sqrt(len(found))
        assert abs(np.mean(found)) < 3 * error
        assert distance(rng.normal(size=(50, 4)), 2 + rng.normal(size=(num_clips, 4))) > 20 * error


def test_bad_sets_are_refused():
    two = np.array([[0.0], [1.0]])
    for distance in (mmd_polynomial, mmd_gaussian):
        with pytest.raises(InputError, match="got 1 clips, expected at least 2"):
            distance(two, two[:1])
        with pytest.raises(InputError, match="got 1 clips, expected at least 2"):
            distance(two[:1], two)
    with pytest.raises(InputError, match="a median distance of 0"):
        mmd_gaussian(np.zeros((5, 1)), two)
