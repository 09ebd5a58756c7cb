"""Feature matching against hand-computed values and the original codes."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.losses.feature_matching import feature_matching

SCORE = [[100.0]]


def judgement(*scales: list) -> list[list[tf.Tensor]]:
    """Scales of maps, each with a score that must not matter."""
    return [[tf.constant(m, tf.float32) for m in [*scale, SCORE]] for scale in scales]


REAL = judgement([[[1.0, 2.0]], [[0.0]]], [[[4.0]]])
FAKE = judgement([[[2.0, 5.0]], [[-6.0]]], [[[3.0]]])


def test_mean_over_elements_then_maps_then_scales() -> None:
    np.testing.assert_allclose(feature_matching(REAL, FAKE), ((2.0 + 6.0) / 2 + 1.0) / 2)


def test_scores_take_no_part() -> None:
    other = [[*scale[:-1], scale[-1] + 9.0] for scale in FAKE]
    assert float(feature_matching(REAL, other)) == float(feature_matching(REAL, FAKE))


def test_identity_is_zero_and_scaling_scales(gradient_of) -> None:
    assert float(feature_matching(REAL, REAL)) == 0.0
    tripled = [[[3.0 * m for m in scale] for scale in maps] for maps in (REAL, FAKE)]
    np.testing.assert_allclose(feature_matching(*tripled), 3 * 2.5)
    equal = gradient_of(lambda x: feature_matching([[x, SCORE]], [[x, SCORE]]), np.ones([1, 2]))
    np.testing.assert_array_equal(equal, 0.0)


def test_gradient_reaches_the_fake_maps_only(gradient_of) -> None:
    at = np.array([[1.0, -1.0]], np.float32)
    zeros = [[tf.zeros([1, 2]), SCORE]]
    to_fake = gradient_of(lambda x: feature_matching(zeros, [[x, SCORE]]), at)
    np.testing.assert_allclose(to_fake, [[0.5, -0.5]])
    both = gradient_of(lambda x: feature_matching([[x, SCORE]], [[2.0 * x, SCORE]]), at)
    np.testing.assert_allclose(both, [[1.0, -1.0]])


def test_bfloat16_maps_are_compared_in_float32(rng) -> None:
    low = [[[tf.cast(rng.normal(size=[4, 64]), tf.bfloat16), SCORE]] for _ in range(2)]
    exact = feature_matching(*[[[tf.cast(j[0][0], tf.float32), SCORE]] for j in low])
    loss = feature_matching(*low)
    assert loss.dtype == tf.float32
    np.testing.assert_array_equal(loss, exact)


@pytest.mark.parametrize(
    "fake", [FAKE[:1], [FAKE[0][1:], FAKE[1]], judgement([], []), tf.zeros([2, 1])]
)
def test_other_structures_are_refused(fake: list) -> None:
    with pytest.raises(InputError, match="maps over scales"):
        feature_matching(REAL, fake)


def test_scores_alone_are_refused() -> None:
    with pytest.raises(InputError, match="none of them 0"):
        feature_matching(tf.zeros([2, 1]), tf.zeros([2, 1]))


def test_maps_of_other_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="shape"):
        feature_matching(judgement([[[1.0, 2.0]]]), judgement([[[1.0]]]))


def test_mean_times_4_8_is_the_weighting_of_the_official_melgan(rng) -> None:
    """It sums over 3 scales of 6 maps with weight (1 / 3) * 4 / (4 + 1)."""
    real, fake = (
        [[rng.normal(size=[2, 2 ** (7 - j), 3]) for j in range(7)] for _ in range(3)]
        for _ in range(2)
    )
    official = sum(
        (1 / 3) * (4 / 5) * np.mean(np.abs(fake[scale][layer] - real[scale][layer]))
        for scale in range(3)
        for layer in range(6)
    )
    np.testing.assert_allclose(4.8 * feature_matching(real, fake), official, rtol=1e-5)
