"""RMSprop of TensorFlow 1 and of PyTorch, against their recursions."""

import keras
import numpy as np
import pytest

from tfgan_audio.models.rmsprop import TensorFlow1RMSprop, TorchRMSprop

GRADIENTS = np.array([[0.3, -2.0, 1e-6, 0.0], [0.1, 1.0, -1e-6, 0.0], [-0.7, 0.5, 1e-5, 0.0]])


def expected(kind: str, rate: float) -> np.ndarray:
    """Where a variable that starts at one ends up."""
    mean_square = np.ones(4) if kind == "tf1" else np.zeros(4)
    share, value = (0.9, np.ones(4)) if kind == "tf1" else (0.99, np.ones(4))
    for gradient in GRADIENTS:
        mean_square = share * mean_square + (1 - share) * gradient**2
        if kind == "tf1":
            value = value - rate * gradient / np.sqrt(mean_square + 1e-10)
        else:
            value = value - rate * gradient / (np.sqrt(mean_square) + 1e-8)
    return value


@pytest.mark.parametrize(("kind", "make"), [("tf1", TensorFlow1RMSprop), ("torch", TorchRMSprop)])
def test_steps(kind: str, make) -> None:
    optimizer, variable = make(0.01), keras.Variable(np.ones(4, np.float32))
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.cast(gradient, "float32")], [variable])
    np.testing.assert_allclose(variable, expected(kind, 0.01), rtol=1e-6)


@pytest.mark.parametrize("make", [TensorFlow1RMSprop, TorchRMSprop])
def test_they_come_back(make) -> None:
    optimizer = make(0.02, rho=0.8, epsilon=1e-6, use_ema=True, ema_momentum=0.5)
    config = keras.optimizers.serialize(optimizer)
    loaded = keras.optimizers.deserialize(config)
    assert type(loaded) is make and loaded.get_config() == optimizer.get_config()
