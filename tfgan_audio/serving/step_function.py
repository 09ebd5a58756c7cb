"""The streaming step of a causal enhancer as a TensorFlow function with named tensors."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import keras
import tensorflow as tf

from tfgan_audio.serving.verbs import history_name
from tfgan_audio.serving.waveform_descriptions import EnhancerDescription


@contextlib.contextmanager
def float32_policy() -> Iterator[None]:
    """Make layers compute in float32, whatever the policy of the process is."""
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def float32_copy(model: keras.Model) -> keras.Model:
    """Return the same model, computing in float32.

    Args:
        model: Model of this package that was trained in another precision.
    """
    with float32_policy():
        copy = type(model).from_config({**model.get_config(), "dtype": "float32"})
    copy.set_weights(model.get_weights())
    return copy


def describe_enhancer(model: keras.Model) -> EnhancerDescription:
    """Describe a causal SEGAN.

    Args:
        model: SEGAN with variant "causal".
    """
    enhancer = model.generator.get_layer("enhancer")
    return EnhancerDescription(
        sample_rate_hz=model.sample_rate_hz,
        hop_samples=enhancer.hop_samples,
        latency_samples=enhancer.latency_samples,
        history_shapes=tuple(enhancer.history_shapes()),
    )


def step_signature(
    description: EnhancerDescription, num_blocks: int | None = None
) -> list[tf.TensorSpec]:
    """Return the inputs of a step of one stream: blocks, then histories.

    Args:
        description: Description of the model.
        num_blocks: Blocks of a step; None for any number.
    """
    histories = [
        tf.TensorSpec([1, *shape], tf.float32, name=history_name(index))
        for index, shape in enumerate(description.history_shapes)
    ]
    blocks = tf.TensorSpec([1, num_blocks, description.hop_samples], tf.float32, "blocks")
    return [blocks, *histories]


def step_function(model: keras.Model) -> Callable[..., dict[str, tf.Tensor]]:
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
