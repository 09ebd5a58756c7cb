"""How the learning rate of a training falls."""

from typing import Any

import keras
from keras import ops

schedules = keras.optimizers.schedules


@keras.saving.register_keras_serializable(package="tfgan_audio")
class TwoCosines(schedules.LearningRateSchedule):
    """A rate that falls to a fiftieth along a cosine, then begins anew at another height.

    Args:
        first_rate: Rate at the start.
        first_steps: Updates until the rate begins anew.
        second_rate: Rate from there.
        second_steps: Updates from there to the end.

    Reference:
        Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5.

    Example:
        >>> rate = TwoCosines(4.0, 100, 1.0, 10)
        >>> [round(float(rate(step)), 2) for step in (0, 50, 99, 100, 110, 500)]
        [4.0, 2.04, 0.08, 1.0, 0.02, 0.02]
    """

    def __init__(
        self, first_rate: float, first_steps: int, second_rate: float, second_steps: int
    ) -> None:
        self.first_rate, self.first_steps = first_rate, first_steps
        self.second_rate, self.second_steps = second_rate, second_steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        first = cosine(self.first_rate, self.first_steps)(step)
        second = cosine(self.second_rate, self.second_steps)(
            ops.maximum(step - self.first_steps, 0.0)
        )
        return ops.where(step < self.first_steps, first, second)

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))


def cosine(rate: float, num_updates: int) -> schedules.CosineDecay:
    """Return a rate that falls to a fiftieth, where it stays.

    Args:
        rate: Rate at the start.
        num_updates: Updates until it has fallen.
    """
    return schedules.CosineDecay(rate, max(1, num_updates), alpha=0.02)
