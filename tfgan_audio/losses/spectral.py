"""Distances between the short-time spectra of an estimated waveform and of its reference.

Letters: B batch, T samples, C channels or sub-bands. Waveforms are `[B, T]` or `[B, T, C]`, each
channel being a signal of its own, so `[B * C, T]` gives the same value. Spectra are never
computed in less than float32. Every loss is a scalar float32, 0 for equal waveforms, and raises
InputError where the shapes differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from tfgan_audio.audio.spectral import magnitude, stft
from tfgan_audio.errors import InputError
from tfgan_audio.losses.tensors import as_signals, float32_pair

# Mean square of a reference that counts as silence in the spectral convergence, -60 dB.
_SILENCE = 1e-6


@dataclass(frozen=True)
class StftResolution:
    """One short-time Fourier transform: periodic Hann window, frames centred by reflection.

    Args:
        fft_samples: Length of the transform.
        hop_samples: Distance between frames.
        window_samples: Length of the window, centred in `fft_samples`.

    Raises:
        InputError: A length below 1, or a window longer than the transform.
    """

    fft_samples: int
    hop_samples: int
    window_samples: int

    def __post_init__(self) -> None:
        """Refuse lengths that make no transform."""
        if self.hop_samples < 1:
            raise InputError("hop_samples", self.hop_samples, "at least 1")
        if not 1 <= self.window_samples <= self.fft_samples:
            expected = f"1 to fft_samples ({self.fft_samples})"
            raise InputError("window_samples", self.window_samples, expected)


FULL_BAND_RESOLUTIONS = (
    StftResolution(1024, 120, 600),
    StftResolution(2048, 240, 1200),
    StftResolution(512, 50, 240),
)
"""Of Parallel WaveGAN, for full-band speech at 22 to 24 kHz."""

SUB_BAND_RESOLUTIONS = (
    StftResolution(384, 30, 150),
    StftResolution(683, 60, 300),
    StftResolution(171, 10, 60),
)
"""Of multi-band MelGAN, for the four sub-bands of such speech."""


def time_frequency_l1(
    reference: tf.Tensor, estimate: tf.Tensor, resolution: StftResolution
) -> tf.Tensor:
    """Return the mean absolute differences of real part, imaginary part and magnitude, summed.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.
        resolution: The transform.

    Returns:
        Scalar float32; proportional to the waveforms' scale.
    """
    return tf.add_n(
        [tf.reduce_mean(tf.abs(d)) for d in _differences(reference, estimate, resolution)]
    )


def time_frequency_l2(
    reference: tf.Tensor, estimate: tf.Tensor, resolution: StftResolution
) -> tf.Tensor:
    """Return the mean squared differences of real part, imaginary part and magnitude, summed.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.
        resolution: The transform.

    Returns:
        Scalar float32; proportional to the square of the waveforms' scale.
    """
    return tf.add_n(
        [tf.reduce_mean(tf.square(d)) for d in _differences(reference, estimate, resolution)]
    )


def magnitude_l1(
    reference: tf.Tensor, estimate: tf.Tensor, resolution: StftResolution
) -> tf.Tensor:
    """Return the mean absolute difference of linear magnitudes.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.
        resolution: The transform.

    Returns:
        Scalar float32; proportional to the waveforms' scale.
    """
    reference, estimate = _spectra(reference, estimate, resolution)
    return tf.reduce_mean(tf.abs(magnitude(estimate) - magnitude(reference)))


def compressed_spectral(
    reference: tf.Tensor,
    estimate: tf.Tensor,
    resolution: StftResolution,
    exponent: float = 0.3,
    complex_weight: float = 0.3,
    floor_db: float = -60.0,
) -> tf.Tensor:
    """Return squared differences of power-compressed magnitudes and of compressed spectra.

    `(1 - w) E[(|S|^c - |R|^c)^2] + w E[|S_c - R_c|^2]`, where `|S|^c` is
    `(|S|^2 + floor)^(c / 2)` and `S_c = S (|S|^2 + floor)^((c - 1) / 2)`. Spectra are scaled so
    that a full-scale sine has magnitude 1, which gives the floor its meaning at every
    resolution. The plain `|S|^c` has an infinite slope at 0: without a floor well above
    rounding, silent bins own the gradient. With it, no bin's slope exceeds
    `10^((c - 1) floor_db / 20)`, 126 by default.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.
        resolution: The transform.
        exponent: Compression c, above 0; 1 is none.
        complex_weight: Share w of the phase-aware part, 0 to 1.
        floor_db: Level below which bins count as silent, in dB of a full-scale sine.

    Returns:
        Scalar float32.

    Reference:
        Braun and Tashev 2021, arXiv:2009.12286. Differs: floor and scale.
    """
    scale = 4.0 / resolution.window_samples  # a sine of amplitude 1 fills a Hann window to 1/4
    floor = 10.0 ** (floor_db / 10.0)
    compressed = []
    for spectrum in _spectra(reference, estimate, resolution):
        real, imaginary = scale * tf.math.real(spectrum), scale * tf.math.imag(spectrum)
        power = tf.square(real) + tf.square(imaginary) + floor
        gain = power ** ((exponent - 1.0) / 2.0)
        compressed.append((power ** (exponent / 2.0), gain * real, gain * imaginary))
    level, real, imaginary = (
        tf.reduce_mean(tf.square(part - target)) for target, part in zip(*compressed, strict=True)
    )
    return (1.0 - complex_weight) * level + complex_weight * (real + imaginary)


def multi_resolution_stft(
    reference: tf.Tensor,
    estimate: tf.Tensor,
    resolutions: Sequence[StftResolution] = FULL_BAND_RESOLUTIONS,
    per_example: bool = False,
    power_floor: float = 1e-7,
) -> tf.Tensor:
    """Return spectral convergence plus L1 of log magnitudes, mean over resolutions.

    `||S - R||_F / ||R||_F + E|ln S - ln R|` of magnitudes S (estimate) and R (reference). The
    original takes the norms over the whole batch, so its value is not the mean over parts of the
    batch: use `per_example` where replicas must agree with one device.

    Args:
        reference: Target waveform.
        estimate: Waveform of the same shape.
        resolutions: The transforms; `SUB_BAND_RESOLUTIONS` for sub-bands.
        per_example: Take the convergence of each signal, then the mean.
        power_floor: Least `|S|^2` and `|R|^2`. The slope of the logarithm at a silent bin is at
            most `1 / sqrt(power_floor)`.

    Returns:
        Scalar float32; does not depend on the waveforms' common scale above the floor.

    Reference:
        Yamamoto et al. 2020, arXiv:1910.11480, equations 3 to 6; Yang et al. 2021,
        arXiv:2005.05106 for sub-bands. Differs: where the reference is below -60 dB of full scale
        the convergence divides by that level, not by the power floor, which is 10^3 lower.
    """
    axes = [1, 2] if per_example else [0, 1, 2]
    floor = power_floor**0.5
    distances = []
    for resolution in resolutions:
        target, level = (
            tf.maximum(magnitude(spectrum), floor)
            for spectrum in _spectra(reference, estimate, resolution)
        )
        silence = _SILENCE * 0.375 * resolution.window_samples  # Hann window: mean square 3/8
        power = tf.maximum(tf.reduce_mean(tf.square(target), axes), silence)
        # The root has an infinite slope at 0, where equal waveforms are.
        ratio = tf.maximum(tf.reduce_mean(tf.square(level - target), axes) / power, 1e-14)
        convergence = tf.reduce_mean(tf.sqrt(ratio))
        log_distance = tf.reduce_mean(tf.abs(tf.math.log(level) - tf.math.log(target)))
        distances.append(convergence + log_distance)
    return tf.reduce_mean(distances)


def _differences(
    reference: tf.Tensor, estimate: tf.Tensor, resolution: StftResolution
) -> list[tf.Tensor]:
    """Return estimate minus reference of real part, imaginary part and magnitude."""
    reference, estimate = _spectra(reference, estimate, resolution)
    views = (tf.math.real, tf.math.imag, magnitude)
    return [view(estimate) - view(reference) for view in views]


def _spectra(
    reference: tf.Tensor, estimate: tf.Tensor, resolution: StftResolution
) -> list[tf.Tensor]:
    """Return the complex spectra of reference and estimate, signals along the first axis."""
    return [
        stft(
            as_signals(waveform),
            resolution.fft_samples,
            resolution.hop_samples,
            resolution.window_samples,
        )
        for waveform in float32_pair(reference, estimate)
    ]
