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
    return _joined(tf.math.real(spectrum), tf.math.imag(spectrum), hop_samples)


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

    def improve(waveform: tf.Tensor) -> tuple[tf.Tensor]:
        consistent = stft(waveform, fft_samples, hop_samples, centring="none")
        scale = magnitudes / tf.maximum(tf.abs(consistent), 1e-8)
        parts = scale * tf.math.real(consistent), scale * tf.math.imag(consistent)
        return (_joined(*parts, hop_samples),)

    start = _joined(magnitudes, tf.zeros_like(magnitudes), hop_samples)
    (waveform,) = tf.while_loop(
        lambda _: True, improve, (start,), maximum_iterations=num_iterations
    )
    return waveform


def _joined(real: tf.Tensor, imaginary: tf.Tensor, hop_samples: int) -> tf.Tensor:
    """Return the waveform of a spectrum in two parts, as `inverse_stft` does."""
    frames = _inverse_transform(real, imaginary)
    window = tf.signal.hann_window(frames.shape[-1])
    total = tf.signal.overlap_and_add(frames * window, hop_samples)
    squares = tf.broadcast_to(tf.square(window), tf.shape(frames)[-2:])
    weights = tf.signal.overlap_and_add(squares, hop_samples)
    return total / tf.maximum(weights, _LEAST_WEIGHT * tf.reduce_max(weights))


def _inverse_transform(real: tf.Tensor, imaginary: tf.Tensor) -> tf.Tensor:
    """Return real samples [..., N] from their spectrum [..., N / 2 + 1].

    TFLite has the forward transform only; but that of Hartley, the difference of its two parts, is
    its own inverse but for a factor of N (Bracewell 1983).
    """
    ends = [[0, 0]] * (imaginary.shape.rank - 1) + [[1, 1]]
    imaginary = tf.pad(imaginary[..., 1:-1], ends)  # those of both ends are 0 in any real signal
    spectrum = tf.signal.rfft(_hartley(real, imaginary))
    samples = _hartley(tf.math.real(spectrum), tf.math.imag(spectrum))
    return samples / (2.0 * (real.shape[-1] - 1))


def _hartley(real: tf.Tensor, imaginary: tf.Tensor) -> tf.Tensor:
    """Return Hartley's transform [..., N] from both parts of Fourier's [..., N / 2 + 1]."""
    mirrored = (real + imaginary)[..., 1:-1]
    return tf.concat([real - imaginary, mirrored[..., ::-1]], axis=-1)
