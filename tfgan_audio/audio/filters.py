"""Pre-emphasis with its exact inverse, and levels.

The filters work along the time axis: the only axis of [T], and the second to last of [T, C] and
[B, T, C]. NumPy in gives NumPy out and needs no TensorFlow; a tensor in gives a tensor out, by
operations that a SavedModel and TFLite know. Letters: B batch, T samples, C channels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    import tensorflow as tf

Array = Any  # np.ndarray or tf.Tensor; the result is of the same kind

# Shares of the past this small are lost.
_NEGLIGIBLE = 1e-10
_NEGLIGIBLE_IN_FLOAT64 = 1e-18


def pre_emphasis(waveform: Array, coefficient: float, previous: Any = 0.0) -> Array:
    """Filter by ``y[n] = x[n] - coefficient * x[n - 1]``.

    Args:
        waveform: Samples.
        coefficient: From 0 to below 1; 0.95 is common for speech.
        previous: ``x[-1]``: 0 at the start of a signal; in a stream the last sample of the block
            before, without the time axis ([C] or [B, C]).

    Shape:
        [T], [T, C] or [B, T, C], kept.

    Raises:
        InputError: A coefficient or a shape outside what is named here.

    Example:
        >>> pre_emphasis(np.array([1.0, 1.0, 2.0]), 0.5)
        array([1. , 0.5, 1.5])
    """
    axis = _time_axis(waveform, coefficient)
    if isinstance(waveform, np.ndarray):
        delayed = np.roll(waveform, 1, axis)
        if waveform.shape[axis]:
            np.moveaxis(delayed, axis, 0)[0] = previous
        return (waveform - coefficient * delayed).astype(waveform.dtype, copy=False)
    return waveform - coefficient * _delayed(waveform, 1, axis, previous)


def de_emphasis(waveform: Array, coefficient: float, previous: Any = 0.0) -> Array:
    """Filter by ``y[n] = x[n] + coefficient * y[n - 1]``, the inverse of `pre_emphasis`.

    The impulse response is summed by doubling: ``log2`` of its length shifted additions instead of
    a loop over samples. NumPy does that in float64.

    Args:
        waveform: Samples.
        coefficient: As it was for `pre_emphasis`.
        previous: ``y[-1]``: 0 at the start of a signal; in a stream the last sample of the result
            before, without the time axis ([C] or [B, C]).

    Shape:
        [T], [T, C] or [B, T, C], kept.

    Raises:
        InputError: A coefficient or a shape outside what is named here.
    """
    axis = _time_axis(waveform, coefficient)
    if isinstance(waveform, np.ndarray):
        return _recursion_in_float64(waveform, coefficient, axis, previous)
    return _recursion(waveform, coefficient, axis, previous)


class EmphasisStream:
    """Pre-emphasis, or its inverse, of a signal that comes in blocks.

    Args:
        coefficient: From 0 to below 1.
        inverse: Whether to de-emphasise.

    Example:
        >>> stream = EmphasisStream(0.5)
        >>> stream.process(np.array([1.0, 1.0])), stream.process(np.array([2.0]))
        (array([1. , 0.5]), array([1.5]))
    """

    def __init__(self, coefficient: float, inverse: bool = False) -> None:
        self._coefficient = coefficient
        self._inverse = inverse
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next block starts a new signal."""
        self._previous: Any = 0.0

    def process(self, block: np.ndarray) -> np.ndarray:
        """Filter the next block.

        Shape:
            [T], [T, C] or [B, T, C], kept; T may be 0 and change from block to block.
        """
        run = de_emphasis if self._inverse else pre_emphasis
        result = run(block, self._coefficient, self._previous)
        axis = _time_axis(block, self._coefficient)
        if block.shape[axis]:
            self._previous = np.take(result if self._inverse else block, -1, axis)
        return result


def rms_dbfs(waveform: np.ndarray) -> float:
    """Return the level in dB of full scale: 0 for a constant 1, -3.01 for a full sine.

    Args:
        waveform: Samples of any shape, all of which count alike.

    Returns:
        Level in dB; minus infinity for silence and for no samples.
    """
    mean_square = np.mean(np.square(waveform, dtype=np.float64)) if waveform.size else 0.0
    return 10.0 * math.log10(mean_square) if mean_square > 0.0 else -math.inf


def peak(waveform: np.ndarray) -> float:
    """Return the largest absolute sample, 0 for no samples."""
    return float(np.max(np.abs(waveform), initial=0.0))


def _time_axis(waveform: Array, coefficient: float) -> int:
    """Return the time axis, counted from the end, after a check of both arguments."""
    if not 0.0 <= coefficient < 1.0:
        raise InputError("coefficient", coefficient, "a number from 0 to below 1")
    num_axes = len(waveform.shape)
    if num_axes not in (1, 2, 3):
        expected = "[samples], [samples, channels] or [batch, samples, channels]"
        raise InputError("waveform", f"shape {tuple(waveform.shape)}", expected)
    return -1 if num_axes == 1 else -2


def _delayed(waveform: tf.Tensor, num_samples: int, axis: int, past: Any = 0.0) -> tf.Tensor:
    """Shift a tensor along time, the first samples filled with the past."""
    import tensorflow as tf

    sizes = tf.unstack(tf.shape(waveform))
    num_kept, sizes[axis] = sizes[axis], num_samples
    past = tf.cast(past, waveform.dtype)
    if past.shape.rank:
        past = tf.expand_dims(past, axis)
    longer = tf.concat([tf.broadcast_to(past, sizes), waveform], axis)
    delayed = longer[:num_kept] if axis == -1 else longer[..., :num_kept, :]
    return tf.ensure_shape(delayed, waveform.shape)


def _recursion(waveform: tf.Tensor, coefficient: float, axis: int, previous: Any) -> tf.Tensor:
    """Sum ``coefficient^k x[n - k]`` over the past, twice as much of it each time."""
    # Shifting silence in behind y[-1] leaves the one sample that continues the past.
    carried = _delayed(0.0 * waveform, 1, axis, previous)
    total, num_samples, weight = waveform + coefficient * carried, 1, coefficient
    while weight > _NEGLIGIBLE:
        total += weight * _delayed(total, num_samples, axis)
        num_samples, weight = 2 * num_samples, weight * weight
    return total


def _recursion_in_float64(
    waveform: np.ndarray, coefficient: float, axis: int, previous: Any
) -> np.ndarray:
    """Do the same for an array."""
    result = waveform.astype(np.float64)
    total = np.moveaxis(result, axis, 0)
    total[:1] += coefficient * np.asarray(previous)
    num_samples, weight = 1, coefficient
    while num_samples < len(total) and weight > _NEGLIGIBLE_IN_FLOAT64:
        total[num_samples:] += weight * total[:-num_samples]
        num_samples, weight = 2 * num_samples, weight * weight
    return result.astype(waveform.dtype, copy=False)
