"""Replicas and determinism of a run."""

from __future__ import annotations

import functools

import keras
import tensorflow as tf

from tfgan_audio.errors import InputError


def make_repeatable(seed: int) -> None:
    """Seed everything and make TensorFlow compute the same bits again.

    Args:
        seed: Of Python, NumPy, TensorFlow and Keras.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    # The optimizer of graphs that seem to need over 200 MB lets sums of three and more tensors add
    # up in the order in which the parts are ready, which differs from step to step even so. It
    # cannot be kept from that alone; to go without it costs 4 % of the time on a CPU.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


@functools.cache
def make_strategy(num_replicas: int) -> tf.distribute.Strategy:
    """Return the strategy that trains on so many devices.

    GPUs are taken where there are enough; otherwise the CPU is divided into logical ones, which
    is slower than one replica and serves to test what will run on several GPUs. A process has one
    strategy of a kind: TensorFlow mixes up the reductions of two.

    Args:
        num_replicas: Replicas that share each batch, at least 1.

    Returns:
        The default strategy for one replica, else a `MirroredStrategy`.

    Raises:
        InputError: TensorFlow has started already with fewer logical CPUs.
    """
    if num_replicas == 1:
        return tf.distribute.get_strategy()
    num_gpus = len(tf.config.list_physical_devices("GPU"))
    if num_gpus >= num_replicas:
        return tf.distribute.MirroredStrategy([f"GPU:{i}" for i in range(num_replicas)])
    (cpu,) = tf.config.list_physical_devices("CPU")
    try:
        logical = [tf.config.LogicalDeviceConfiguration()] * num_replicas
        tf.config.set_logical_device_configuration(cpu, logical)
    except RuntimeError:
        present = len(tf.config.list_logical_devices("CPU"))
        if present < num_replicas:
            expected = f"{num_replicas}, divided before TensorFlow starts"
            raise InputError("num_replicas", f"{present} logical CPUs", expected) from None
    return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(num_replicas)])
