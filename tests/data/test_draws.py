"""Draws depend on seed, index and stream alone."""

import numpy as np

from tfgan_audio.data.draws import generator_at, shuffled


def test_equal_arguments_give_equal_draws_whatever_was_drawn_between() -> None:
    first = generator_at(5, 17).random(4)
    np.random.seed(0)
    generator_at(5, 18).random(100)
    np.testing.assert_array_equal(first, generator_at(5, 17).random(4))


def test_values_stay_the_same_on_every_version_of_numpy() -> None:
    # Independent: Philox itself, with the 128-bit key written out and the counter set by hand.
    key = np.random.SeedSequence(3).generate_state(2, np.uint64)
    by_hand = np.random.Philox(key=key, counter=[0, 0, 4, 2]).random_raw(3)
    np.testing.assert_array_equal(generator_at(3, 4, stream=2).bit_generator.random_raw(3), by_hand)
    assert generator_at(3, 4, stream=2).random() == (by_hand[0] >> np.uint64(11)) * 2.0**-53


def test_neighbours_in_seed_index_and_stream_are_unrelated() -> None:
    arguments = [
        (seed, index, stream) for seed in range(4) for index in range(8) for stream in (0, 1)
    ]
    draws = np.array([generator_at(*each).standard_normal(2000) for each in arguments])
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 5 / np.sqrt(2000)


def test_every_epoch_visits_everything_once_in_another_order() -> None:
    epochs = [[shuffled(1, 50 * epoch + i, 50) for i in range(50)] for epoch in range(3)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(50))
    assert epochs[0] != epochs[1] != epochs[2]
    assert epochs[0] != [shuffled(2, i, 50) for i in range(50)]


def test_shuffles_of_different_streams_are_unrelated() -> None:
    orders = [[shuffled(1, i, 200, stream) for i in range(200)] for stream in range(1, 6)]
    correlation = np.corrcoef(orders) - np.eye(5)
    assert np.abs(correlation).max() < 5 / np.sqrt(200)
    assert orders[0] == [shuffled(1, i, 200) for i in range(200)]
