"""Helpers of two optimizers: conditional changes, bounds, state ahead of time."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.models.optimizers import (
    averaged,
    clip_weights,
    prepare_optimizer,
    unchanged_unless,
)


def make_network() -> keras.Model:
    """A network of one matrix."""
    inputs = keras.Input([2])
    return keras.Model(inputs, keras.layers.Dense(3, kernel_initializer="ones")(inputs))


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_changes_stay_only_where_the_condition_holds(run_eagerly: bool) -> None:
    variable, counter = keras.Variable([1.0, 2.0]), keras.Variable(0, dtype="int32")

    def change(condition: tf.Tensor) -> None:
        with unchanged_unless(condition, [variable, counter]):
            variable.assign(variable * 10.0)
            counter.assign_add(1)
            variable.assign(variable + 1.0)

    step = change if run_eagerly else tf.function(change)
    step(tf.constant(False))
    assert (variable.numpy().tolist(), int(counter.numpy())) == ([1.0, 2.0], 0)
    step(tf.constant(True))
    assert (variable.numpy().tolist(), int(counter.numpy())) == ([11.0, 21.0], 1)


def test_no_condition_holds_always() -> None:
    variable = keras.Variable(1.0)
    with unchanged_unless(None, [variable]):
        variable.assign(2.0)
    assert float(variable.numpy()) == 2.0


def test_weights_are_clipped_on_both_sides() -> None:
    variable = keras.Variable([-3.0, -0.5, 0.0, 0.2, 7.0])
    clip_weights([variable], 0.5)
    np.testing.assert_array_equal(variable.numpy(), np.float32([-0.5, -0.5, 0.0, 0.2, 0.5]))


def test_state_exists_before_the_first_step() -> None:
    network = make_network()
    optimizer = prepare_optimizer(keras.optimizers.Adam(), network, ema_momentum=0.9)
    # Two moments and an average for each of two weights, a count and a rate.
    assert optimizer.built and len(optimizer.variables) == 3 * 2 + 2
    assert prepare_optimizer(optimizer, network, 0.9) is optimizer
    assert len(optimizer.variables) == 3 * 2 + 2


def test_averages_are_in_place_inside_the_body_alone() -> None:
    network = make_network()
    optimizer = prepare_optimizer(keras.optimizers.SGD(1.0), network, ema_momentum=0.75)
    variables = network.trainable_variables
    for _ in range(2):
        optimizer.apply([tf.ones_like(variable) for variable in variables], variables)
    kernel = variables[0]
    assert (kernel.numpy() == -1.0).all()
    with averaged(optimizer, variables):
        assert (kernel.numpy() == 0.75 * 0.0 + 0.25 * -1.0).all()
    assert (kernel.numpy() == -1.0).all()
