"""Streams of recordings through the generators of SEGAN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.audio.window_stream import WindowStream
from tfgan_audio.errors import InputError


def block_step(generator: keras.Model) -> Callable[..., Any]:
    """Return one graph of the causal generator's streaming step, for any number of blocks.

    Args:
        generator: Causal generator.
    """
    enhancer = generator.get_layer("enhancer")
    blocks = tf.TensorSpec([1, None, enhancer.hop_samples])
    histories = [tf.TensorSpec([1, *shape]) for shape in enhancer.history_shapes()]
    step = tf.function(
        lambda blocks, *histories: enhancer.step(blocks, list(histories)),
        input_signature=[blocks, *histories],
        autograph=False,
    )
    # Called as it is, a function looks for the right graph each time: 0.3 ms.
    return step.get_concrete_function()


def block_stream(generator: keras.Model, step: Callable[..., Any]) -> BlockStream:
    """Return a stream through a causal generator.

    Args:
        generator: Causal generator.
        step: Its `block_step`.
    """
    enhancer = generator.get_layer("enhancer")
    histories = [tf.zeros([1, *shape]) for shape in enhancer.history_shapes()]

    def run(blocks, histories):
        enhanced, histories = step(tf.constant(blocks), *histories)
        return enhanced.numpy(), histories

    return BlockStream(run, histories, enhancer.hop_samples, enhancer.latency_samples)


def window_step(generator: keras.Model) -> Callable[..., tf.Tensor]:
    """Return one graph of a waveform generator for one window.

    Args:
        generator: Waveform generator.
    """
    specs = [tf.TensorSpec([1, *tensor.shape[1:]]) for tensor in generator.inputs]
    step = tf.function(
        lambda *inputs: generator(list(inputs) if len(inputs) > 1 else inputs[0], training=False),
        input_signature=specs,
        autograph=False,
    )
    return step.get_concrete_function()


def window_stream(
    generator: keras.Model,
    step: Callable[..., tf.Tensor],
    pre_emphasis: float,
    seed: int = 0,
    overlap: float = 0.5,
    latents: np.ndarray | None = None,
) -> WindowStream:
    """Return a stream through a waveform generator.

    Args:
        generator: Waveform generator.
        step: Its `window_step`.
        pre_emphasis: Coefficient of the filter before it.
        seed: Key of the latents, which follow from it and from the index of the window.
        overlap: Share of a window that it has in common with the next, from 0 to 0.5; 0 is what the
            published code does.
        latents: Latents in place of drawn ones.

    Shape:
        latents [W, F, L], one for each window, or [1, F, L], one for all.

    Raises:
        InputError: An overlap or latents out of range.
    """
    shapes = [tuple(tensor.shape[1:]) for tensor in generator.inputs]
    if latents is not None:
        latents = np.asarray(latents, np.float32)
        if len(shapes) == 1 or latents.shape[1:] != shapes[1] or not len(latents):
            wanted = f"[windows, {shapes[1][0]}, {shapes[1][1]}]" if len(shapes) > 1 else "none"
            raise InputError("latents", f"shape {list(latents.shape)}", wanted)

    def latent(index: int) -> np.ndarray | tf.Tensor:
        if latents is None:
            return tf.random.stateless_normal([1, *shapes[1]], [seed, index])
        if index >= len(latents) > 1:
            raise InputError("latents", f"{len(latents)}", f"one for window {index} too")
        return latents[index % len(latents)][None]

    def enhance(window: np.ndarray, index: int) -> np.ndarray:
        others = [latent(index)] if len(shapes) > 1 else []
        inputs = [tf.constant(window[None, :, None]), *map(tf.constant, others)]
        return step(*inputs).numpy()[0, :, 0]

    return WindowStream(enhance, shapes[0][0], overlap, pre_emphasis)
