"""Strategies and determinism, each in a process of its own, as they change the whole process."""

import os
import subprocess
import sys
import textwrap

import pytest
import tensorflow as tf

from tfgan_audio.training.devices import make_strategy


def run(code: str) -> list[str]:
    """Run code in a new process and return the lines it prints."""
    start = """
        import tensorflow as tf
        from tfgan_audio.errors import InputError
        from tfgan_audio.training.devices import make_repeatable, make_strategy
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(start) + textwrap.dedent(code)],
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


@pytest.mark.slow
def test_what_is_drawn_repeats_and_operators_are_deterministic() -> None:
    lines = run(
        """
        import random, keras, numpy as np
        from tensorflow.python.framework.config import is_op_determinism_enabled
        for _ in range(2):
            make_repeatable(5)
            layer = keras.layers.Dense(1)
            layer.build([1, 1])
            draws = random.random(), np.random.rand(), float(tf.random.normal([]))
            print(*draws, float(layer.kernel.numpy()[0, 0]))
        print(is_op_determinism_enabled())
        print(tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"])
        """
    )
    assert lines[0] == lines[1] and len(set(lines[0].split())) == 4
    assert lines[2:] == ["True", "True"]
