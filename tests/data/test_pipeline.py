"""Datasets give the batches of their source: for any parallelism, start and replica count."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.data.enhancement import Mixtures
from tfgan_audio.data.opening import open_clips
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError


def source_of(corpus: str | Path) -> Mixtures:
    speech, noise = (open_clips(f"{corpus}/{folder}", 16_000) for folder in ("speech", "noise"))
    return Mixtures(speech, noise, 1600, seed=3)


@pytest.fixture
def source(corpus: Path) -> Mixtures:
    return source_of(corpus)


def taken(dataset: tf.data.Dataset, num_steps: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(dataset.take(num_steps).as_numpy_iterator())


@pytest.mark.parametrize("num_parallel_calls", [1, 2, 7])
def test_batches_are_those_of_the_source_for_any_parallelism(
    source: Mixtures, num_parallel_calls: int
) -> None:
    dataset = make_dataset(source, 4, num_parallel_calls=num_parallel_calls)
    for step, batch in enumerate(taken(dataset, 12)):
        np.testing.assert_array_equal(batch, source.batch(step, 4))


def test_starting_later_equals_skipping(source: Mixtures) -> None:
    whole = taken(make_dataset(source, 4, num_steps=9), 99)
    assert len(whole) == 9
    resumed = taken(make_dataset(source, 4, first_step=5, num_steps=4), 99)
    np.testing.assert_array_equal(resumed, whole[5:])
    np.testing.assert_array_equal(taken(make_dataset(source, 4, first_step=5), 4), whole[5:])


def test_shapes_are_static_and_the_length_is_known(source: Mixtures) -> None:
    spec = tf.TensorSpec([4, 1600, 1], tf.float32)
    dataset = make_dataset(source, 4, num_steps=3)
    assert dataset.element_spec == (spec, spec)
    assert int(dataset.cardinality()) == 3
    assert int(make_dataset(source, 4).cardinality()) == tf.data.INFINITE_CARDINALITY


TWO_REPLICAS = """
import sys
import numpy as np
import tensorflow as tf
sys.path.insert(0, sys.argv[2])
from test_pipeline import source_of
from tfgan_audio.data.pipeline import make_dataset
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
source = source_of(sys.argv[1])
batches = iter(strategy.experimental_distribute_dataset(make_dataset(source, 4, first_step=2)))
for step in (2, 3):
    expected = source.batch(step, 4)
    for whole, shared in zip(expected, next(batches), strict=True):
        parts = [part.numpy() for part in strategy.experimental_local_results(shared)]
        np.testing.assert_array_equal(parts, [whole[:2], whole[2:]])
# A batch in the making when Python ends would wait for it forever.
del batches
"""


@pytest.mark.slow
def test_two_replicas_share_every_batch(corpus: Path) -> None:
    script = [sys.executable, "-c", TWO_REPLICAS, str(corpus), str(Path(__file__).parent)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_an_error_in_the_source_ends_the_training(source: Mixtures) -> None:
    whole = source.batch

    def broken(step: int, batch_size: int) -> tuple[np.ndarray, ...]:
        if step:
            raise InputError("shard", "gone", "there")
        return whole(step, batch_size)

    source.batch = broken
    with pytest.raises(tf.errors.OpError, match="shard: got gone, expected there"):
        taken(make_dataset(source, 4), 2)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [((0,), "batch_size"), ((1, -1), "first_step"), ((1, 0, -1), "num_steps")],
)
def test_counts_out_of_range_are_named(source: Mixtures, arguments: tuple, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got"):
        make_dataset(source, *arguments)


class Labelled(Source):
    """Waveforms with a number: what other families than enhancement read."""

    def item(self, index: int) -> tuple[np.ndarray, ...]:
        return np.full((self.segment_samples, 2), index, np.float32), np.array(index, np.int32)


def test_elements_may_hold_anything_of_fixed_shape() -> None:
    dataset = make_dataset(Labelled(5, seed=0), 3, first_step=2)
    assert dataset.element_spec == (
        tf.TensorSpec([3, 5, 2], tf.float32), tf.TensorSpec([3], tf.int32)
    )  # fmt: skip
    waveforms, labels = taken(dataset, 1)[0]
    np.testing.assert_array_equal(labels, [6, 7, 8])
    np.testing.assert_array_equal(waveforms[:, 4, 1], [6, 7, 8])


class Unlabelled(Labelled):
    """The waveforms alone."""

    def item(self, index: int) -> tuple[np.ndarray, ...]:
        return super().item(index)[:1]


def test_elements_of_one_array_are_bare_tensors_as_keras_takes_them() -> None:
    dataset = make_dataset(Unlabelled(5, seed=0), 3, first_step=2)
    assert dataset.element_spec == tf.TensorSpec([3, 5, 2], tf.float32)
    (waveforms,) = taken(dataset, 1)
    np.testing.assert_array_equal(waveforms[:, 4, 1], [6, 7, 8])
