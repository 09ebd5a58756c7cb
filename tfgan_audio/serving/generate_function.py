"""A WaveGAN or SpecGAN as TensorFlow functions with named tensors.

Letters: B batch, N width of the latent, K classes, T samples, C channels.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_audio.serving.description import KINDS
from tfgan_audio.serving.waveform_descriptions import SoundDescription

Named = dict[str, tf.Tensor]
Waveforms = Callable[[tf.Tensor], tf.Tensor]


def describe_sounds(model: keras.Model) -> SoundDescription:
    """Describe a WaveGAN or SpecGAN; classes without names are called by their numbers.

    Args:
        model: The model.
    """
    return KINDS[type(model).__name__.lower()](
        latent_dim=model.latent_dim,
        slice_samples=model.slice_samples,
        sample_rate_hz=model.sample_rate_hz,
        num_channels=model.num_channels,
        label_names=model.label_names or tuple(map(str, range(model.num_classes))),
    )


def generate_function(generator: keras.Model, to_waveforms: Waveforms) -> Callable[..., Named]:
    """Return the function from latents, and from labels or shares of classes, to waveforms.

    Args:
        generator: From latent, or [latent, label], or [latent, shares], to what it makes of them.
        to_waveforms: From that to waveforms.

    Shape:
        latents [B, N], and labels [B] or shares [B, K] where there are classes ->
        waveform [B, T, C].
    """

    def generate(latents: tf.Tensor, *labels: tf.Tensor) -> Named:
        inputs = [latents, *labels] if labels else latents
        return {"waveform": to_waveforms(generator(inputs, training=False))}

    return generate


def latents_spec(description: SoundDescription) -> tf.TensorSpec:
    """Return what latents are, [B, N].

    Args:
        description: Description of the model.
    """
    return tf.TensorSpec([None, description.latent_dim], tf.float32, name="latents")
