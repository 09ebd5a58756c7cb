"""SpecGAN: sounds from latents, by way of their spectra."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.log_spectrum import LogSpectrumImage
from tfgan_audio.models.sound_gan import SoundGAN
from tfgan_audio.models.specgan_networks import (
    IMAGE_SIZE,
    build_discriminator,
    build_generator,
)

SLICE_SAMPLES = 16384


@keras.saving.register_keras_serializable(package="tfgan_audio")
class SpecGAN(SoundGAN):
    """Sound generation GAN on spectra; trained on mono slices of 16384 samples in [-1, 1].

    The networks deal in images of 128 frames by 128 frequencies: log magnitudes, normalised for
    each frequency by moments of the training data, which `adapt` finds before `fit`.

    Args:
        latent_dim: Width of the latent, which training draws from -1 to 1.
        base_channels: Width of the generator's last inner layer and of the critic's first layer;
            each layer further inside has twice as many.
        kernel_size: Taps of every convolution along either axis.
        num_classes: Number of labels; 0 for none. The generator takes a label beside the latent,
            and the critic adds to its score how well the label fits (projection).
        sample_rate_hz: Rate of the sounds, kept for those who write them.
        label_names: Names of the labels in their order, kept with the model.
        **kwargs: `name`, `dtype`, `trainable` as in Keras.

    Shape:
        latent [B, `latent_dim`], or [latent, label [B]], -> [B, 128, 128, 1] in (-1, 1); `render`
        gives waveforms [B, 16384, 1].

    Raises:
        InputError: A size that no network can have.

    Reference:
        Donahue et al. 2018, arXiv:1802.04208, and its code. Differs: labels; the generator's update
        sees the latents of the critic's last one.
    """

    augmentations = ("shift", "mask")

    def __init__(
        self,
        latent_dim: int = 100,
        base_channels: int = 64,
        kernel_size: int = 5,
        num_classes: int = 0,
        *,
        sample_rate_hz: int = 16000,
        label_names: Sequence[str] = (),
        **kwargs,
    ) -> None:
        sizes = {
            "latent_dim": latent_dim,
            "base_channels": base_channels,
            "kernel_size": kernel_size,
            "num_classes": num_classes,
        }
        for name, value in sizes.items():
            least = 0 if name == "num_classes" else 1
            if not isinstance(value, int) or value < least:
                raise InputError(name, value, f"a whole number of at least {least}")
        super().__init__(
            build_generator(**sizes),
            build_discriminator(base_channels, kernel_size, num_classes),
            slice_samples=SLICE_SAMPLES,
            num_channels=1,
            num_classes=num_classes,
            sample_rate_hz=sample_rate_hz,
            label_names=label_names,
            **kwargs,
        )
        self.sizes = sizes
        self.spectrum = LogSpectrumImage(
            2 * IMAGE_SIZE, SLICE_SAMPLES // IMAGE_SIZE, name="spectrum"
        )
        self.spectrum.build()

    def adapt(self, dataset: tf.data.Dataset) -> None:
        """Take the moments of each frequency from a data set, as `fit` needs them.

        Args:
            dataset: One pass over the training data, in batches as `fit` takes them.

        Raises:
            InputError: There is nothing in it.
        """
        self.spectrum.adapt(dataset)

    def fit(self, x=None, *args, **kwargs):
        """Train as `AdversarialModel.fit`, after `adapt`.

        Args:
            x: `tf.data.Dataset` of waveforms, or of (waveform, label).
            *args: As in Keras.
            **kwargs: As in Keras.

        Returns:
            The Keras history.

        Raises:
            InputError: `adapt` has not been called.
        """
        if not self.spectrum.is_adapted.numpy():
            raise InputError("SpecGAN", "no moments of the training data", "adapt before fit")
        return super().fit(x, *args, **kwargs)

    def represent(self, waveform: tf.Tensor) -> tf.Tensor:
        return self.spectrum(waveform)

    def to_waveforms(self, generated: tf.Tensor, num_iterations: int = 16) -> tf.Tensor:
        return self.spectrum.waveforms(generated, num_iterations)

    def render(
        self,
        latents: np.ndarray,
        labels: Sequence[int] | None = None,
        num_iterations: int = 16,
    ) -> np.ndarray:
        """Make sounds, each by itself, so that it depends on its own latent and label alone.

        Args:
            latents: Latents, of numbers from -1 to 1 in training.
            labels: Index of each sound's class, or of all; or shares of the classes to mix them;
                None where there are no classes.
            num_iterations: Of the search for phases; 0 keeps zero phase.

        Shape:
            [N, `latent_dim`], [N] or [N, `num_classes`] -> [N, 16384, 1].

        Returns:
            float32.

        Raises:
            InputError: Latents of another width, or labels that do not fit.
        """
        return super().render(latents, labels, num_iterations=num_iterations)

    def get_config(self) -> dict:
        return {**super().get_config(), **self.sizes}
