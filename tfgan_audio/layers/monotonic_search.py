"""The one most probable monotonic alignment of frames and symbols.

Letters: B batch, F frames, N symbols.
"""

from __future__ import annotations

import tensorflow as tf


def search_durations(
    log_probabilities: tf.Tensor, num_frames: tf.Tensor, num_symbols: tf.Tensor
) -> tf.Tensor:
    """Return how many frames the most probable alignment gives to each symbol.

    An alignment starts at the first symbol, ends at the last, and from one frame to the next stays
    or goes on by one. Of equal ones that which goes on later is taken.

    Args:
        log_probabilities: log P(symbol | frame); what lies behind the ends does not matter.
        num_frames: Frames of each example, at least as many as symbols.
        num_symbols: Symbols of each example, at least 1.

    Shape:
        [B, F, N], [B] and [B] -> int32 [B, N], 0 for padding, else at least 1.

    Reference:
        Kim et al. 2020, arXiv:2005.11129, section 3.2.
    """
    by_frame = tf.transpose(tf.cast(log_probabilities, tf.float32), [1, 0, 2])
    size = tf.shape(by_frame)
    first = tf.one_hot(tf.zeros(size[1], tf.int32), size[2], 0.0, -float("inf")) + by_frame[0]

    def advance(state: tuple, scores: tf.Tensor) -> tuple:
        best, _ = state
        moved = tf.pad(best[:, :-1], [[0, 0], [1, 0]], constant_values=-float("inf"))
        return tf.maximum(best, moved) + scores, moved >= best

    _, moves = tf.scan(advance, by_frame[1:], (first, tf.zeros_like(first, tf.bool)))
    last_symbol = tf.cast(num_symbols, tf.int32) - 1

    def retrace(symbol: tf.Tensor, frame: tuple) -> tf.Tensor:
        index, can_move = frame
        has_moved = tf.gather(can_move, symbol, batch_dims=1) & (index < num_frames)
        return tf.where(has_moved & (symbol > 0), symbol - 1, symbol)

    indices = tf.range(1, size[0])
    before = tf.scan(retrace, (indices, moves), last_symbol, reverse=True)
    path = tf.concat([before, last_symbol[None]], axis=0)  # [F, B]
    counted = tf.transpose(tf.sequence_mask(num_frames, size[0]))[:, :, None]
    frames = tf.where(counted, tf.one_hot(path, size[2], dtype=tf.int32), 0)
    return tf.stop_gradient(tf.reduce_sum(frames, axis=0))
