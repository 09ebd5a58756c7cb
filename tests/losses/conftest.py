"""Fixtures of the loss tests: gradients, and values of the original implementations."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"


@pytest.fixture
def gradient_of() -> Callable[..., np.ndarray]:
    """`gradient_of(loss, x)`: value of d loss(x) / dx."""

    def gradient(loss: Callable[[tf.Tensor], tf.Tensor], x: np.ndarray | tf.Tensor) -> np.ndarray:
        x = tf.convert_to_tensor(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = loss(x)
        return tf.cast(tape.gradient(value, x), tf.float32).numpy()

    return gradient


@pytest.fixture
def golden() -> Callable[[str], Path]:
    """`golden("pwg_melgan/arrays.npz")`: file made by an original implementation."""

    def find(path: str) -> Path:
        if not (GOLDEN / path).exists():
            pytest.skip(f"{path} is not there")
        return GOLDEN / path

    return find
