"""From sounds back to the latents that a generator makes them from.

Letters: B batch, T samples, C channels, F frames, K frequencies, D latent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import layers

from tfgan_audio.layers.log_spectrum import LogSpectrumImage
from tfgan_audio.models.latent_prior import LARGEST_LATENT
from tfgan_audio.models.sound_gan import SoundGAN

_KERNEL_SIZE = 5
_FACTORS = (1, 2, 4, 4)
_SLOPE = 0.2
_LENGTH_WEIGHT = 0.01
# Mean and variance of the square of a number drawn evenly from -1 to 1.
_MEAN_SQUARE, _VARIANCE_OF_SQUARE = 1 / 3, 4 / 45


class LatentEncoder:
    """Finds the latent of a slice by its log spectrum, so that phases do not matter.

    Strided convolutions, as a critic has them, then one dense layer. It learns from two things at
    once: from generated slices, whose latents are known, and from recorded ones, which what is
    generated from their latents should resemble in spectrum. Those latents shall also be as long as
    drawn ones, which in many dimensions are nearly all of one length: unsure of a slice it would
    else give a short one, of which the generator makes nothing that it has been trained for. The
    generator stays as it is.

    Args:
        model: The WaveGAN or SpecGAN whose latents it finds.
        base_channels: Maps of the first convolution.

    Shape:
        waveform [B, T, C] -> latent [B, D] in (-1, 1).

    Reference:
        Zhu et al. 2016, arXiv:1609.03552, section 3.1, for a network that projects onto what a
        generator makes; Donahue et al. 2017, arXiv:1605.09782, for regressing latents.
    """

    def __init__(self, model: SoundGAN, base_channels: int = 32) -> None:
        self._generator = model.generator
        self.latent_dim = model.latent_dim
        self.spectrum = getattr(model, "spectrum", None)
        self._adapts = self.spectrum is None
        if self._adapts:
            # About as many frames as frequencies.
            hop_samples = 2 ** round(math.log2(model.slice_samples) / 2)
            self.spectrum = LogSpectrumImage(2 * hop_samples, hop_samples, name="spectrum")
            self.spectrum.build()
        empty = tf.zeros([1, model.slice_samples, model.num_channels])
        image_shape = self.image(empty).shape[1:]
        self.network = build_encoder_network(image_shape, model.latent_dim, base_channels)

    def adapt(self, dataset: tf.data.Dataset) -> None:
        """Take the moments of each frequency from recordings, unless the model brings its own.

        Args:
            dataset: Batches of waveforms, alone or first.
        """
        if self._adapts:
            self.spectrum.adapt(dataset.map(_as_mono))

    def __call__(self, waveform: tf.Tensor) -> tf.Tensor:
        """Return the latents of slices."""
        return self.network(self.image(waveform))

    def image(self, generated: tf.Tensor) -> tf.Tensor:
        """Return the log spectrum of waveforms, or of what a SpecGAN generates, which is one.

        Shape:
            [B, T, C] or [B, F, K, 1] -> [B, F, K, C].
        """
        if generated.shape.rank == 4:
            return generated
        channels = tf.split(generated, generated.shape[-1], axis=-1)
        return tf.concat([self.spectrum(channel) for channel in channels], axis=-1)

    def draw(self, num: int, seed: tuple[int, int]) -> tf.Tensor:
        """Draw latents [`num`, D] as the training of the generator does."""
        return tf.random.stateless_uniform([num, self.latent_dim], seed, -1.0, 1.0)

    def losses_on(
        self, waveform: tf.Tensor, label: tf.Tensor | None, drawn: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Return how far latents are from the true ones, and slices from what is made of theirs.

        Args:
            waveform: Recorded slices [B, T, C].
            label: Their classes [B], which drawn latents are given too; None without classes.
            drawn: Latents [B, D] to make slices from.

        Returns:
            "latent", the mean squared difference of latents; "spectrum", the mean absolute one of
            log spectra in units of three standard deviations; and "length", how unlikely the
            lengths of recorded slices' latents are, weighted.
        """
        found = self.network(self.image(self._generated(drawn, label)))
        latent = self(waveform)
        excess = tf.reduce_mean(tf.square(latent), axis=-1) - _MEAN_SQUARE
        unlikeliness = tf.reduce_mean(tf.square(excess)) * self.latent_dim / _VARIANCE_OF_SQUARE
        return {
            "latent": tf.reduce_mean(tf.square(found - drawn)),
            "spectrum": self.spectral_distance(waveform, label, latent),
            "length": _LENGTH_WEIGHT * unlikeliness,
        }

    def spectral_distance(
        self, waveform: tf.Tensor, label: tf.Tensor | None, latent: tf.Tensor
    ) -> tf.Tensor:
        """Return how far slices are from what is made of latents: "spectrum" of `losses_on`."""
        rendered = self.image(self._generated(latent, label))
        return tf.reduce_mean(tf.abs(rendered - self.image(waveform)))

    def _generated(self, latent: tf.Tensor, label: tf.Tensor | None) -> tf.Tensor:
        """Run the generator as it is used."""
        return self._generator(latent if label is None else [latent, label], training=False)


def build_encoder_network(
    image_shape: Sequence[int], latent_dim: int, base_channels: int
) -> keras.Model:
    """Build the network behind the spectrum.

    Args:
        image_shape: Frames, frequencies and channels of an image.
        latent_dim: Width D of a latent.
        base_channels: Maps of the first convolution.

    Shape:
        [B, F, K, C] -> [B, D] in (-1, 1).
    """
    image = keras.Input(tuple(image_shape), name="image")
    hidden = image
    for index, factor in enumerate(_FACTORS):
        hidden = layers.Conv2D(
            factor * base_channels, _KERNEL_SIZE, 2, padding="same", name=f"down_{index}"
        )(hidden)
        hidden = layers.LeakyReLU(_SLOPE, name=f"relu_{index}")(hidden)
    flat = layers.Flatten(name="flatten")(hidden)
    latent = layers.Dense(latent_dim, activation="tanh", name="latent", dtype="float32")(flat)
    return keras.Model(
        image, layers.Rescaling(LARGEST_LATENT, name="inside")(latent), name="encoder"
    )


def _as_mono(waveform: tf.Tensor, *labels: tf.Tensor) -> tf.Tensor:
    """Return channels as examples, [B, T, C] -> [B * C, T, 1]."""
    return tf.reshape(tf.transpose(waveform, [0, 2, 1]), [-1, waveform.shape[1], 1])
