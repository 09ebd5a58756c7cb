"""Judgements: one form for single scores and for maps over scales."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.losses.adversarial import hinge_discriminator, lsgan_generator
from tfgan_audio.losses.judgement import maps_of, over_scales, scores_of


def test_a_tensor_is_one_scale_without_maps() -> None:
    score = tf.constant([[1.0], [2.0]])
    assert scores_of(score)[0] is score and len(scores_of(score)) == 1
    assert maps_of(score) == [[]]


def test_the_last_map_of_each_scale_is_its_score() -> None:
    maps = [tf.constant(float(number)) for number in range(5)]
    judgement = [[maps[0], maps[1], maps[2]], (maps[3], maps[4])]
    assert [float(score) for score in scores_of(judgement)] == [2.0, 4.0]
    assert [[float(m) for m in scale] for scale in maps_of(judgement)] == [[0.0, 1.0], [3.0]]


@pytest.mark.parametrize("judgement", [[], [tf.zeros([2, 1])], [[]], [[tf.zeros([2])], []]])
def test_malformed_judgements_are_refused(judgement: list) -> None:
    with pytest.raises(InputError, match="a list over scales of lists of maps"):
        scores_of(judgement)


def test_scales_are_summed_and_averaged_on_request() -> None:
    fake = [[tf.constant([[3.0]])], [tf.constant([[0.0], [1.0]])]]  # (3-1)^2 = 4; (1 + 0)/2 = 0.5
    assert float(over_scales(lsgan_generator, fake)) == 4.5
    assert float(over_scales(lsgan_generator, fake, average=True)) == 2.25


def test_scales_of_real_and_fake_are_paired_in_order() -> None:
    real = [[tf.constant([0.0])], [tf.constant([2.0])]]  # margins missed: 1, 0
    fake = [[tf.constant([-2.0])], [tf.constant([0.5])]]  # margins missed: 0, 1.5
    assert float(over_scales(hinge_discriminator, real, fake)) == 2.5
    assert float(over_scales(hinge_discriminator, fake, real)) == 3.0 + 1.0 + 0.5 + 3.0


def test_a_bare_score_passes_through() -> None:
    score = tf.constant([[0.25]])
    assert float(over_scales(lsgan_generator, score)) == 0.5625


def test_different_numbers_of_scales_are_refused() -> None:
    scale = [tf.zeros([1, 1])]
    with pytest.raises(InputError, match=r"judgements: got \[2, 1\] scales"):
        over_scales(hinge_discriminator, [scale, scale], [scale])


def test_judgements_of_a_functional_model_keep_their_structure() -> None:
    audio = keras.Input([8, 1])
    scales = []
    for stride in (1, 2):
        features = keras.layers.Conv1D(3, 3, stride, "same")(audio)
        scales.append([features, keras.layers.Conv1D(1, 3, padding="same")(features)])
    judgement = keras.Model(audio, scales)(np.ones([2, 8, 1], np.float32))
    assert [tuple(score.shape) for score in scores_of(judgement)] == [(2, 8, 1), (2, 4, 1)]
    assert [tuple(scale[0].shape) for scale in maps_of(judgement)] == [(2, 8, 3), (2, 4, 3)]
