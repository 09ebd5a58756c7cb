"""A plain training loop that keeps the weights which do best on what is held out."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from tfgan_audio.errors import InputError

_NUM_VALIDATIONS = 20
_PATIENCE = 6  # validations without a lower loss

Losses = Mapping[str, float]


def train_to_best(
    network: keras.Model,
    step: Callable[[int], tf.Tensor],
    judge: Callable[[], Losses],
    num_steps: int,
    what: str,
) -> list[Losses]:
    """Train a network, and leave it with its best weights.

    Args:
        network: The network.
        step: Updates it once, given the number of the step from 0, and returns the loss.
        judge: Returns losses on what is held out, whose sum shall be small.
        num_steps: How many steps at most; it stops before where the best weights are old.
        what: What the progress bar calls it.

    Returns:
        Rows with "step", the mean "loss" since the row before, and what `judge` returned.

    Raises:
        InputError: A loss that is not finite.
    """
    every_steps = max(1, num_steps // _NUM_VALIDATIONS)
    rows, losses, least, best, best_row = [], [], math.inf, network.get_weights(), 0
    interval_s = 0.2 if sys.stderr.isatty() else 10.0
    with tqdm(range(1, num_steps + 1), what, unit="step", mininterval=interval_s) as bar:
        for number in bar:
            losses.append(step(number - 1))
            if number % every_steps and number < num_steps:
                continue
            held_out = judge()
            row = {"step": number, "loss": float(np.mean(losses)), **held_out}
            for name, value in row.items():
                if not math.isfinite(value):
                    raise InputError(f"{what} {name}", f"{value} in step {number}", "a number")
            total = sum(held_out.values())
            if total < least:
                least, best, best_row = total, network.get_weights(), len(rows)
            bar.set_postfix(held_out=f"{total:.3g}", refresh=False)
            rows.append(row)
            losses.clear()
            if len(rows) - best_row > _PATIENCE:
                break
    network.set_weights(best)
    return rows
