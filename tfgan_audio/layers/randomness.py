"""Random draws that depend on the training step and the example, not on the devices."""

import contextlib
from collections.abc import Callable, Iterator

import keras
import tensorflow as tf

_parts: list[tuple[tf.Tensor, int]] = []


def draw_for_examples(
    draw: Callable[..., tf.Tensor], num_examples: tf.Tensor, shape: tuple[int, ...], seed: tf.Tensor
) -> tf.Tensor:
    """Draw for the examples of this replica as if the global batch lived on one device.

    Every replica draws for the whole global batch from the same seed and keeps its own part, so a
    batch split over two replicas gets the numbers that one replica would have given it. XLA turns
    the same seed into other numbers than plain TensorFlow does.

    Args:
        draw: Stateless generator such as `tf.random.stateless_normal`.
        num_examples: Examples on this replica, the same on each.
        shape: Shape of the draw for one example.
        seed: Two integers; equal seeds give equal draws.

    Shape:
        [num_examples, *shape].
    """
    context = tf.distribute.get_replica_context()
    num_replicas = context.num_replicas_in_sync if context else 1
    part, num_parts = _parts[-1] if _parts else (0, 1)
    everyone = draw([num_examples * num_replicas * num_parts, *shape], seed=seed)
    if num_replicas == num_parts == 1:
        return everyone
    replica = context.replica_id_in_sync_group if context else 0
    first = (replica * num_parts + part) * num_examples
    return everyone[first : first + num_examples]


@contextlib.contextmanager
def drawing_for_part(part: tf.Tensor, num_parts: int) -> Iterator[None]:
    """Draw in the body for a part of this replica's batch what the whole batch would get.

    Args:
        part: Index of the part.
        num_parts: Consecutive parts of equal size that the batch consists of.
    """
    _parts.append((part, num_parts))
    try:
        yield
    finally:
        _parts.pop()


def counted_seed(seed: int, num_draws: keras.Variable) -> tf.Tensor:
    """Return the seed of a layer's next draw, and count that draw.

    Args:
        seed: Key of all draws of the layer.
        num_draws: How many there have been, a `running_state` of type int64.

    Shape:
        [2].
    """
    key = tf.stack([tf.constant(seed, tf.int64), num_draws.value])
    num_draws.assign(num_draws + 1)
    return key
