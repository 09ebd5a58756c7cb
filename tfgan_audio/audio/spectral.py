"""Spectra in TensorFlow, after the conventions that `MelFeatures` spells out.

Whatever comes in, everything computes in float32 or better, works with unknown batch sizes and
lengths, and has finite gradients on digital silence. Letters: B batch, T samples, F frames,
K frequency bins (``fft_samples // 2 + 1``), M mels. Where [B, T] is named, any number of leading
axes will do.
"""

import functools
import math

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.features import PRESETS, Centring, MelFeatures, Padding
from tfgan_audio.errors import InputError

__all__ = [
    "PRESETS",
    "MelFeatures",
    "fit_to_frames",
    "log_mel",
    "magnitude",
    "mel_filters",
    "mel_spectrogram",
    "stft",
]

_SLANEY_KINK_HZ, _SLANEY_KINK_MEL = 1000.0, 15.0
_SLANEY_HZ_PER_MEL = 200.0 / 3.0
_SLANEY_LOG_STEP = math.log(6.4) / 27.0


def stft(
    waveform: tf.Tensor,
    fft_samples: int,
    hop_samples: int,
    window_samples: int | None = None,
    centring: Centring = "centre",
    padding: Padding = "reflect",
    in_double: bool = False,
) -> tf.Tensor:
    """Return the short-time Fourier transform, with a periodic Hann window.

    Args:
        waveform: Samples.
        fft_samples: Length of the transform.
        hop_samples: Distance between frames.
        window_samples: Length of the window, which stands in the middle of ``fft_samples``; None
            is ``fft_samples``.
        centring: How much is padded, see `MelFeatures`.
        padding: What is padded, see `MelFeatures`.
        in_double: Whether to transform in float64, which lowers the error from 1e-7 of a frame's
            strongest bin to 6e-8 of each bin. TFLite knows float32 only.

    Shape:
        [B, T] -> [B, F, K].

    Returns:
        complex64.

    Raises:
        InputError: A length that is known and too short to be reflected.

    Example:
        >>> stft(tf.zeros([1, 1024]), fft_samples=512, hop_samples=128).shape
        TensorShape([1, 9, 257])
    """
    window_samples = window_samples or fft_samples
    features = MelFeatures(  # checks the numbers and knows the padding
        fft_samples=fft_samples,
        hop_samples=hop_samples,
        window_samples=window_samples,
        centring=centring,
        padding=padding,
    )
    padded = _padded(tf.cast(waveform, tf.float32), features.pad_samples, padding)
    frames = tf.signal.frame(padded, fft_samples, hop_samples)
    if in_double:
        frames = tf.cast(frames, tf.float64)
    window = tf.constant(_window(window_samples, fft_samples), frames.dtype)
    return tf.cast(tf.signal.rfft(frames * window), tf.complex64)


def magnitude(spectrum: tf.Tensor, epsilon: float = 0.0) -> tf.Tensor:
    """Return ``sqrt(re^2 + im^2 + epsilon)``, whose gradient is 0 where the spectrum is 0.

    Args:
        spectrum: Complex values of any shape.
        epsilon: Added to the power.

    Returns:
        float32 of the same shape.
    """
    power = _power(spectrum) + epsilon
    if epsilon > 0.0:
        return tf.sqrt(power)
    is_silent = power <= 0.0
    # Two selections: a gradient through a root of 0 is NaN even where it is not selected.
    return tf.where(is_silent, 0.0, tf.sqrt(tf.where(is_silent, 1.0, power)))


@functools.lru_cache(maxsize=32)
def mel_filters(features: MelFeatures) -> np.ndarray:
    """Return the triangular filters from frequency bins to mels.

    Args:
        features: Rate, length of the transform, band, and mel scale and norm.

    Shape:
        [M, K].

    Returns:
        float32, read-only.

    Reference:
        Slaney 1998, Auditory Toolbox (scale and norm); O'Shaughnessy 1987 (the HTK scale).
    """
    low, high = (_mel(hz, features.mel_scale) for hz in (features.fmin_hz, features.top_hz))
    edges_hz = _hz(np.linspace(low, high, features.num_mels + 2), features.mel_scale)
    distances_hz = edges_hz[:, None] - np.asarray(features.bin_hz)
    widths_hz = np.diff(edges_hz)[:, None]
    rising = -distances_hz[:-2] / widths_hz[:-1]
    falling = distances_hz[2:] / widths_hz[1:]
    filters = np.maximum(0.0, np.minimum(rising, falling))
    if features.mel_norm == "slaney":
        filters *= 2.0 / (edges_hz[2:] - edges_hz[:-2])[:, None]
    filters = filters.astype(np.float32)
    filters.flags.writeable = False
    return filters


