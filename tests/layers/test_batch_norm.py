"""Batch normalisation with TensorFlow's defaults, against Keras' own."""

import keras
import numpy as np
import pytest
from layer_checks import check_layer

from tfgan_audio.layers.batch_norm import BatchNorm


@pytest.fixture(params=[(4, 12, 3), (4, 5, 6, 3)])
def features(request, rng) -> np.ndarray:
    """Features neither centred nor of unit variance, in one dimension and in two."""
    return (2.0 + 3.0 * rng.standard_normal(request.param)).astype(np.float32)


@pytest.mark.parametrize("momentum", [0.99, None])
def test_what_the_layer_owes(tmp_path, momentum: float | None) -> None:
    kwargs = {"momentum": momentum, "epsilon": 1e-2}
    on_device = momentum is not None  # a critic stays where it is trained
    check_layer(BatchNorm, kwargs, (2, 24, 5), (2, 24, 5), tmp_path, on_device=on_device)


def test_it_is_that_of_keras(features) -> None:
    """In training and elsewhere, with the same running moments."""
    layer, theirs = BatchNorm(), keras.layers.BatchNormalization(momentum=0.99, epsilon=1e-3)
    for each in (layer, theirs):
        each.build(features.shape)
        each.gamma.assign([1.0, 2.0, 0.5])
        each.beta.assign([0.0, 1.0, -1.0])
    for step in range(3):
        found = layer(features + step, training=True)
        np.testing.assert_allclose(found, theirs(features + step, training=True), atol=1e-5)
    np.testing.assert_allclose(layer.running_mean, theirs.moving_mean, rtol=1e-5)
    np.testing.assert_allclose(layer.running_variance, theirs.moving_variance, rtol=1e-5)
    np.testing.assert_allclose(layer(features), theirs(features), atol=1e-5)
    layer.trainable = theirs.trainable = False
    np.testing.assert_allclose(
        layer(features, training=True), theirs(features, training=True), atol=1e-5
    )


def test_without_momentum_the_batch_decides_always(features) -> None:
    layer, theirs = BatchNorm(momentum=None), keras.layers.BatchNormalization(epsilon=1e-3)
    expected = theirs(features, training=True)
    for training in (False, True):
        np.testing.assert_allclose(layer(features, training=training), expected, atol=1e-5)
    assert len(layer.weights) == 2
