"""One update from several small batches, for where a large one does not fit in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.randomness import drawing_for_part


def over_micro_batches(
    compute: Callable[[Any], tuple[Any, Any]], batch: Any, num_parts: int
) -> tuple[Any, Any]:
    """Compute from the parts of a batch, one after the other, what is asked of the whole.

    The parts run in a loop that keeps sums and what it is told to, so the memory is that of one
    part. Draws for examples are those of the whole batch. Where a result is a mean over examples,
    and no layer mixes them, it is that of the whole batch, but for rounding.

    Args:
        compute: From nested tensors to two of them: of which the mean is wanted, and of which the
            rows of all parts are.
        batch: Nested tensors [B, ...].
        num_parts: Parts; B is a multiple of it.

    Returns:
        The means, and the rows in the order of the parts.

    Raises:
        InputError: A batch size that `num_parts` does not divide.
    """
    nest = tf.nest.map_structure
    parts = nest(lambda tensor: _split(tensor, num_parts), batch)

    def of_part(index: tf.Tensor) -> tuple[Any, Any]:
        with drawing_for_part(index, num_parts):
            return compute(nest(lambda tensor: tensor[index], parts))

    def begin(rows: tf.Tensor) -> tf.TensorArray:
        return tf.TensorArray(rows.dtype, num_parts, element_shape=rows.shape).write(0, rows)

    # What the first part gives tells the structure of the others; the loop does those.
    sums, first_rows = of_part(tf.constant(0))
    arrays = [begin(rows) for rows in tf.nest.flatten(first_rows)]

    def add(index: tf.Tensor, sums: Any, arrays: list) -> tuple[tf.Tensor, Any, list]:
        more, rows = of_part(index)
        arrays = [a.write(index, r) for a, r in zip(arrays, tf.nest.flatten(rows), strict=True)]
        return index + 1, nest(tf.add, sums, more), arrays

    _, sums, arrays = tf.while_loop(
        lambda index, *_: index < num_parts,
        add,
        (tf.constant(1), sums, arrays),
        parallel_iterations=1,
    )
    rows = tf.nest.pack_sequence_as(first_rows, [array.concat() for array in arrays])
    return nest(lambda total: total / num_parts, sums), rows


def _split(tensor: tf.Tensor, num_parts: int) -> tf.Tensor:
    """Return [num_parts, B / num_parts, ...] of [B, ...]."""
    num_examples = tensor.shape[0]
    if num_examples is not None and num_examples % num_parts:
        expected = f"a multiple of num_micro_batches, {num_parts}, on each replica"
        raise InputError("batch size", num_examples, expected)
    shape = tf.concat([[num_parts, -1], tf.shape(tensor)[1:]], axis=0)
    size = None if num_examples is None else num_examples // num_parts
    return tf.ensure_shape(tf.reshape(tensor, shape), [num_parts, size, *tensor.shape[1:]])