def mel_spectrogram(
    waveform: tf.Tensor, features: MelFeatures, in_double: bool = True
) -> tf.Tensor:
    """Return the mel spectrogram before the logarithm.

    Args:
        waveform: Samples at ``features.sample_rate_hz``.
        features: The definition.
        in_double: Whether to transform in float64, see `log_mel`.

    Shape:
        [B, T] -> [B, F, M].

    Returns:
        float32, at least 0.

    Raises:
        InputError: A length that is known and too short to be reflected.
    """
    spectrum = stft(
        waveform,
        features.fft_samples,
        features.hop_samples,
        features.window_samples,
        features.centring,
        features.padding,
        in_double,
    )
    if features.power == 2.0:
        spectrogram = _power(spectrum) + features.magnitude_epsilon
    else:
        spectrogram = magnitude(spectrum, features.magnitude_epsilon)
    return tf.matmul(spectrogram, tf.constant(mel_filters(features).T))


def log_mel(waveform: tf.Tensor, features: MelFeatures, in_double: bool = True) -> tf.Tensor:
    """Return the log-mel spectrogram, normalised where `features` normalise.

    Args:
        waveform: Samples at ``features.sample_rate_hz``.
        features: The definition.
        in_double: Whether to transform in float64. Where a mel lies 110 dB below the strongest bin
            of its frame, float32 leaves an error of 4e-4 in the natural logarithm, float64 of 1e-6.
            False is for TFLite, which knows float32 only.

    Shape:
        [B, T] or [B, T, 1] -> [B, F, M].

    Returns:
        float32.

    Raises:
        InputError: Another shape, or a length that is known and too short to be reflected.
    """
    waveform = tf.convert_to_tensor(waveform)
    if waveform.shape.rank == 3 and waveform.shape[-1] == 1:
        waveform = tf.squeeze(waveform, -1)
    if waveform.shape.rank != 2:
        raise InputError("waveform", f"shape {waveform.shape}", "[batch, samples] or [.., .., 1]")
    mel = mel_spectrogram(waveform, features, in_double)
    unit = 1.0 if features.log_base == "e" else 1.0 / math.log(10.0)
    values = unit * tf.math.log(tf.maximum(mel, features.floor))
    if features.mean is None or features.scale is None:
        return values
    return (values - tf.constant(features.mean)) / tf.constant(features.scale)


def fit_to_frames(waveform: np.ndarray, features: MelFeatures) -> np.ndarray:
    """Cut or pad a waveform to ``hop_samples`` for every frame of its mel spectrogram.

    That is the waveform a vocoder learns to give for it. What is missing repeats the last sample,
    as ParallelWaveGAN prepares its pairs.

    Args:
        waveform: Samples.
        features: The definition.

    Shape:
        [T] -> [F * hop_samples] or [T, C] -> [F * hop_samples, C].
    """
    num_samples = features.num_frames(len(waveform)) * features.hop_samples
    padding = [(0, max(0, num_samples - len(waveform)))] + [(0, 0)] * (waveform.ndim - 1)
    return np.pad(waveform, padding, mode="edge")[:num_samples]


def _padded(waveform: tf.Tensor, pad_samples: int, padding: Padding) -> tf.Tensor:
    """Pad both ends of the last axis."""
    if not pad_samples:
        return waveform
    num_samples = waveform.shape[-1]
    if padding == "reflect" and num_samples is not None and num_samples <= pad_samples:
        raise InputError("waveform", f"{num_samples} samples", f"more than {pad_samples} samples")
    amounts = [[0, 0]] * (waveform.shape.rank - 1) + [[pad_samples, pad_samples]]
    return tf.pad(waveform, amounts, "REFLECT" if padding == "reflect" else "CONSTANT")


@functools.lru_cache(maxsize=32)
def _window(window_samples: int, fft_samples: int) -> np.ndarray:
    """Return a periodic Hann window with zeros around it, [fft_samples]."""
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(window_samples) / window_samples)
    before = (fft_samples - window_samples) // 2
    after = fft_samples - window_samples - before
    return np.pad(hann, (before, after))


def _power(spectrum: tf.Tensor) -> tf.Tensor:
    """Return the squared magnitude."""
    return tf.square(tf.math.real(spectrum)) + tf.square(tf.math.imag(spectrum))


def _mel(hz: float, mel_scale: str) -> float:
    """Return the pitch of a frequency on a mel scale."""
    if mel_scale == "htk":
        return 2595.0 * math.log10(1.0 + hz / 700.0)
    if hz < _SLANEY_KINK_HZ:
        return hz / _SLANEY_HZ_PER_MEL
    return _SLANEY_KINK_MEL + math.log(hz / _SLANEY_KINK_HZ) / _SLANEY_LOG_STEP


def _hz(mels: np.ndarray, mel_scale: str) -> np.ndarray:
    """Return the frequencies of pitches on a mel scale."""
    if mel_scale == "htk":
        return 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    steps = np.maximum(0.0, mels - _SLANEY_KINK_MEL)
    upper_hz = _SLANEY_KINK_HZ * np.exp(_SLANEY_LOG_STEP * steps)
    return np.where(mels < _SLANEY_KINK_MEL, mels * _SLANEY_HZ_PER_MEL, upper_hz)
