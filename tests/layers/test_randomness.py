"""Draws by example on one device; two replicas are compared with one in `test_replicas.py`."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.layers.randomness import draw_for_examples

DRAWS = [tf.random.stateless_normal, tf.random.stateless_uniform]


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("shape", [(), (3,), (1, 1)])
def test_one_device_draws_as_tensorflow_does(draw, shape: tuple[int, ...]) -> None:
    found = draw_for_examples(draw, tf.constant(5), shape, tf.constant([1, 2]))
    np.testing.assert_array_equal(found, draw([5, *shape], seed=[1, 2]))


def test_seeds_decide() -> None:
    def draw(seed: list[int]) -> np.ndarray:
        normal = tf.random.stateless_normal
        return draw_for_examples(normal, tf.constant(50), (40,), tf.constant(seed)).numpy()

    np.testing.assert_array_equal(draw([3, 4]), draw([3, 4]))
    samples = [draw(seed) for seed in ([3, 4], [3, 5], [4, 4], [4, 3])]
    correlations = np.corrcoef([sample.ravel() for sample in samples])
    assert np.abs(correlations - np.eye(4)).max() < 0.1


def test_examples_differ_and_follow_the_distribution() -> None:
    drawn = draw_for_examples(
        tf.random.stateless_normal, tf.constant(200), (100,), tf.constant([0, 0])
    ).numpy()
    assert len(np.unique(drawn, axis=0)) == 200
    assert abs(drawn.mean()) < 0.03 and abs(drawn.std() - 1.0) < 0.03
