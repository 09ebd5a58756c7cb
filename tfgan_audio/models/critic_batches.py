"""Batches for several discriminator updates in one training step."""

import tensorflow as tf

from tfgan_audio.errors import InputError


def gather_critic_batches(dataset: tf.data.Dataset, critic_steps: int) -> tf.data.Dataset:
    """Join `critic_steps` batches into one, interleaved by example.

    Interleaving keeps the batches whole when the joined batch is split over replicas: example
    `b * critic_steps + k` is example b of batch k, whichever replica it falls to.

    Args:
        dataset: Batches of one fixed size.
        critic_steps: Batches to join; a rest of fewer is dropped.

    Shape:
        [B, ...] -> [B * critic_steps, ...] for every tensor.

    Raises:
        InputError: Batches whose size may change.
    """
    for spec in tf.nest.flatten(dataset.element_spec):
        if spec.shape.rank is None or spec.shape[0] is None:
            expected = "batches of one fixed size: `batch(..., drop_remainder=True)`"
            raise InputError("data set", f"batches of shape {spec.shape}", expected)

    def interleave(tensor: tf.Tensor) -> tf.Tensor:
        """Move the batch index inside the example index."""
        joined = tf.transpose(tensor, [1, 0, *range(2, len(tensor.shape))])
        flat = tf.reshape(joined, tf.concat([[-1], tf.shape(joined)[2:]], axis=0))
        return tf.ensure_shape(flat, [joined.shape[0] * critic_steps, *joined.shape[2:]])

    grouped = dataset.batch(critic_steps, drop_remainder=True)
    joined = grouped.map(lambda *tensors: _unwrap(tf.nest.map_structure(interleave, tensors)))
    return joined.prefetch(1)


def split_batch(batch: dict[str, tf.Tensor], part: int, num_parts: int) -> dict[str, tf.Tensor]:
    """Return one of the batches that `gather_critic_batches` joined.

    Args:
        batch: Named tensors [B, ...].
        part: Index of the batch.
        num_parts: Batches in the joined one.

    Shape:
        [B, ...] -> [B / num_parts, ...].

    Raises:
        InputError: A batch size that `num_parts` does not divide.
    """
    if num_parts == 1:
        return batch
    for tensor in batch.values():
        if tensor.shape[0] is not None and tensor.shape[0] % num_parts:
            expected = f"a multiple of critic_steps, {num_parts}"
            raise InputError("batch size", tensor.shape[0], expected)
    return {name: tensor[part::num_parts] for name, tensor in batch.items()}


def _unwrap(tensors: tuple):
    """Undo the tuple that `map` makes of a data set of single tensors."""
    return tensors if len(tensors) > 1 else tensors[0]
