"""Checkpoints of the kind that TensorFlow 1 wrote, with drawn values."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf


class Variables:
    """Variables by name, drawn when they are first asked for."""

    def __init__(self) -> None:
        self.draws, self.values = np.random.default_rng(3), {}

    def __call__(self, name: str, *shape: int, mean: float = 0.0, spread: float = 0.1):
        if name not in self.values:
            drawn = mean + spread * self.draws.standard_normal(shape)
            self.values[name] = drawn.astype(np.float32)
        return tf.constant(self.values[name])


def write(prefix: Path, variables: Variables, others: Mapping[str, np.ndarray]) -> None:
    """Write a checkpoint of the first format of names."""
    prefix.parent.mkdir(exist_ok=True, parents=True)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        made = {
            name: tf.compat.v1.Variable(value, name=name, use_resource=False)
            for name, value in {**variables.values, **others}.items()
        }
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver(made).save(session, str(prefix), write_meta_graph=False)
