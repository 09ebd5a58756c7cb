import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.neighbours import (
    nearest,
    precision_recall_density_coverage,
)


def test_nearest_is_that_of_a_search_of_all_pairs(rng):
    queries, candidates = (
        40 + rng.normal(size=(num_clips, 30)).astype(np.float32) for num_clips in (600, 301)
    )
    search = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(candidates)
    distances, indices = search.kneighbors(queries)
    found = nearest(queries, candidates)
    np.testing.assert_array_equal(found[0], indices[:, 0])
    np.testing.assert_allclose(found[1], distances[:, 0], rtol=1e-6)
    distances, indices = search.kneighbors(candidates)
    found = nearest(candidates, candidates, same_set=True)
    np.testing.assert_array_equal(found[0], indices[:, 1])
    np.testing.assert_allclose(found[1], distances[:, 1], rtol=1e-6)


def test_nearest_needs_a_neighbour():
    one = np.ones((1, 3))
    assert nearest(one, one)[1] == [0]
    with pytest.raises(InputError, match="1 clips, expected at least 2"):
        nearest(one, one, same_set=True)


def test_regions_on_a_line_by_hand():
    """Balls to the nearest neighbour: radius 1 around 0, 1, 2 and 7 around 9."""
    reference = np.array([[0.0], [1.0], [2.0], [9.0]])
    estimate = np.array([[0.5], [0.6], [8.0], [30.0]])
    found = precision_recall_density_coverage(reference, estimate, 1)
    assert found == {
        "precision": 3 / 4,  # all but 30
        # In balls of radius 0.1, 0.1, 7.4 and 22: all but 0 in (0.6, 15.4), and 9 in (8, 52) too.
        "recall": 3 / 4,
        "density": (2 + 2 + 1) / 4,
        "coverage": 3 / 4,  # none near 2
    }


def test_regions_of_equal_and_of_distant_sets(rng):
    clips = rng.normal(size=(60, 5))
    same = precision_recall_density_coverage(clips, clips)
    assert same == {"precision": 1, "recall": 1, "density": 1, "coverage": 1}
    apart = precision_recall_density_coverage(clips, clips + 100)
    assert apart == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}


def test_regions_against_another_implementation(rng):
    reference, estimate, k = rng.normal(size=(80, 4)), 0.3 + rng.normal(size=(50, 4)), 3

    def inside(points, clips):
        radii = NearestNeighbors(n_neighbors=k + 1).fit(clips).kneighbors(clips)[0][:, k]
        gaps = np.linalg.norm(points[:, None] - clips[None], axis=2)
        return gaps < radii

    in_reference, in_estimate = inside(estimate, reference), inside(reference, estimate)
    found = precision_recall_density_coverage(reference, estimate, k)
    assert found["precision"] == pytest.approx(in_reference.any(axis=1).mean())
    assert found["recall"] == pytest.approx(in_estimate.any(axis=1).mean())
    assert found["density"] == pytest.approx(in_reference.sum() / 50 / k)
    assert found["coverage"] == pytest.approx(in_reference.any(axis=0).mean())


def test_a_collapsed_set_is_precise_and_covers_little(rng):
    clips = rng.normal(size=(100, 3))
    found = precision_recall_density_coverage(clips, clips[0] + 1e-3 * rng.normal(size=(100, 3)))
    assert found["precision"] == 1 and found["recall"] < 0.05 and found["coverage"] < 0.3


def test_too_few_clips_are_refused():
    with pytest.raises(InputError, match="got 5 clips, expected more than 5"):
        precision_recall_density_coverage(np.zeros((9, 2)), np.zeros((5, 2)))
    with pytest.raises(InputError, match="num_neighbours: got 0"):
        precision_recall_density_coverage(np.zeros((9, 2)), np.zeros((9, 2)), 0)
