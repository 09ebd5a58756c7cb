"""The adversarial objectives as pairs of functions of discriminator scores.

Scores are raw outputs (logits) of any shape; every function takes the mean over all elements and
returns a scalar float32 to be minimised. Several scales: `losses.judgement.over_scales`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import tensorflow as tf

from tfgan_audio.errors import InputError


def minimax_discriminator(real_scores: tf.Tensor, fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `-E[log D(x)] - E[log(1 - D(G(z)))]` with `D = sigmoid(score)`.

    Both logarithms are softplus of the score, so no score overflows.

    Args:
        real_scores: Logits on real examples, any shape.
        fake_scores: Logits on generated examples, any shape.

    Returns:
        Scalar float32, at least 0; `2 log 2` where the discriminator is undecided.

    Reference:
        Goodfellow et al. 2014, arXiv:1406.2661, equation 1.

    Example:
        >>> round(float(minimax_discriminator(tf.zeros([2, 1]), tf.zeros([2, 1]))), 4)
        1.3863
    """
    real_term = tf.reduce_mean(tf.nn.softplus(-_float32(real_scores)))
    return real_term + tf.reduce_mean(tf.nn.softplus(_float32(fake_scores)))


def minimax_generator(fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `-E[log D(G(z))]`, the non-saturating form of the generator's side.

    It has the fixed point of the saturating form, but its gradient is strong where the
    discriminator rejects the generated examples, which is where training starts.

    Args:
        fake_scores: Logits on generated examples, any shape.

    Returns:
        Scalar float32, at least 0.

    Reference:
        Goodfellow et al. 2014, arXiv:1406.2661, section 3.
    """
    return tf.reduce_mean(tf.nn.softplus(-_float32(fake_scores)))


def saturating_minimax_generator(fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `E[log(1 - D(G(z)))]`, the generator's side of the game as written.

    Its gradient vanishes where the discriminator is sure, so `minimax_generator` is what trains.

    Args:
        fake_scores: Logits on generated examples, any shape.

    Returns:
        Scalar float32, at most 0.

    Reference:
        Goodfellow et al. 2014, arXiv:1406.2661, equation 1.
    """
    return -tf.reduce_mean(tf.nn.softplus(_float32(fake_scores)))


def lsgan_discriminator(real_scores: tf.Tensor, fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `E[(D(x) - 1)^2] + E[D(G(z))^2]`.

    Args:
        real_scores: Scores of real examples, any shape.
        fake_scores: Scores of generated examples, any shape.

    Returns:
        Scalar float32, at least 0.

    Reference:
        Mao et al. 2017, arXiv:1611.04076, equation 9. Differs: no factor 1/2, as in the code of
        SEGAN and Parallel WaveGAN (WaveGAN's code halves the discriminator's side).
    """
    real_term = tf.reduce_mean(tf.square(_float32(real_scores) - 1.0))
    return real_term + tf.reduce_mean(tf.square(_float32(fake_scores)))


def lsgan_generator(fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `E[(D(G(z)) - 1)^2]`.

    Args:
        fake_scores: Scores of generated examples, any shape.

    Returns:
        Scalar float32, at least 0.

    Reference:
        Mao et al. 2017, arXiv:1611.04076, equation 9, without the factor 1/2.
    """
    return tf.reduce_mean(tf.square(_float32(fake_scores) - 1.0))


def hinge_discriminator(real_scores: tf.Tensor, fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))]`.

    Args:
        real_scores: Scores of real examples, any shape.
        fake_scores: Scores of generated examples, any shape.

    Returns:
        Scalar float32, at least 0; 0 once both sides are a margin of 1 apart from 0.

    Reference:
        Lim and Ye 2017, arXiv:1705.02894; Kumar et al. 2019, arXiv:1910.06711, equation 1.
    """
    real_term = tf.reduce_mean(tf.nn.relu(1.0 - _float32(real_scores)))
    return real_term + tf.reduce_mean(tf.nn.relu(1.0 + _float32(fake_scores)))


def hinge_generator(fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `-E[D(G(z))]`.

    Args:
        fake_scores: Scores of generated examples, any shape.

    Returns:
        Scalar float32 of either sign.

    Reference:
        Lim and Ye 2017, arXiv:1705.02894; Kumar et al. 2019, arXiv:1910.06711, equation 2.
    """
    return -tf.reduce_mean(_float32(fake_scores))


def wasserstein_discriminator(real_scores: tf.Tensor, fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `E[f(G(z))] - E[f(x)]`, minus the critic's estimate of the distance.

    Args:
        real_scores: Critic values of real examples, any shape.
        fake_scores: Critic values of generated examples, any shape.

    Returns:
        Scalar float32 of either sign; 0 where the two agree on average.

    Reference:
        Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1.
    """
    return tf.reduce_mean(_float32(fake_scores)) - tf.reduce_mean(_float32(real_scores))


def wasserstein_generator(fake_scores: tf.Tensor) -> tf.Tensor:
    """Return `-E[f(G(z))]`.

    Args:
        fake_scores: Critic values of generated examples, any shape.

    Returns:
        Scalar float32 of either sign.

    Reference:
        Arjovsky et al. 2017, arXiv:1701.07875, algorithm 1.
    """
    return -tf.reduce_mean(_float32(fake_scores))


@dataclass(frozen=True)
class Objective:
    """An adversarial game: both sides' losses and how its paper trains the discriminator.

    Args:
        name: Key in `OBJECTIVES`.
        discriminator: `(real_scores, fake_scores) -> scalar` to be minimised.
        generator: `fake_scores -> scalar` to be minimised.
        gradient_penalty_weight: Factor of `losses.gradient_penalty`, at least 0; 0 leaves it out.
        weight_clip: Bound on every discriminator weight after each update, or None.
        critic_steps: Discriminator updates per generator update, at least 1.

    Raises:
        InputError: A number outside its range.
    """

    name: str
    discriminator: Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
    generator: Callable[[tf.Tensor], tf.Tensor]
    gradient_penalty_weight: float = 0.0
    weight_clip: float | None = None
    critic_steps: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that no training could use."""
        if not self.gradient_penalty_weight >= 0.0:
            raise InputError("gradient_penalty_weight", self.gradient_penalty_weight, "at least 0")
        if self.weight_clip is not None and not self.weight_clip > 0.0:
            raise InputError("weight_clip", self.weight_clip, "None or above 0")
        if self.critic_steps < 1:
            raise InputError("critic_steps", self.critic_steps, "at least 1")


# Non-saturating minimax: early on the discriminator wins, and the literal form would not train.
OBJECTIVES: Mapping[str, Objective] = MappingProxyType(
    {
        objective.name: objective
        for objective in (
            Objective("minimax", minimax_discriminator, minimax_generator),
            Objective("lsgan", lsgan_discriminator, lsgan_generator),
            Objective("hinge", hinge_discriminator, hinge_generator),
            Objective(
                "wgan",
                wasserstein_discriminator,
                wasserstein_generator,
                weight_clip=0.01,
                critic_steps=5,
            ),
            Objective(
                "wgan-gp",
                wasserstein_discriminator,
                wasserstein_generator,
                gradient_penalty_weight=10.0,
                critic_steps=5,
            ),
        )
    }
)
"""The objectives by name, with the defaults of their papers (arXiv:1701.07875, 1704.00028)."""


def find_objective(name: str) -> Objective:
    """Return the objective of that name.

    Args:
        name: Key of `OBJECTIVES`.

    Returns:
        The objective with its paper's defaults; change one by `dataclasses.replace`.

    Raises:
        InputError: An unknown name.

    Example:
        >>> find_objective("wgan-gp").critic_steps
        5
    """
    if name not in OBJECTIVES:
        raise InputError("objective", name, f"one of {', '.join(OBJECTIVES)}")
    return OBJECTIVES[name]


def _float32(scores: tf.Tensor) -> tf.Tensor:
    """Return scores in the precision every loss is summed in."""
    return tf.cast(scores, tf.float32)
