"""One update from several small batches, for where a large one does not fit in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import drawing_for_part

Batch: TypeAlias = dict[str, tf.Tensor]


def over_micro_batches(compute: Callable[[Batch], Any], batch: Batch, num_parts: int) -> Any:
    """Return the mean of what a function computes from the parts of a batch, one after the other.

    The parts run in a loop that keeps the sums alone, so the memory is that of one part. Draws for
    examples are those of the whole batch. Where a result is a mean over examples, and no layer
    mixes them, it is that of the whole batch, but for rounding.

    Args:
        compute: From named tensors to nested tensors.
        batch: Named tensors [B, ...].
        num_parts: Parts; B is a multiple of it.

    Raises:
        InputError: A batch size that `num_parts` does not divide.
    """
    parts = {name: _split(tensor, num_parts) for name, tensor in batch.items()}

    def of_part(index: tf.Tensor) -> Any:
        with drawing_for_part(index, num_parts):
            return compute({name: tensor[index] for name, tensor in parts.items()})

    # What the first part gives tells the structure of the sums; the loop does the others.
    sums = of_part(tf.constant(0))

    def add(index: tf.Tensor, sums: Any) -> tuple[tf.Tensor, Any]:
        return index + 1, tf.nest.map_structure(tf.add, sums, of_part(index))

    _, sums = tf.while_loop(
        lambda index, _: index < num_parts, add, (tf.constant(1), sums), parallel_iterations=1
    )
    return tf.nest.map_structure(lambda total: total / num_parts, sums)


def _split(tensor: tf.Tensor, num_parts: int) -> tf.Tensor:
    """Return [num_parts, B / num_parts, ...] of [B, ...]."""
    num_examples = tensor.shape[0]
    if num_examples is not None and num_examples % num_parts:
        expected = f"a multiple of num_micro_batches, {num_parts}, on each replica"
        raise InputError("batch size", num_examples, expected)
    shape = tf.concat([[num_parts, -1], tf.shape(tensor)[1:]], axis=0)
    size = None if num_examples is None else num_examples // num_parts
    return tf.ensure_shape(tf.reshape(tensor, shape), [num_parts, size, *tensor.shape[1:]])
