"""Distances between an estimated waveform and the one it should be.

Letters: B batch, T samples, C channels. All work in float32 whatever comes in.
"""

from __future__ import annotations

import math

import tensorflow as tf

from tfgan_audio.audio.spectral import MelFeatures, log_mel
from tfgan_audio.losses.tensors import float32_pair

_DB_PER_LOG_UNIT = 10.0 / math.log(10.0)
_SI_SDR_LIMIT = 1e-10  # as a power ratio: values stay within +-100 dB
_SI_SDR_FLOOR = 1e-12  # mean square, -120 dB of full scale


def waveform_l1(reference: tf.Tensor, estimate: tf.Tensor) -> tf.Tensor:
    """Return the mean absolute difference of two waveforms.

    Args:
        reference: Target waveform, any shape.
        estimate: Waveform of the same shape.

    Returns:
        Scalar float32, at least 0, in units of full scale.

    Raises:
        InputError: Shapes that differ.

    Reference:
        Pascual et al. 2017, arXiv:1703.09452 (SEGAN weights it by 100).
    """
    reference, estimate = float32_pair(reference, estimate)
    return tf.reduce_mean(tf.abs(estimate - reference))


def waveform_l2(reference: tf.Tensor, estimate: tf.Tensor) -> tf.Tensor:
    """Return the mean squared difference of two waveforms.

    Args:
        reference: Target waveform, any shape.
        estimate: Waveform of the same shape.

    Returns:
        Scalar float32, at least 0.

    Raises:
        InputError: Shapes that differ.
    """
    reference, estimate = float32_pair(reference, estimate)
    return tf.reduce_mean(tf.square(estimate - reference))


def negative_snr(
    reference: tf.Tensor,
    estimate: tf.Tensor,
    max_snr_db: float = 30.0,
    floor_db: float = -40.0,
) -> tf.Tensor:
    """Return minus the signal-to-noise ratio in dB with a soft ceiling, mean over the batch.

    `10 log10((noise + tau * signal) / signal)` with `tau = 10^(-max_snr_db / 10)`: an example at
    the ceiling stops pulling, so that the others improve. The floor is added to the signal's
    power: a silent reference is treated as a signal of that level, which bounds the gradient of
    an example of n values by `4.4 / sqrt(tau * floor * n)`. The default asks for at most -70 dB of
    noise in silence; a much lower one lets silent examples own the gradient.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.
        max_snr_db: Where a better estimate stops paying, in dB.
        floor_db: Level below which a reference counts as silence, 10 log10 of its mean square.

    Shape:
        Both `[B, T]` or `[B, T, C]`; one ratio per example, over all samples and channels.

    Returns:
        Scalar float32 in dB: `-max_snr_db` where the estimate equals the reference, about 0 where
        it is silent, positive where it is worse than silence.

    Raises:
        InputError: Shapes that differ.

    Reference:
        Wisdom et al. 2020, arXiv:2006.12701 (thresholded SNR). Differs: the floor.
    """
    reference, estimate = float32_pair(reference, estimate)
    signal = _power(reference) + 10.0 ** (floor_db / 10.0)
    noise = _power(estimate - reference)
    ratio = noise / signal + 10.0 ** (-max_snr_db / 10.0)
    return _DB_PER_LOG_UNIT * tf.reduce_mean(tf.math.log(ratio))


def si_sdr(reference: tf.Tensor, estimate: tf.Tensor) -> tf.Tensor:
    """Return the scale-invariant signal-to-distortion ratio of each example.

    The reference is scaled to fit the estimate; the mean is not removed. Values are limited to
    +-100 dB, and where a signal is silent the ratio, which does not exist, is finite: a silent
    estimate scores -100 dB.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.

    Shape:
        Both `[B, T, 1]` or `[B, T]`.

    Returns:
        `[B]` float32 in dB, higher is better, differentiable in the estimate.

    Raises:
        InputError: Shapes that differ.

    Reference:
        Le Roux et al. 2019, arXiv:1811.02508.
    """
    reference, estimate = (_flat(signal) for signal in float32_pair(reference, estimate))
    correlation = tf.reduce_mean(estimate * reference, axis=1)
    scale = correlation / (_power(reference) + _SI_SDR_FLOOR)
    target = scale[:, None] * reference
    signal, distortion = _power(target), _power(estimate - target)
    ratio = (signal + _SI_SDR_LIMIT * (distortion + _SI_SDR_FLOOR)) / (
        distortion + _SI_SDR_LIMIT * signal + _SI_SDR_FLOOR
    )
    return _DB_PER_LOG_UNIT * tf.math.log(ratio)


def log_mel_l1(reference: tf.Tensor, estimate: tf.Tensor, features: MelFeatures) -> tf.Tensor:
    """Return the mean absolute difference of two waveforms' log-mel spectrograms.

    Args:
        reference: Target waveform, as `log_mel` takes it.
        estimate: Waveform of the same shape.
        features: Definition of the log-mel spectrogram.

    Returns:
        Scalar float32, at least 0, in the unit of `features` (its log base and normalisation).

    Raises:
        InputError: Shapes that differ.

    Reference:
        Kong et al. 2020, arXiv:2010.05646, equation 3 (HiFi-GAN weights it by 45).
    """
    reference, estimate = float32_pair(reference, estimate)
    return tf.reduce_mean(tf.abs(log_mel(estimate, features) - log_mel(reference, features)))


def log_mel_l2(reference: tf.Tensor, estimate: tf.Tensor, features: MelFeatures) -> tf.Tensor:
    """Return the mean squared difference of two waveforms' log-mel spectrograms.

    Args:
        reference: Target waveform, as `log_mel` takes it.
        estimate: Waveform of the same shape.
        features: Definition of the log-mel spectrogram.

    Returns:
        Scalar float32, at least 0, in the squared unit of `features`.

    Raises:
        InputError: Shapes that differ.
    """
    reference, estimate = float32_pair(reference, estimate)
    return tf.reduce_mean(tf.square(log_mel(estimate, features) - log_mel(reference, features)))


def _flat(signal: tf.Tensor) -> tf.Tensor:
    """Return examples as rows, [B, T * C]."""
    return tf.reshape(signal, [tf.shape(signal)[0], -1])


def _power(signal: tf.Tensor) -> tf.Tensor:
    """Return the mean square of each example, [B]."""
    return tf.reduce_mean(tf.square(_flat(signal)), axis=1)
