"""The networks of SpecGAN: latents to images of spectra, and their critic."""

from __future__ import annotations

import keras
from keras import layers

from tfgan_audio.models.label_conditioning import label_input, project_labels, with_labels

IMAGE_SIZE = 128
_FIRST_SIZE = 4
_STRIDE = 2
_FACTORS = (16, 8, 4, 2, 1)
_SLOPE = 0.2


def build_generator(
    latent_dim: int, base_channels: int, kernel_size: int, num_classes: int
) -> keras.Model:
    """Build the generator.

    Args:
        latent_dim: Width of the latent.
        base_channels: Channels before the last layer; each layer further inside has twice as many.
        kernel_size: Taps of each convolution along either axis.
        num_classes: Number of labels; 0 for none.

    Shape:
        latent [B, `latent_dim`], or [latent, label [B]] where there are classes ->
        [B, 128, 128, 1], frames by frequencies.
    """
    latent = keras.Input([latent_dim], name="latent")
    first = (_FIRST_SIZE, _FIRST_SIZE, _FACTORS[0] * base_channels)
    hidden = layers.Dense(first[0] * first[1] * first[2], name="project")(latent)
    inputs, hidden = with_labels(latent, hidden, num_classes)
    hidden = layers.Reshape(first, name="image")(hidden)
    widths = (*(factor * base_channels for factor in _FACTORS[1:]), 1)
    for index, channels in enumerate(widths):
        hidden = layers.ReLU(name=f"relu_{index}")(hidden)
        hidden = layers.Conv2DTranspose(
            channels, kernel_size, strides=_STRIDE, padding="same", name=f"up_{index}"
        )(hidden)
    image = layers.Activation("tanh", name="tanh", dtype="float32")(hidden)
    return keras.Model(inputs, image, name="generator")


def build_discriminator(base_channels: int, kernel_size: int, num_classes: int) -> keras.Model:
    """Build the critic.

    Args:
        base_channels: Channels of the first layer; each further one has twice as many.
        kernel_size: Taps of each convolution along either axis.
        num_classes: Number of labels; 0 for none.

    Shape:
        image [B, 128, 128, 1], or [image, label [B]] where there are classes -> score [B, 1].
    """
    image = keras.Input([IMAGE_SIZE, IMAGE_SIZE, 1], name="image")
    hidden = image
    for index, factor in enumerate(reversed(_FACTORS)):
        hidden = layers.Conv2D(
            factor * base_channels,
            kernel_size,
            strides=_STRIDE,
            padding="same",
            name=f"down_{index}",
        )(hidden)
        hidden = layers.LeakyReLU(_SLOPE, name=f"relu_{index}")(hidden)
    flat = layers.Flatten(name="flatten")(hidden)
    score = layers.Dense(1, name="score", dtype="float32")(flat)
    if not num_classes:
        return keras.Model(image, score, name="discriminator")
    label = label_input()
    score = project_labels(score, flat, label, num_classes)
    return keras.Model([image, label], score, name="discriminator")
