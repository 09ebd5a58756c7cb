"""From an index-keyed source to a `tf.data.Dataset` of batches.

Shape letters: B batch.
"""

import numpy as np
import tensorflow as tf

from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError


def make_dataset(
    source: Source,
    batch_size: int,
    first_step: int = 0,
    num_steps: int | None = None,
    num_parallel_calls: int = 2,
) -> tf.data.Dataset:
    """Serve the batches of a source, in order, a few ahead of the training.

    Batch `step` depends on the source and `step` alone: the batches are the same for any number of
    parallel calls, and starting at `first_step` equals skipping that many batches, at no cost.

    Args:
        source: Where the batches come from.
        batch_size: Elements per batch.
        first_step: Step to begin with.
        num_steps: How many batches; None never ends.
        num_parallel_calls: Batches in the making at a time.

    Shape:
        each element: a tuple or a dictionary of [B, ...], as `source.batch` returns them; of a
            source whose elements are single arrays, [B, ...] itself

    Returns:
        The dataset, with static shapes but for lengths that vary.

    Raises:
        InputError: A count is out of range.
    """
    for name, value, least in (
        ("batch_size", batch_size, 1),
        ("first_step", first_step, 0),
        ("num_steps", 0 if num_steps is None else num_steps, 0),
    ):
        if value < least:
            raise InputError(name, value, f"at least {least}")
    example = source.batch(0, 1)
    names = list(example) if isinstance(example, dict) else None
    arrays = [example[name] for name in names] if names else example
    shapes = [_shape(batch_size, array, source.has_varying_lengths) for array in arrays]
    types = [array.dtype for array in arrays]

    def read(step: np.ndarray) -> tuple[np.ndarray, ...]:
        batch = source.batch(int(step), batch_size)
        return tuple(batch[name] for name in names) if names else batch

    def load(step: tf.Tensor) -> tf.Tensor | tuple[tf.Tensor, ...] | dict[str, tf.Tensor]:
        arrays = tf.numpy_function(read, [step], types, stateful=False)
        for array, shape in zip(arrays, shapes, strict=True):
            array.set_shape(shape)
        if names:
            return dict(zip(names, arrays, strict=True))
        # Keras takes a tuple of one for something else than the tensor in it.
        return arrays[0] if len(arrays) == 1 else tuple(arrays)

    steps = tf.data.Dataset.counter(first_step)
    if num_steps is not None:
        steps = tf.data.Dataset.range(first_step, first_step + num_steps)
    dataset = steps.map(load, num_parallel_calls=num_parallel_calls, deterministic=True)
    options = tf.data.Options()
    options.deterministic = True
    options.autotune.enabled = False
    # There are no files to share out among workers: each takes its part of every batch.
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    return dataset.prefetch(2).with_options(options)


def _shape(batch_size: int, array: np.ndarray, is_varying: bool) -> tuple[int | None, ...]:
    """Return the shape of batches of arrays; time is the second axis."""
    rest = array.shape[1:]
    return (batch_size, None, *rest[1:]) if is_varying and rest else (batch_size, *rest)
