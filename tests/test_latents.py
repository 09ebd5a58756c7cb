"""Drawing latents, and reading them from files."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.latents import draw_latents, read_latents


@pytest.mark.parametrize("index", [0, 1, 7])
def test_a_latent_depends_on_seed_and_index_alone(index: int) -> None:
    """It is what NumPy's generator of that child seed draws, on the grid of float32."""
    child = np.random.SeedSequence(11).spawn(8)[index]
    expected = 2.0 * np.random.default_rng(child).random(5) - 1.0
    for num in (index + 1, 8, 20):
        found = draw_latents(num, 5, seed=11)[index]
        assert np.all((found <= expected) & (expected < found + 2.0**-23))


def test_latents_fill_the_cube_evenly() -> None:
    latents = draw_latents(4000, 6, seed=0)
    assert latents.dtype == np.float32 and np.all((-1.0 <= latents) & (latents < 1.0))
    for axis in range(6):
        counts, _ = np.histogram(latents[:, axis], 10, (-1.0, 1.0))
        assert np.sum(np.square(counts - 400) / 400) < 30.0  # chi-square of 9, p = 0.0004
    others = draw_latents(4000, 6, seed=1)
    neighbours = np.corrcoef(np.concatenate([latents[:-1], latents[1:], others[1:]], axis=1).T)
    assert np.abs(neighbours - np.eye(18)).max() < 0.08  # five standard deviations


@pytest.mark.parametrize("truncation", [0.0, 0.25, 0.7])
def test_truncation_shrinks_the_cube(truncation: float) -> None:
    expected = truncation * draw_latents(3, 4, seed=2).astype(np.float64)
    np.testing.assert_allclose(draw_latents(3, 4, 2, truncation), expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, 4, 0), "num: got None, expected a whole number of at least 1"),
        ((0, 4, 0), "num: got 0, "),
        ((2.0, 4, 0), "num: got 2.0, "),
        ((1, 4, -1), "seed: got -1, expected a whole number of at least 0"),
        ((1, 4, 0.5), "seed: got 0.5, "),
        ((1, 4, 0, 1.5), "truncation: got 1.5, expected a number from 0 to 1"),
        ((1, 4, 0, float("nan")), "truncation: got nan, "),
    ],
)
def test_numbers_out_of_range_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError) as error:
        draw_latents(*arguments)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_any_kind_are_read(tmp_path, rng, dtype: type, order: str) -> None:
    latents = np.asarray(rng.uniform(-3, 3, [5, 4]), dtype, order)
    np.save(tmp_path / "z.npy", latents)
    found = read_latents(tmp_path / "z.npy", 4)
    assert found.dtype == np.float32 and found.flags.writeable
    np.testing.assert_array_equal(found, latents.astype(np.float32))


@pytest.mark.parametrize(
    ("latents", "message"),
    [
        (np.zeros([3, 5]), "shape [3, 5], expected [N, 4], as the model has latent_dim 4"),
        (np.zeros([4, 3]), "shape [4, 3], expected [N, 4]"),
        (np.zeros([4]), "shape [4], expected [N, 4]"),
        (np.zeros([1, 2, 4]), "shape [1, 2, 4], expected [N, 4]"),
        (np.zeros([0, 4]), "shape [0, 4], expected [N, 4]"),
        (np.float32(1.0), "shape [], expected [N, 4]"),
        (np.array([[0, 0, 0, 0], [0, np.nan, 0, 0]]), "numbers that are not finite in row 1, "),
        (np.full([2, 4], -np.inf), "numbers that are not finite in row 0, "),
        (np.full([2, 4], 1e300), "numbers that are not finite in row 0, "),
        (np.full([2, 4], 1j), "no array of numbers, expected a whole .npy file"),
        (np.full([2, 4], True), "no array of numbers, "),
        (np.full([2, 4], "a"), "no array of numbers, "),
        (np.array([["a", None]], object), "no array of numbers, "),
    ],
)
def test_other_latents_are_refused(tmp_path, latents: np.ndarray, message: str) -> None:
    path = tmp_path / "z.npy"
    np.save(path, latents, allow_pickle=True)
    refused(path, message)


def test_other_files_are_refused(tmp_path) -> None:
    path = tmp_path / "z.npy"
    refused(path, "no such file, expected a .npy file of latents")
    refused(tmp_path, "no such file, ")
    for content in (b"", b"text", b"\x93NUMPY"):
        path.write_bytes(content)
        refused(path, "no array of numbers, ")
    np.savez(tmp_path / "z.npz", np.zeros([2, 4]))
    refused(tmp_path / "z.npz", "no array of numbers, ")
    np.save(path, np.zeros([2, 4]))
    path.write_bytes(path.read_bytes()[:-1])
    refused(path, "no array of numbers, ")


def test_a_file_that_claims_to_be_huge_is_refused_at_once(tmp_path) -> None:
    path = tmp_path / "z.npy"
    np.save(path, np.zeros([2, 4]))
    content = path.read_bytes()
    claimed = content.replace(b"(2, 4), }            ", b"(9999999999999, 4), }")
    assert claimed != content and len(claimed) == len(content)
    path.write_bytes(claimed)
    refused(path, "no array of numbers, ")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a user who may become another one")
def test_a_file_that_cannot_be_read_is_refused() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        path = Path(name, "z.npy")
        path.parent.chmod(0o755)
        np.save(path, np.zeros([2, 4]))
        path.chmod(0o600)
        os.seteuid(65534)
        try:
            refused(path, "Permission denied, expected a readable file")
        finally:
            os.seteuid(0)


def refused(path: Path, message: str) -> None:
    """Check that reading a file ends with a line that names it."""
    with pytest.raises(InputError) as error:
        read_latents(path, 4)
    assert str(error.value).startswith(f"{path}: got {message}"), error.value
