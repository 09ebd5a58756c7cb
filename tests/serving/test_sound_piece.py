"""Pieces of any length, from a generator and a prior whose every sample is known."""

import itertools

import numpy as np
import pytest

from tfgan_audio.audio.joining import join_slices
from tfgan_audio.errors import InputError
from tfgan_audio.latents import draw_latents
from tfgan_audio.serving.sound_generator import SoundGenerator
from tfgan_audio.serving.sound_piece import SoundPieces

SLICE, OVERLAP, RATE = 100, 20, 50


class WalkingPrior:
    """Each latent is a tenth of all draws so far; labels and temperature are remembered."""

    overlap_samples = OVERLAP

    def sample(self, draws, labels, temperature):
        self.labels, self.temperature = labels, temperature
        return np.cumsum(draws[:, 1:], axis=0).astype(np.float32) / 10.0


def render(latents, labels):
    """Slices that are their latent's first number and label all along, in both channels."""
    level = latents[:, :1] + (0.0 if labels is None else 10.0 * labels[:, None])
    return np.repeat(level[..., None], SLICE, axis=1).repeat(2, axis=2).astype(np.float32)


def pieces(label_names=()) -> SoundPieces:
    generator = SoundGenerator(render, 3, SLICE, RATE, 2, label_names)
    return SoundPieces(generator, WalkingPrior())


@pytest.mark.parametrize("seconds", [0.01, 0.02, 1.99, 2.0, 2.01, 3.6, 3.62, 20.0])
def test_a_piece_is_as_long_as_was_asked(seconds: float) -> None:
    assert pieces().make(seconds).shape == (round(seconds * RATE) or 1, 2)


def test_a_piece_is_its_slices_joined() -> None:
    made = pieces()
    latents = made.draw(4.0, seed=3)
    np.testing.assert_array_equal(
        latents, WalkingPrior().sample(draw_latents(3, 4, seed=3), None, 1.0)
    )
    expected = np.concatenate(list(join_slices(render(latents, None), OVERLAP)))[:200]
    np.testing.assert_array_equal(made.make(4.0, seed=3), expected)


def test_saved_latents_give_the_piece_again_and_a_part_of_it() -> None:
    made = pieces()
    latents, piece = made.draw(10.0, seed=1), made.make(10.0, seed=1)
    np.testing.assert_array_equal(np.concatenate(list(made.blocks(latents, 10.0))), piece)
    np.testing.assert_array_equal(np.concatenate(list(made.blocks(latents, 2.5))), piece[:125])
    assert made.num_slices(2.5) == 2
    whole = np.concatenate(list(made.blocks(latents)))
    assert len(whole) == len(latents) * (SLICE - OVERLAP) + OVERLAP
    np.testing.assert_array_equal(whole[:480], piece[:480])


def test_longer_pieces_begin_with_shorter_ones_and_seeds_differ() -> None:
    made = pieces()
    short, long = made.make(3.0, seed=2), made.make(9.0, seed=2)
    np.testing.assert_array_equal(long[: len(short)], short)
    assert np.any(made.make(3.0, seed=4) != short)


def test_labels_share_a_piece_one_after_the_other() -> None:
    made = pieces(("low", "high"))
    latents = made.draw(10.0, labels=["low", "high"], temperature=0.5)
    assert made.prior.temperature == 0.5
    np.testing.assert_array_equal(made.prior.labels, [0, 0, 0, 1, 1, 1])
    piece = np.concatenate(list(made.blocks(latents, 10.0, ["low", "high"])))
    assert piece[:240].max() < 5.0 < piece[260:].min()
    np.testing.assert_array_equal(made.labels_of(3, 1), [1, 1, 1])
    assert pieces().labels_of(3) is None


def test_slices_are_made_when_they_are_needed() -> None:
    made, count = pieces(), itertools.count(1)
    rendered = []

    def counting(latents, labels):
        rendered.append(next(count))
        return render(latents, labels)

    made.generator = SoundGenerator(counting, 3, SLICE, RATE, 2)
    blocks = made.blocks(np.zeros([50, 3]))
    next(blocks), next(blocks)
    assert rendered == [1, 2, 3]


def test_a_generator_finds_its_prior_when_it_is_asked_for_a_piece() -> None:
    found = []

    def find() -> WalkingPrior:
        found.append(WalkingPrior())
        return found[-1]

    generator = SoundGenerator(render, 3, SLICE, RATE, 2, find_prior=find)
    assert generator.generate(1).shape == (1, SLICE, 2) and not found
    np.testing.assert_array_equal(generator.pieces.make(3.0, 7), pieces().make(3.0, 7))
    assert generator.pieces.prior is found[0] and len(found) == 1
    with pytest.raises(InputError, match="pieces: got a generator alone"):
        assert SoundGenerator(render, 3, SLICE, RATE, 2).pieces


def test_what_cannot_be_is_refused() -> None:
    for seconds in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="seconds: got .*, expected a number above 0"):
            pieces().make(seconds)
    with pytest.raises(InputError, match="labels: got none, expected some of a, b"):
        pieces(("a", "b")).make(1.0)
    with pytest.raises(InputError, match="label: got c"):
        pieces().make(1.0, labels="c")
    with pytest.raises(InputError, match="latents: got 2, expected 6 for 10 seconds"):
        list(pieces().blocks(np.zeros([2, 3]), 10.0))
    with pytest.raises(InputError, match=r"latents: got shape \[2, 4\]"):
        list(pieces().blocks(np.zeros([2, 4])))
