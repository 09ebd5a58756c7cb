"""From symbols to frames by their durations.

Letters: B batch, F frames, N symbols, C channels.
"""

from __future__ import annotations

import keras
import tensorflow as tf


def frame_path(durations: tf.Tensor, num_frames: tf.Tensor | None = None) -> tf.Tensor:
    """Return which symbol each frame belongs to, as ones and zeros.

    A frame belongs to the symbol whose end is the first behind it, so a comparison with the
    cumulative durations is all that is needed.

    Args:
        durations: Frames of each symbol, whole numbers from 0 on, of any type.
        num_frames: F; None is the longest example's.

    Shape:
        [B, N] -> float32 [B, F, N]; rows behind an example's end are zero.

    Example:
        >>> frame_path(tf.constant([[2, 1]]))[0].numpy().tolist()
        [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    durations = tf.cast(durations, tf.float32)
    ends = tf.cumsum(durations, axis=1)
    if num_frames is None:
        num_frames = tf.cast(tf.reduce_max(ends), tf.int32)
    # Devices have no slices that add an axis.
    frames = tf.reshape(tf.cast(tf.range(num_frames), tf.float32), [1, -1, 1])
    is_before_end = tf.cast(frames < tf.expand_dims(ends, 1), tf.float32)
    is_before_start = tf.cast(frames < tf.expand_dims(ends - durations, 1), tf.float32)
    return is_before_end - is_before_start


@keras.saving.register_keras_serializable(package="tfgan_audio")
class LengthRegulator(keras.layers.Layer):
    """Repeat each symbol for the frames of its path.

    Shape:
        [symbols [B, N, C], path [B, F, N]] -> [B, F, C].
    """

    def call(self, inputs):
        symbols, path = inputs
        return tf.matmul(tf.cast(path, symbols.dtype), symbols)

    def compute_output_shape(self, input_shape):
        (batch, _, channels), path = input_shape
        return (batch, path[1], channels)


@keras.saving.register_keras_serializable(package="tfgan_audio")
class SpokenDurations(keras.layers.Layer):
    """Turn predicted durations into whole frames, at a pace.

    The ends of the symbols are rounded, not their durations, so that an utterance keeps its length
    at any pace.

    Args:
        max_symbol_frames: Bound on the frames of one symbol at the natural pace.
        **kwargs: As in Keras.

    Shape:
        [log of 1 + durations [B, N], pace [B, N] above 0, mask [B, N]] -> int32 [B, N].
    """

    def __init__(self, max_symbol_frames: float = 400.0, **kwargs) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.max_symbol_frames = max_symbol_frames

    def call(self, inputs):
        log_durations, pace, mask = inputs
        bound = tf.math.log(1.0 + self.max_symbol_frames)
        durations = tf.exp(tf.clip_by_value(log_durations, 0.0, bound)) - 1.0
        ends = tf.cumsum(durations / pace * tf.cast(mask, tf.float32), axis=1)
        ends = tf.cast(tf.floor(tf.maximum(ends, 1.0) + 0.5), tf.int32)
        return ends - tf.pad(ends[:, :-1], [[0, 0], [1, 0]])

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self) -> dict:
        return {**super().get_config(), "max_symbol_frames": self.max_symbol_frames}
