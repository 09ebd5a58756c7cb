"""Strategies, and determinism beyond what TensorFlow's own switch gives."""

import os
import random
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework.config import is_op_determinism_enabled

from tfgan_audio.training.devices import make_repeatable, make_strategy


def run(code: str) -> list[str]:
    """Run code in a new process, as logical CPUs are made once, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_one_replica_needs_no_strategy() -> None:
    assert make_strategy(1) is tf.distribute.get_strategy()


@pytest.mark.slow
def test_replicas_share_the_cpu_and_there_is_one_strategy_of_a_kind() -> None:
    lines = run(
        """
        import tensorflow as tf
        from tfgan_audio.errors import InputError
        from tfgan_audio.training.devices import make_strategy
        strategy = make_strategy(3)
        print(strategy.num_replicas_in_sync, strategy is make_strategy(3))
        print(len(tf.config.list_logical_devices("CPU")))
        total = strategy.reduce("SUM", strategy.run(lambda: tf.constant(2.0)), axis=None)
        print(float(total))
        print(make_strategy(2).num_replicas_in_sync)
        try:
            make_strategy(4)
        except InputError as error:
            print(error)
        """
    )
    assert lines[:4] == ["3 True", "3", "6.0", "2"]
    assert lines[4].startswith("num_replicas: got 3 logical CPUs, expected 4")


def test_what_is_drawn_repeats_and_operators_are_deterministic() -> None:
    draws = []
    for _ in range(2):
        make_repeatable(5)
        layer = keras.layers.Dense(1)
        layer.build([1, 1])
        kernel = float(layer.kernel.numpy()[0, 0])
        draws.append([random.random(), np.random.rand(), float(tf.random.normal([])), kernel])
    assert draws[0] == draws[1] and len(set(draws[0])) == 4
    assert is_op_determinism_enabled()


def test_large_sums_add_up_in_one_order() -> None:
    """Over 200 MB, sums of three and more tensors were made in the order the parts came in."""
    make_repeatable(0)

    @tf.function
    def total(x: tf.Tensor) -> tuple[tf.Tensor, ...]:
        parts = [tf.sin(x * float(number)) for number in range(1, 7)]
        return tf.add_n(parts), parts[0][0], parts[5][0]

    x = tf.random.normal([9_500_000])
    assert len({total(x)[0].numpy().tobytes() for _ in range(10)}) == 1
