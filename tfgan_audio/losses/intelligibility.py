"""Short-time objective intelligibility as a loss.

Letters: B batch, T samples, C channels, F frames, K bands.
"""

from __future__ import annotations

import functools

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.spectral import stft
from tfgan_audio.losses.tensors import as_signals, float32_pair

_NUM_BANDS = 15
_FIRST_BAND_HZ = 150.0
_WINDOW_SECONDS = 0.0256
_SEGMENT_FRAMES = 30
_SILENCE = 1e-4  # of the loudest frame's energy: -40 dB
_MOST_EXCESS = 1.0 + 10.0 ** (15.0 / 20.0)
_SILENT_POWER = 1e-10  # -100 dB of full scale
_TINY = 1e-8


def stoi_distance(
    reference: tf.Tensor, estimate: tf.Tensor, sample_rate_hz: int = 16000
) -> tf.Tensor:
    """Return 1 minus the correlation of band levels over 0.4 s, mean over bands and time.

    Speech is understood by how the level of each band moves. Frames in which the reference is
    silent do not count. Of noisy speech it is within 0.02 of 1 - STOI.

    Args:
        reference: Target waveform; with less than 0.4 s of sound the result is 1.
        estimate: Waveform of the same shape.
        sample_rate_hz: Their rate, at least 10 kHz.

    Shape:
        [B, T] or [B, T, C].

    Returns:
        Scalar float32 from 0 for equal waveforms to 2; does not depend on either's scale.

    Raises:
        InputError: Shapes that differ.

    Reference:
        Taal et al. 2011, "An Algorithm for Intelligibility Prediction of Time-Frequency Weighted
        Noisy Speech"; as a loss: Fu et al. 2018, arXiv:1709.03658. Differs: no change of rate;
        silent frames are cut out of the spectra instead of the signals.
    """
    reference, estimate = float32_pair(reference, estimate)
    window_samples = round(_WINDOW_SECONDS * sample_rate_hz)
    fft_samples = 2 * window_samples
    bands = tf.constant(_third_octaves(fft_samples, sample_rate_hz))
    powers = []
    for waveform in (reference, estimate):
        waveform = as_signals(waveform)
        power = tf.reduce_mean(tf.square(waveform), axis=1, keepdims=True)
        waveform = waveform * tf.math.rsqrt(power + _SILENT_POWER)
        spectrum = stft(waveform, fft_samples, window_samples // 2, window_samples)
        powers.append(tf.square(tf.math.real(spectrum)) + tf.square(tf.math.imag(spectrum)))
    envelopes = [tf.sqrt(tf.matmul(power, bands) + _TINY) for power in powers]
    energy = tf.reduce_sum(powers[0], axis=2)
    is_active = energy > _SILENCE * tf.reduce_max(energy, axis=1, keepdims=True)
    order = tf.argsort(tf.cast(~is_active, tf.int32), axis=1, stable=True)  # active frames first
    target, candidate = (_segments(tf.gather(e, order, batch_dims=1)) for e in envelopes)
    # What is far too loud in one frame must not outweigh all others.
    scale = _norm(target) / (_norm(candidate) + 1e-6)
    candidate = tf.minimum(scale * candidate, _MOST_EXCESS * target)
    target, candidate = (part - tf.reduce_mean(part, 2, True) for part in (target, candidate))
    product = tf.reduce_sum(target * candidate, axis=2, keepdims=True)
    correlation = product / (_norm(target) * _norm(candidate) + _TINY)
    num_active = tf.reduce_sum(tf.cast(is_active, tf.int32), axis=1, keepdims=True)
    last_frames = tf.range(_SEGMENT_FRAMES, _SEGMENT_FRAMES + tf.shape(target)[1])
    counts = tf.cast(last_frames <= num_active, tf.float32)[:, :, None, None]
    return 1.0 - tf.reduce_sum(correlation * counts) / (_NUM_BANDS * tf.reduce_sum(counts) + 1e-6)


def _segments(values: tf.Tensor) -> tf.Tensor:
    """Every run of consecutive frames, [B, F, K] -> [B, S, 30, K]."""
    return tf.signal.frame(values, _SEGMENT_FRAMES, 1, axis=1)


def _norm(values: tf.Tensor) -> tf.Tensor:
    """Length over the frames of a segment, with a slope at 0."""
    return tf.sqrt(tf.reduce_sum(tf.square(values), axis=2, keepdims=True) + _TINY)


@functools.lru_cache(maxsize=8)
def _third_octaves(fft_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Which bins belong to which band, [bins, K]."""
    centres_hz = _FIRST_BAND_HZ * 2.0 ** (np.arange(_NUM_BANDS) / 3)
    bins_hz = np.arange(fft_samples // 2 + 1)[:, None] * sample_rate_hz / fft_samples
    inside = (bins_hz >= centres_hz * 2 ** (-1 / 6)) & (bins_hz < centres_hz * 2 ** (1 / 6))
    return inside.astype(np.float32)
