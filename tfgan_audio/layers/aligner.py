"""Which symbol a frame shows, learned from nothing but both sequences.

Letters: B batch, F frames, N symbols, M mels, C channels.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from tfgan_audio.layers.length_regulator import frame_path
from tfgan_audio.layers.monotonic_search import search_durations

_TEMPERATURE = 0.03
_EXCLUDED = -1e9
_GAIN = 2.5


@keras.saving.register_keras_serializable(package="tfgan_audio")
class Aligner(keras.layers.Layer):
    """Probability of each symbol for a frame, from distances between two encodings.

    A prior favours alignments near the diagonal. The frames' encoder sees mels alone, brought to
    mean 0 and deviation 1 over each recording, the symbols' not even their neighbours: a symbol
    that knew them could claim their frames in a small corpus.

    Args:
        channels: Channels of the encodings that are compared.
        **kwargs: As in Keras.

    Shape:
        [symbols [B, N, C], mel [B, F, M], num_symbols [B], num_frames [B]] -> float32 [B, F, N],
        logarithms.

    Reference:
        Badlani et al. 2021, arXiv:2108.10447, sections 3.1 and 3.2; Karras et al. 2018,
        arXiv:1710.10196, section 4.1, for small weights with a gain behind them, which learn faster
        than the rest of a model. Differs: symbols by themselves; a temperature at which learning
        is faster; mels have one level.
    """

    def __init__(self, channels: int = 80, **kwargs) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.channels = channels

    def build(self, input_shape) -> None:
        symbols, mel, *_ = input_shape
        self.symbol_encoder = self._encoder([(2 * symbols[-1], 1), (self.channels, 1)], symbols)
        widths = [(2 * mel[-1], 3), (mel[-1], 1), (self.channels, 1)]
        self.frame_encoder = self._encoder(widths, mel)

    def _encoder(self, widths: list[tuple[int, int]], shape) -> list[keras.layers.Conv1D]:
        """Build convolutions of some widths and kernel sizes."""
        convolutions, small = [], keras.initializers.VarianceScaling(_GAIN**-2, "fan_avg")
        for width, kernel_size in widths:
            convolution = keras.layers.Conv1D(
                width, kernel_size, padding="same", kernel_initializer=small, dtype="float32"
            )
            convolution.build(shape)
            shape = (*shape[:-1], width)
            convolutions.append(convolution)
        return convolutions

    def call(self, inputs):
        symbols, mel, num_symbols, num_frames = inputs
        keys = _encode(symbols, num_symbols, self.symbol_encoder)
        queries = _encode(_standardized(mel, num_frames), num_frames, self.frame_encoder)
        # The squared length of a query is the same for all symbols, and falls out.
        products = tf.matmul(queries, keys, transpose_b=True)
        distances = tf.reduce_sum(tf.square(keys), axis=-1)[:, None, :] - 2.0 * products
        inside = tf.sequence_mask(num_symbols, tf.shape(keys)[1])[:, None, :]
        fit = tf.nn.log_softmax(tf.where(inside, -_TEMPERATURE * distances, _EXCLUDED))
        prior = diagonal_prior(num_frames, num_symbols, tf.shape(mel)[1], tf.shape(keys)[1])
        return tf.nn.log_softmax(tf.where(inside, fit + prior, _EXCLUDED))

    def compute_output_shape(self, input_shape):
        symbols, mel, *_ = input_shape
        return (mel[0], mel[1], symbols[1])

    def get_config(self) -> dict:
        return {**super().get_config(), "channels": self.channels}


@keras.saving.register_keras_serializable(package="tfgan_audio")
class HardAlignment(keras.layers.Layer):
    """The best alignment under the aligner's probabilities; no gradient passes.

    Shape:
        [logarithms [B, F, N], num_symbols [B], num_frames [B]] -> int32 [B, N], frames of each.
    """

    def call(self, inputs):
        log_probabilities, num_symbols, num_frames = inputs
        return search_durations(tf.stop_gradient(log_probabilities), num_frames, num_symbols)

    def compute_output_spec(self, inputs):
        log_probabilities, *_ = inputs
        batch, _, num_symbols = log_probabilities.shape
        return keras.KerasTensor([batch, num_symbols], "int32")


@keras.saving.register_keras_serializable(package="tfgan_audio")
class FramePath(keras.layers.Layer):
    """The path of durations, as long as a mel or, without one, as the longest example.

    Shape:
        durations [B, N], or [durations [B, N], mel [B, F, M]] -> [B, F, N].
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, inputs):
        if isinstance(inputs, list | tuple):
            durations, mel = inputs
            return frame_path(durations, tf.shape(mel)[1])
        return frame_path(inputs)


def diagonal_prior(
    num_frames: tf.Tensor, num_symbols: tf.Tensor, max_frames: tf.Tensor, max_symbols: tf.Tensor
) -> tf.Tensor:
    """Return the logarithm of a beta-binomial distribution over symbols for each frame.

    Frame t of T, counted from 1, has `BetaBinomial(N - 1, t, T + 1 - t)` over symbols 0 to N - 1:
    wide in the middle, narrow at both ends.

    Args:
        num_frames: T of each example.
        num_symbols: N of each example.
        max_frames: F.
        max_symbols: The number of columns.

    Shape:
        [B], [B] -> float32 [B, F, N]; what lies behind the ends does not matter.

    Reference:
        Shih et al. 2021, RAD-TTS, section 3.2.
    """
    last = tf.cast(num_symbols, tf.float32)[:, None, None] - 1.0
    length = tf.cast(num_frames, tf.float32)[:, None, None]
    alpha = tf.minimum(tf.cast(tf.range(max_frames) + 1, tf.float32)[None, :, None], length)
    beta = length + 1.0 - alpha
    symbol = tf.minimum(tf.cast(tf.range(max_symbols), tf.float32)[None, None, :], last)
    rest, log_gamma = last - symbol, tf.math.lgamma
    ways = log_gamma(last + 1.0) - log_gamma(symbol + 1.0) - log_gamma(rest + 1.0)
    mixed = log_gamma(symbol + alpha) + log_gamma(rest + beta) - log_gamma(last + length + 1.0)
    return ways + mixed - (log_gamma(alpha) + log_gamma(beta) - log_gamma(length + 1.0))


def _standardized(mel: tf.Tensor, num_frames: tf.Tensor) -> tf.Tensor:
    """Bring each recording to mean 0 and deviation 1 over its frames and bins."""
    inside = tf.sequence_mask(num_frames, tf.shape(mel)[1], mel.dtype)[:, :, None]
    count = tf.reduce_sum(inside, axis=[1, 2], keepdims=True) * mel.shape[2]
    centred = mel - tf.reduce_sum(mel * inside, axis=[1, 2], keepdims=True) / count
    variance = tf.reduce_sum(tf.square(centred) * inside, axis=[1, 2], keepdims=True) / count
    return centred * tf.math.rsqrt(variance + 1e-4)


def _encode(sequence: tf.Tensor, lengths: tf.Tensor, convolutions: list) -> tf.Tensor:
    """Run convolutions with rectifiers between them; the padding stays zero."""
    inside = tf.sequence_mask(lengths, tf.shape(sequence)[1], sequence.dtype)[:, :, None]
    *first, last = convolutions
    for convolution in first:
        sequence = tf.nn.relu(_GAIN * convolution(sequence * inside))
    return _GAIN * last(sequence)
