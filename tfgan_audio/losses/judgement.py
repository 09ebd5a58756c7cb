"""What discriminators return, in one form: a score, or feature maps over scales.

A judgement is either one tensor of scores, or a list over scales of lists of feature maps whose
last map is that scale's score.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import tensorflow as tf

from tfgan_audio.errors import InputError

Judgement: TypeAlias = Any  # tf.Tensor | Sequence[Sequence[tf.Tensor]]


def scores_of(judgement: Judgement) -> list[tf.Tensor]:
    """Return the scores of a judgement, one tensor per scale.

    Args:
        judgement: Scores `[B, ...]`, or a list over scales of lists of maps, score last.

    Returns:
        One score tensor per scale; a single tensor counts as one scale.

    Raises:
        InputError: A list that is empty or not a list of lists of maps.

    Example:
        >>> [score.shape[-1] for score in scores_of([[tf.zeros([2, 8, 4]), tf.zeros([2, 8, 1])]])]
        [1]
    """
    return [scale[-1] for scale in _scales(judgement)]


def maps_of(judgement: Judgement) -> list[list[tf.Tensor]]:
    """Return the feature maps of a judgement without the scores, a list per scale.

    Args:
        judgement: Scores `[B, ...]`, or a list over scales of lists of maps, score last.

    Returns:
        A list over scales of lists of maps; empty inner lists where there are only scores.

    Raises:
        InputError: A list that is empty or not a list of lists of maps.
    """
    return [list(scale[:-1]) for scale in _scales(judgement)]


def over_scales(
    loss: Callable[..., tf.Tensor], *judgements: Judgement, average: bool = False
) -> tf.Tensor:
    """Apply a loss of scores at every scale and add the results up.

    The official MelGAN sums over its scales, as here by default; Parallel WaveGAN's MelGAN
    averages. The two differ by the number of scales, nothing else.

    Args:
        loss: For example `objective.discriminator` or `hinge_generator`.
        *judgements: What `loss` takes, in its order: real then fake, or fake alone.
        average: Divide the sum by the number of scales.

    Returns:
        Scalar float32.

    Raises:
        InputError: Judgements that differ in their number of scales.

    Reference:
        Kumar et al. 2019, arXiv:1910.06711, equations 1 and 2.
    """
    scores = [scores_of(judgement) for judgement in judgements]
    num_scales = [len(scales) for scales in scores]
    if len(set(num_scales)) != 1:
        raise InputError("judgements", f"{num_scales} scales", "the same number of scales each")
    total = tf.add_n([loss(*at_scale) for at_scale in zip(*scores, strict=True)])
    return total / num_scales[0] if average else total


def _scales(judgement: Judgement) -> list[Sequence[tf.Tensor]]:
    """Return a judgement as a non-empty list of non-empty lists."""
    if not isinstance(judgement, list | tuple):
        return [[judgement]]
    if not judgement or not all(isinstance(scale, list | tuple) and scale for scale in judgement):
        raise InputError(
            "judgement", _outline(judgement), "a tensor or a list over scales of lists of maps"
        )
    return list(judgement)


def _outline(judgement: Sequence[Any]) -> str:
    """Describe a malformed judgement without printing tensors."""
    return f"a list of [{', '.join(type(scale).__name__ for scale in judgement)}]"
