"""The best alignment against the best of all of them."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.layers.monotonic_search import search_durations


def best_durations(scores: np.ndarray) -> list[int]:
    """The durations of the best of all alignments, tried one by one."""
    num_frames, num_symbols = scores.shape
    found = {}
    for ends in itertools.combinations(range(1, num_frames), num_symbols - 1):
        durations = np.diff([0, *ends, num_frames])
        path = np.repeat(np.arange(num_symbols), durations)
        found[tuple(durations)] = scores[np.arange(num_frames), path].sum()
    return list(max(found, key=found.get))


@pytest.mark.parametrize(("num_frames", "num_symbols"), [(8, 4), (5, 5), (6, 1), (7, 2)])
def test_it_finds_the_best_of_all(rng, num_frames: int, num_symbols: int) -> None:
    scores = rng.standard_normal((5, num_frames, num_symbols)).astype(np.float32)
    found = search_durations(scores, tf.fill([5], num_frames), tf.fill([5], num_symbols))
    assert found.numpy().tolist() == [best_durations(example) for example in scores]


def test_padding_changes_nothing(rng) -> None:
    scores = rng.standard_normal((3, 9, 5)).astype(np.float32)
    sizes = [(9, 5), (6, 2), (5, 5)]
    found = search_durations(scores, *map(tf.constant, zip(*sizes, strict=True))).numpy()
    for example, durations, (num_frames, num_symbols) in zip(scores, found, sizes, strict=True):
        alone = best_durations(example[:num_frames, :num_symbols])
        assert durations.tolist() == alone + [0] * (5 - num_symbols)


def test_of_equal_alignments_symbols_that_come_late_stay_short() -> None:
    found = search_durations(np.zeros([1, 5, 3], np.float32), tf.constant([5]), tf.constant([3]))
    assert found.numpy().tolist() == [[3, 1, 1]]
