"""Windows of sequences of latents."""

import numpy as np
import pytest

from tfgan_audio.data.latent_sequences import LatentSequences


@pytest.fixture
def sequences() -> LatentSequences:
    """Three sequences of numbers that tell their sequence and slice, read by five slices."""
    latents = [
        np.stack([np.full(length, number), np.arange(1, length + 1)], axis=1)
        for number, length in enumerate((2, 12, 5))
    ]
    return LatentSequences(latents, [7, 8, 9], most_slices=5)


def test_everything_holds_every_slice_once(sequences) -> None:
    latents, labels, is_there = sequences.everything()
    assert (latents.shape, sequences.num_slices) == ((5, 5, 2), 19)
    there = latents[is_there > 0.0]
    assert [tuple(row) for row in there] == [
        (number, k) for number, length in enumerate((2, 12, 5)) for k in range(1, length + 1)
    ]
    np.testing.assert_array_equal(labels[:, 0], [7, 8, 8, 8, 9])
    assert is_there.sum() == 19 and not latents[is_there == 0.0].any()


def test_drawn_windows_are_whole_where_they_can_be(sequences) -> None:
    latents, labels, is_there = sequences.drawn(seed=1, step=0, batch_size=400)
    np.testing.assert_array_equal(is_there.sum(axis=1), np.where(labels[:, 0] == 7, 2, 5))
    starts = latents[labels[:, 0] == 8, 0, 1]
    assert set(starts) == set(range(1, 9))
    shares = [np.mean(labels[:, 0] == label) for label in (7, 8, 9)]
    np.testing.assert_allclose(shares, np.array([2, 12, 5]) / 19, atol=0.07)


def test_a_batch_depends_on_the_seed_and_the_step(sequences) -> None:
    first = sequences.drawn(1, 2, 8)[0]
    np.testing.assert_array_equal(sequences.drawn(1, 2, 8)[0], first)
    assert np.any(sequences.drawn(1, 3, 8)[0] != first)
    assert np.any(sequences.drawn(2, 2, 8)[0] != first)
