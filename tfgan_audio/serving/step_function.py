"""The streaming step of a causal enhancer as a TensorFlow function with named tensors."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from tfgan_audio.serving.backends import history_name
from tfgan_audio.serving.description import Description


def describe(model) -> Description:
    """Describe a causal SEGAN.

    Args:
        model: SEGAN with variant "causal".
    """
    enhancer = model.generator.get_layer("enhancer")
    return Description(
        family="segan",
        sample_rate_hz=model.sample_rate_hz,
        hop_samples=enhancer.hop_samples,
        latency_samples=enhancer.latency_samples,
        history_shapes=tuple(enhancer.history_shapes()),
    )


def step_signature(description: Description) -> list[tf.TensorSpec]:
    """Return the inputs of a step: blocks, then histories; one stream, any number of blocks.

    Args:
        description: Description of the model.
    """
    histories = [
        tf.TensorSpec([1, *shape], tf.float32, name=history_name(index))
        for index, shape in enumerate(description.history_shapes)
    ]
    return [tf.TensorSpec([1, None, description.hop_samples], tf.float32, "blocks"), *histories]


def step_function(model) -> Callable[..., dict[str, tf.Tensor]]:
    """Return the step of a causal SEGAN, from blocks and histories to named outputs.

    Args:
        model: SEGAN with variant "causal".
    """
    enhancer = model.generator.get_layer("enhancer")

    def step(blocks, *histories):
        enhanced, new_histories = enhancer.step(blocks, list(histories))
        named = {history_name(index): value for index, value in enumerate(new_histories)}
        return {"enhanced": enhanced, **named}

    return step
