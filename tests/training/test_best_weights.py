"""The plain training loop: what it keeps, when it stops."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.training.best_weights import train_to_best


def counter() -> keras.Model:
    """A network whose only weight starts at 0."""
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    return keras.Sequential([keras.Input([1]), layer])


def trained(judged, num_steps: int) -> tuple[keras.Model, list[int], list]:
    """Count up in the weight; `judged` maps what it is to a held-out loss."""
    network, steps = counter(), []

    def step(number: int) -> tf.Tensor:
        steps.append(number)
        network.set_weights([np.array([[number + 1.0]])])
        return tf.constant(float(number))

    def judge() -> dict[str, float]:
        return {"held_out_loss": judged(network.get_weights()[0].item())}

    return network, steps, train_to_best(network, step, judge, num_steps, "counting")


def test_the_best_weights_are_kept() -> None:
    network, steps, rows = trained(lambda weight: abs(weight - 12.0), 40)
    assert network.get_weights()[0].item() == 12.0
    assert [row["step"] for row in rows] == list(range(2, 26, 2))
    assert rows[0] == {"step": 2, "loss": 0.5, "held_out_loss": 10.0}
    assert steps == list(range(24))  # six looks after the best one, and the seventh ends it


def test_without_an_end_to_progress_all_steps_are_done() -> None:
    network, steps, rows = trained(lambda weight: -weight, 47)
    assert (network.get_weights()[0].item(), len(steps)) == (47.0, 47)
    assert [row["step"] for row in rows] == [*range(2, 47, 2), 47]


def test_a_single_step_is_judged() -> None:
    _, _, rows = trained(lambda weight: weight, 1)
    assert rows == [{"step": 1, "loss": 0.0, "held_out_loss": 1.0}]


def test_what_is_not_a_number_ends_the_training() -> None:
    seen = "counting held_out_loss: got nan in step 6, expected a number"
    with pytest.raises(InputError, match=seen):
        trained(lambda weight: float("nan") if weight > 5 else 1.0 / weight, 40)
