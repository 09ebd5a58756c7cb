"""What two optimizers in one model need beyond Keras: state ahead of time, bounds, averages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError


def prepare_optimizer(
    optimizer: keras.optimizers.Optimizer, network: keras.Model, ema_momentum: float | None = None
) -> keras.optimizers.Optimizer:
    """Set averaging and loss scaling, and create the state before any replica runs.

    Keras does the last two for `model.optimizer` alone, and state that does not exist yet would be
    left out when weights are loaded.

    Args:
        optimizer: Optimizer of one network.
        network: That network; its dtype policy decides about loss scaling.
        ema_momentum: Momentum of the average of its weights, in [0, 1); None keeps no average.

    Returns:
        The optimizer, in a `LossScaleOptimizer` under `mixed_float16`.

    Raises:
        InputError: An average is asked of an optimizer whose state was made without one.
    """
    scales_loss = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    inner = optimizer.inner_optimizer if scales_loss else optimizer
    if ema_momentum is not None:
        if inner.built and not inner.use_ema:
            seen, expected = "an optimizer that has run without an average", "a new one"
            raise InputError("generator_optimizer", seen, expected)
        inner.use_ema, inner.ema_momentum = True, ema_momentum
    if network.dtype_policy.name == "mixed_float16" and not scales_loss:
        optimizer = keras.optimizers.LossScaleOptimizer(inner)
    if not optimizer.built:
        optimizer.build(network.trainable_variables)
    return optimizer


def clip_weights(variables: Sequence[keras.Variable], limit: float) -> None:
    """Clip every weight, as the Wasserstein GAN without a penalty does.

    Args:
        variables: Weights, changed in place.
        limit: Largest absolute value that is left.
    """
    for variable in variables:
        variable.assign(tf.clip_by_value(variable.value, -limit, limit))


@contextlib.contextmanager
def unchanged_unless(
    condition: tf.Tensor | None, variables: Sequence[keras.Variable]
) -> Iterator[None]:
    """Undo what the body does to variables where a condition does not hold.

    It serves in place of `tf.cond`, in which no optimizer can be applied under a
    `MirroredStrategy`.

    Args:
        condition: Scalar truth value, known when the graph runs; None holds always.
        variables: Whatever the body assigns to.
    """
    if condition is None:
        yield
        return
    before = [tf.identity(variable.value) for variable in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(tf.where(condition, variable.value, value))


@contextlib.contextmanager
def averaged(
    optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]
) -> Iterator[None]:
    """Run the body with the averages that an optimizer keeps, then put the weights back.

    Args:
        optimizer: Optimizer with `use_ema` that has made a step.
        variables: All weights that it trains.
    """
    current = [variable.numpy() for variable in variables]
    optimizer.finalize_variable_values(variables)
    try:
        yield
    finally:
        for variable, value in zip(variables, current, strict=True):
            variable.assign(value)
