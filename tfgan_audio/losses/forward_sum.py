"""How well frames and symbols fit, summed over every monotonic alignment of the two.

Letters: B batch, F frames, N symbols.
"""

from __future__ import annotations

import tensorflow as tf

_LEAST_SHARE = 1e-6
IMPOSSIBLE = -1e9
"""Log-probability of what cannot be; minus infinity would give gradients that are no numbers."""


def forward_sum(
    log_probabilities: tf.Tensor,
    num_frames: tf.Tensor,
    num_symbols: tf.Tensor,
    share_exponent: float | tf.Tensor = 0.0,
) -> tf.Tensor:
    """Return minus the log-probability of all monotonic alignments, mean over the batch.

    An alignment starts at the first symbol, ends at the last, and from one frame to the next stays
    or goes on by one; its probability is the product over frames. Each example counts by its
    number of symbols. The gradient is the posterior of the forward-backward algorithm, two passes
    over the frames however long the graph that leads here.

    Args:
        log_probabilities: log P(symbol | frame); what lies behind the ends does not matter.
        num_frames: Frames of each example, at least as many as symbols.
        num_symbols: Symbols of each example, at least 1.
        share_exponent: Power of a symbol's share of the frames that its probabilities are divided
            by, without a gradient. Above 0 it keeps a few symbols from claiming most frames, and
            makes sums below 0 possible.

    Shape:
        [B, F, N], [B] and [B] -> scalar float32, at least 0 for probabilities that sum to 1.

    Reference:
        Badlani et al. 2021, arXiv:2108.10447, equation 4; Huang et al. 2024, arXiv:2406.02560, for
        the division by shares. Differs: no blank between symbols; shares are those of an example.
    """
    scores = tf.cast(log_probabilities, tf.float32)
    scores -= share_exponent * tf.stop_gradient(_log_shares(scores, num_frames))
    costs = _costs(scores, num_frames, num_symbols)
    return tf.reduce_mean(costs / tf.cast(num_symbols, tf.float32))


@tf.custom_gradient
def _costs(scores: tf.Tensor, num_frames: tf.Tensor, num_symbols: tf.Tensor):
    """Return minus the log of the sum over alignments, [B]."""
    scores = tf.where(_inside(scores, num_frames, num_symbols), scores, IMPOSSIBLE)
    forward = _forward(scores)
    ends = tf.stack([num_frames - 1, num_symbols - 1], axis=1)
    log_sums = tf.gather_nd(forward, tf.cast(ends, tf.int32), batch_dims=1)

    def gradient(upstream: tf.Tensor):
        backward = _flip(_forward(_flip(scores, num_frames, num_symbols)), num_frames, num_symbols)
        posterior = tf.exp(forward + backward - scores - log_sums[:, None, None])
        posterior = tf.where(_inside(scores, num_frames, num_symbols), posterior, 0.0)
        return -upstream[:, None, None] * posterior, None, None

    return -log_sums, gradient


def _forward(scores: tf.Tensor) -> tf.Tensor:
    """Return for each frame and symbol the log of the sum over ways to get there, [B, F, N]."""
    by_frame = tf.transpose(scores, [1, 0, 2])
    start = tf.concat([by_frame[0, :, :1], tf.fill(tf.shape(by_frame[0, :, 1:]), IMPOSSIBLE)], 1)

    def step(before: tf.Tensor, score: tf.Tensor) -> tf.Tensor:
        moved = tf.pad(before[:, :-1], [[0, 0], [1, 0]], constant_values=IMPOSSIBLE)
        most = tf.maximum(before, moved)
        both = most + tf.math.log1p(tf.exp(-tf.abs(before - moved)))
        return tf.maximum(both + score, IMPOSSIBLE)

    rest = tf.scan(step, by_frame[1:], start)
    return tf.transpose(tf.concat([start[None], rest], axis=0), [1, 0, 2])


def _log_shares(log_probabilities: tf.Tensor, num_frames: tf.Tensor) -> tf.Tensor:
    """Return the logarithm of each symbol's share of the frames, [B, 1, N]."""
    inside = tf.sequence_mask(num_frames, tf.shape(log_probabilities)[1], tf.float32)[:, :, None]
    sums = tf.reduce_sum(tf.exp(log_probabilities) * inside, axis=1, keepdims=True)
    return tf.math.log(sums / tf.cast(num_frames, tf.float32)[:, None, None] + _LEAST_SHARE)


def _flip(scores: tf.Tensor, num_frames: tf.Tensor, num_symbols: tf.Tensor) -> tf.Tensor:
    """Reverse each example in both directions, the padding stays behind."""
    flipped = tf.reverse_sequence(scores, num_frames, seq_axis=1)
    return tf.reverse_sequence(flipped, num_symbols, seq_axis=2)


def _inside(scores: tf.Tensor, num_frames: tf.Tensor, num_symbols: tf.Tensor) -> tf.Tensor:
    """Tell what is no padding, [B, F, N]."""
    size = tf.shape(scores)
    frames = tf.sequence_mask(num_frames, size[1])
    return frames[:, :, None] & tf.sequence_mask(num_symbols, size[2])[:, None, :]
