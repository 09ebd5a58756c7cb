"""Batches joined for several discriminator updates come apart again, on any number of replicas."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.models.critic_batches import gather_critic_batches, split_batch

BATCH = 4


def numbered(num_batches: int, *shape: int) -> np.ndarray:
    """Examples whose values tell them apart."""
    size = int(np.prod(shape, dtype=int))
    numbers = np.arange(num_batches * BATCH * size, dtype=np.float32)
    return numbers.reshape(num_batches * BATCH, *shape)


@pytest.mark.parametrize("num_parts", [1, 2, 3, 5])
@pytest.mark.parametrize("shape", [(), (6,), (6, 1), (2, 3, 2)])
def test_splitting_gives_the_batches_that_were_joined(num_parts: int, shape: tuple) -> None:
    examples = numbered(2 * num_parts, *shape)
    dataset = tf.data.Dataset.from_tensor_slices(examples).batch(BATCH, drop_remainder=True)
    found = [
        split_batch({"x": joined}, part, num_parts)["x"]
        for joined in gather_critic_batches(dataset, num_parts)
        for part in range(num_parts)
    ]
    np.testing.assert_array_equal(found, examples.reshape(2 * num_parts, BATCH, *shape))


@pytest.mark.parametrize("num_replicas", [2, 4])
def test_replicas_get_their_share_of_every_batch(num_replicas: int) -> None:
    """Each replica gets a run of the joined batch, and its parts are runs of the batches."""
    num_parts, share = 3, BATCH // num_replicas
    examples = numbered(num_parts, 2)
    dataset = tf.data.Dataset.from_tensor_slices(examples).batch(BATCH, drop_remainder=True)
    (joined,) = gather_critic_batches(dataset, num_parts)
    for replica, piece in enumerate(tf.split(joined, num_replicas)):
        for part in range(num_parts):
            expected = examples[part * BATCH :][replica * share :][:share]
            found = split_batch({"x": piece}, part, num_parts)["x"]
            np.testing.assert_array_equal(found, expected)


def test_tuples_and_dictionaries_keep_their_structure_and_stay_in_step() -> None:
    waveforms, labels = numbered(4, 3), numbered(4).astype(np.int32)
    for structure in ((waveforms, labels), {"a": waveforms, "b": labels}, (waveforms, (labels,))):
        dataset = tf.data.Dataset.from_tensor_slices(structure).batch(BATCH, drop_remainder=True)
        gathered = gather_critic_batches(dataset, 2)
        before, after = dataset.element_spec, gathered.element_spec
        tf.nest.assert_same_structure(before, after)
        for one, two in zip(tf.nest.flatten(before), tf.nest.flatten(after), strict=True):
            assert two.shape == [2 * BATCH, *one.shape[1:]] and two.dtype == one.dtype
        for element in gathered:
            first, second = tf.nest.flatten(element)
            np.testing.assert_array_equal(first[:, 0], 3 * second)


def test_a_rest_of_too_few_batches_is_dropped() -> None:
    dataset = tf.data.Dataset.from_tensor_slices(numbered(5)).batch(BATCH, drop_remainder=True)
    assert len(list(gather_critic_batches(dataset, 2))) == 2


def test_batches_of_changing_size_are_refused_before_training() -> None:
    dataset = tf.data.Dataset.from_tensor_slices(numbered(2, 6)).batch(BATCH)
    with pytest.raises(InputError) as error:
        gather_critic_batches(dataset, 2)
    assert str(error.value) == (
        "data set: got batches of shape (None, 6), "
        "expected batches of one fixed size: `batch(..., drop_remainder=True)`"
    )


def test_a_batch_that_cannot_be_split_evenly_is_refused() -> None:
    with pytest.raises(InputError, match="^batch size: got 4, expected a multiple of critic_steps"):
        split_batch({"x": tf.zeros([4, 2])}, 0, 3)
