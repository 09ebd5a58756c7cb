"""Optimizers as a configuration wants them."""

from __future__ import annotations

import keras

from tfgan_audio.config.schema import ExperimentConfig, OptimizerConfig
from tfgan_audio.errors import InputError
from tfgan_audio.models.adversarial import AdversarialModel
from tfgan_audio.models.schedules import TwoCosines, cosine

Optimizer = keras.optimizers.Optimizer


def set_optimizers(
    config: ExperimentConfig,
    generator_optimizer: Optimizer,
    discriminator_optimizer: Optimizer,
    num_discriminator_updates: int,
) -> None:
    """Give the optimizers of a family what the configuration says.

    Args:
        config: The experiment.
        generator_optimizer: Of the generator, which is updated once a step.
        discriminator_optimizer: Of the discriminator.
        num_discriminator_updates: How often that is updated in all.

    Raises:
        InputError: Betas for an optimizer that is not Adam.
    """
    rates, train = config.optimizer, config.train
    for optimizer, rate, num_updates in (
        (generator_optimizer, rates.generator_learning_rate, train.num_steps),
        (discriminator_optimizer, rates.discriminator_learning_rate, num_discriminator_updates),
    ):
        rate = rate_of(optimizer) if rate is None else rate
        optimizer.learning_rate = _schedule(rates, rate, num_updates)
        if optimizer is generator_optimizer and rates.warm_up_learning_rate is not None:
            start = train.adversarial_start_step
            optimizer.learning_rate = TwoCosines(
                rates.warm_up_learning_rate, start, rate, train.num_steps - start
            )
        if rates.betas is not None:
            _set_betas(optimizer, rates.betas)


def common_betas(model: AdversarialModel) -> tuple[float, float] | None:
    """Return the memory that both optimizers have, if they are Adam; there is one entry for it.

    Args:
        model: A compiled model.
    """
    optimizers = model.generator_optimizer, model.discriminator_optimizer
    if not all(isinstance(optimizer, keras.optimizers.Adam) for optimizer in optimizers):
        return None
    one, other = ((optimizer.beta_1, optimizer.beta_2) for optimizer in optimizers)
    return one if one == other else None


def rate_of(optimizer: Optimizer) -> float:
    """Return a learning rate without the noise of float32: 5e-5, not 4.99999987e-5.

    Args:
        optimizer: One whose rate is constant.
    """
    return float(f"{optimizer.learning_rate.numpy():.7g}")


def _set_betas(optimizer: Optimizer, betas: tuple[float, float]) -> None:
    """Give Adam another memory."""
    if not isinstance(optimizer, keras.optimizers.Adam):
        expected = f"null: the family is trained by {type(optimizer).__name__}"
        raise InputError("optimizer.betas", list(betas), expected)
    optimizer.beta_1, optimizer.beta_2 = betas


def _schedule(config: OptimizerConfig, learning_rate: float, num_updates: int):
    """Return the rate, or its way down: to a fiftieth at the last update, or by halves."""
    if config.schedule == "constant":
        return learning_rate
    if config.schedule == "halving":
        rates = [learning_rate / 2**number for number in range(len(config.halve_at_updates) + 1)]
        # Keras leaves an interval behind its upper end.
        ends = [updates - 1 for updates in config.halve_at_updates]
        return keras.optimizers.schedules.PiecewiseConstantDecay(ends, rates)
    return cosine(learning_rate, num_updates)
