"""Waveforms from magnitudes alone, in TensorFlow."""

import tensorflow as tf

from tfgan_audio.audio.spectral import stft

# Share of the largest weight below which a sample, at either end, is faded instead of scaled up.
_LEAST_WEIGHT = 0.1


def inverse_stft(spectrum: tf.Tensor, hop_samples: int) -> tf.Tensor:
    """Return the waveform whose frames come nearest to a spectrum.

    It inverts `stft` with `centring="none"` wherever windows overlap; the first and the last
    samples, which hardly any window reaches, are faded.

    Args:
        spectrum: Complex values of frames with a periodic Hann window as long as the transform.
        hop_samples: Distance between frames.

    Shape:
        [..., F, K] -> [..., T] with `T = (F - 1) * hop_samples + 2 * (K - 1)`.

    Returns:
        float32.

    Reference:
        Griffin and Lim 1984, equation 6.
    """
    frames = tf.signal.irfft(spectrum)
    window = tf.signal.hann_window(frames.shape[-1])
    total = tf.signal.overlap_and_add(frames * window, hop_samples)
    squares = tf.broadcast_to(tf.square(window), tf.shape(frames)[-2:])
    weights = tf.signal.overlap_and_add(squares, hop_samples)
    return total / tf.maximum(weights, _LEAST_WEIGHT * tf.reduce_max(weights))


def griffin_lim(magnitudes: tf.Tensor, hop_samples: int, num_iterations: int = 16) -> tf.Tensor:
    """Return a waveform with nearly these magnitudes, found from zero phase.

    Args:
        magnitudes: Magnitudes of what `stft` gives with `centring="none"`, at least 0.
        hop_samples: Distance between frames.
        num_iterations: How often phases are taken from the waveform so far; 0 keeps zero phase.

    Shape:
        [..., F, K] -> [..., T] with `T = (F - 1) * hop_samples + 2 * (K - 1)`.

    Returns:
        float32.

    Reference:
        Griffin and Lim 1984, section IV.
    """
    magnitudes = tf.cast(magnitudes, tf.float32)
    fft_samples = 2 * (magnitudes.shape[-1] - 1)

    def improve(spectrum: tf.Tensor) -> tuple[tf.Tensor]:
        waveform = inverse_stft(spectrum, hop_samples)
        consistent = stft(waveform, fft_samples, hop_samples, centring="none")
        phases = consistent / tf.cast(tf.maximum(tf.abs(consistent), 1e-8), tf.complex64)
        return (tf.cast(magnitudes, tf.complex64) * phases,)

    start = tf.cast(magnitudes, tf.complex64)
    (spectrum,) = tf.while_loop(
        lambda _: True, improve, (start,), maximum_iterations=num_iterations
    )
    return inverse_stft(spectrum, hop_samples)
