"""Ways between latents: their ends, their lengths and their angles."""

import numpy as np
import pytest
import scipy.spatial

from tfgan_audio.errors import InputError
from tfgan_audio.serving.latent_paths import KINDS, label_path, latent_path


@pytest.fixture
def points(rng) -> np.ndarray:
    """Four latents."""
    return rng.uniform(-1, 1, [4, 7]).astype(np.float32)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("num", [2, 3, 10])
def test_every_point_is_on_the_way_to_the_bit(points, kind: str, num: int) -> None:
    path = latent_path(points, num, kind)
    assert path.dtype == np.float32 and path.shape == (3 * (num - 1) + 1, 7)
    np.testing.assert_array_equal(path[:: num - 1], points)


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_back_is_the_way_reversed(points, kind: str) -> None:
    path = latent_path(points, 6, kind)
    np.testing.assert_allclose(latent_path(points[::-1], 6, kind), path[::-1], atol=1e-6)


def test_a_straight_way_has_equal_steps(points) -> None:
    steps = np.diff(latent_path(points[:2], 5, "linear"), axis=0)
    np.testing.assert_allclose(steps, np.tile((points[1] - points[0]) / 4, [4, 1]), atol=1e-6)


def test_a_spherical_way_turns_and_grows_at_constant_rates(points) -> None:
    start, end = points[:2] * [[1.0], [3.0]]
    path = latent_path(np.stack([start, end]), 9, "spherical").astype(np.float64)
    lengths = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(lengths, np.linspace(lengths[0], lengths[-1], 9), rtol=1e-6)
    turns = np.arccos(np.sum(path[1:] * path[:-1], axis=1) / lengths[1:] / lengths[:-1])
    whole = np.arccos(start @ end / lengths[0] / lengths[-1])
    np.testing.assert_allclose(turns, whole / 8, rtol=1e-5)


def test_a_spherical_way_of_equal_lengths_is_that_of_scipy(points) -> None:
    units = points[:2].astype(np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    expected = scipy.spatial.geometric_slerp(*units, np.linspace(0, 1, 6))
    np.testing.assert_allclose(latent_path(units, 6, "spherical"), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("start", "end"), [([1, 2], [2, 4]), ([1, 2], [-1, -2]), ([0, 0], [1, 2]), ([0, 0], [0, 0])]
)
def test_points_without_an_angle_are_joined_straight(start: list, end: list) -> None:
    points = np.array([start, end], np.float32)
    spherical = latent_path(points, 5, "spherical")
    np.testing.assert_allclose(spherical, np.linspace(start, end, 5), atol=1e-6)


def test_labels_cross_fade_beside_the_latents() -> None:
    shares = label_path(np.array([1, 1, 0, 2]), 3, 5)
    assert shares.dtype == np.float32 and shares.shape == (13, 3)
    np.testing.assert_array_equal(shares[:5], np.tile([0, 1, 0], [5, 1]))
    np.testing.assert_allclose(shares[4:9, 0], [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(shares[8:, 2], [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(shares.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros([1, 4])}, "points: got 1, expected at least 2 to go between"),
        ({"num": 1}, "num: got 1, expected at least 2: "),
        ({"kind": "cubic"}, "kind: got cubic, expected one of spherical, linear"),
    ],
)
def test_what_is_no_way_is_refused(change: dict, message: str) -> None:
    with pytest.raises(InputError) as error:
        latent_path(**{"points": np.zeros([2, 4]), "num": 3, **change})
    assert str(error.value).startswith(message)
