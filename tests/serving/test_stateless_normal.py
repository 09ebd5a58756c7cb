"""Noise without TensorFlow is TensorFlow's own."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.serving.stateless_normal import stateless_normal


@pytest.mark.parametrize("shape", [[1], [2, 3], [8, 1024], [5, 7, 11]])
@pytest.mark.parametrize("seed", [(0, 0), (0, 1), (3, 12345), (2**31 - 1, 2**31 - 1)])
def test_the_noise_is_that_of_tensorflow(shape: list[int], seed: tuple[int, int]) -> None:
    with tf.device("CPU"):
        expected = tf.random.stateless_normal(shape, seed).numpy()
    found = stateless_normal(shape, seed)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-6)
