"""What the signatures for servers refuse by themselves, on whatever server runs them.

A server answers INVALID_ARGUMENT then, and its text names the input.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

_SLOWEST = 0.1


def refusing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that refuses empty inputs, NaN and infinity.

    Args:
        function: From tensors to what a signature returns.
    """

    @functools.wraps(function)
    def checked(*inputs: tf.Tensor) -> Any:
        return function(*map(_usable, inputs))

    return checked


def labels_below(num_classes: int, labels: tf.Tensor) -> tf.Tensor:
    """Return labels, refused where there is no such class.

    Args:
        num_classes: How many there are.
        labels: Indices.
    """
    message = f"labels: expected 0 to {num_classes - 1}"
    least = tf.debugging.assert_non_negative(labels, message)
    most = tf.debugging.assert_less(labels, num_classes, message)
    with tf.control_dependencies([least, most]):
        return tf.identity(labels)


def readable_inputs(
    num_symbols: int, num_languages: int, symbols: tf.Tensor, languages: tf.Tensor, *rest: tf.Tensor
) -> list[tf.Tensor]:
    """Return what an acoustic model reads, refused where it could not be read.

    Args:
        num_symbols: Ids of symbols, the padding's included.
        num_languages: Ids of languages, that of unknown ones included.
        symbols: Ids, [B, N].
        languages: Ids, [B, N].
        *rest: Speaker, style, pace, pitch_shift and energy_shift.
    """
    speaker, style, pace, *shifts = rest
    checks = [
        tf.debugging.assert_less(
            value, tf.cast(most, value.dtype), f"{name}: expected less than {most}"
        )
        for name, value, most in (
            ("symbols", symbols, num_symbols),
            ("languages", languages, num_languages),
        )
    ]
    checks += [
        tf.debugging.assert_non_negative(symbols, "symbols: expected 0 and more"),
        tf.debugging.assert_non_negative(languages, "languages: expected 0 and more"),
        tf.debugging.assert_greater_equal(pace, _SLOWEST, f"pace: expected {_SLOWEST} and more"),
    ]
    with tf.control_dependencies(checks):
        return [tf.identity(value) for value in (symbols, languages, speaker, style, pace, *shifts)]


def _usable(tensor: tf.Tensor) -> tf.Tensor:
    """Return a tensor, refused where it is empty or holds what is no number."""
    name = tensor.op.name
    if tensor.dtype.is_floating:
        tensor = tf.debugging.check_numerics(tensor, name)
    with tf.control_dependencies([tf.debugging.assert_positive(tf.size(tensor), f"{name}: empty")]):
        return tf.identity(tensor)
