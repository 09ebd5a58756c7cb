"""Drop-out that repeats: its parts, its mean, and its state."""

import keras
import numpy as np
import pytest

from tfgan_audio.layers.counted_dropout import CountedDropout

ONES = np.ones([4, 500, 3], np.float32)


def test_a_part_is_dropped_and_the_mean_stays() -> None:
    dropped = CountedDropout(0.2)(ONES, training=True).numpy()
    assert np.unique(dropped).tolist() == [0.0, pytest.approx(1.25)]
    assert (dropped == 0.0).mean() == pytest.approx(0.2, abs=0.02)
    np.testing.assert_array_equal(CountedDropout(0.2)(ONES), ONES)


def test_draws_differ_and_go_on_where_they_were_saved(tmp_path) -> None:
    inputs = keras.Input([None, 3])
    models = [keras.Model(inputs, CountedDropout(0.5, seed=3)(inputs)) for _ in range(2)]
    first, second = (models[0](ONES, training=True).numpy() for _ in range(2))
    assert not np.array_equal(first, second)
    models[1](ONES, training=True)
    models[1].save_weights(tmp_path / "a.weights.h5")
    fresh = keras.Model(inputs, CountedDropout(0.5, seed=3)(inputs))
    fresh.load_weights(tmp_path / "a.weights.h5")
    np.testing.assert_array_equal(fresh(ONES, training=True), second)
    other = CountedDropout(0.5, seed=4)(ONES, training=True)
    assert not np.array_equal(other, first)
