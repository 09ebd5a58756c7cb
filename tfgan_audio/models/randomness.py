"""Random draws that depend on the training step and the example, not on the devices."""

from collections.abc import Callable

import tensorflow as tf


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
    everyone = draw([num_examples * num_replicas, *shape], seed=seed)
    if num_replicas == 1:
        return everyone
    first = context.replica_id_in_sync_group * num_examples
    return everyone[first : first + num_examples]
