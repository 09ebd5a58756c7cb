"""A SEGAN of windows as a TensorFlow function with named tensors.

Letters: B batch, N samples of a window.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from tfgan_audio.serving.waveform_descriptions import WindowEnhancerDescription

_OVERLAP = 0.5  # as in the model's own streams, unless another is asked for


def describe_windows(model: keras.Model) -> WindowEnhancerDescription:
    """Describe a SEGAN of windows.

    Args:
        model: SEGAN with variant "segan" or "segan_plus".
    """
    return WindowEnhancerDescription(
        sample_rate_hz=model.sample_rate_hz,
        window_samples=model.sizes.slice_samples,
        overlap=_OVERLAP,
        pre_emphasis=model.sizes.pre_emphasis,
        has_latents=len(model.generator.inputs) > 1,
    )


def window_signature(description: WindowEnhancerDescription) -> list[tf.TensorSpec]:
    """Return the inputs: windows, and the index of each where noise follows from it.

    Args:
        description: Description of the model.
    """
    window = tf.TensorSpec([None, description.window_samples, 1], tf.float32, name="window")
    index = tf.TensorSpec([None], tf.int32, name="index")
    return [window, index] if description.has_latents else [window]


def window_function(generator: keras.Model) -> Callable[..., dict[str, tf.Tensor]]:
    """Return the function from pre-emphasised windows to enhanced ones.

    Args:
        generator: From a window, or [window, latent].

    Shape:
        window [B, N, 1], and index [B] of a generator with latents -> enhanced [B, N, 1].
    """

    def enhance_window(window: tf.Tensor, *index: tf.Tensor) -> dict[str, tf.Tensor]:
        if not index:
            return {"enhanced": generator(window, training=False)}
        shape = generator.inputs[1].shape[1:]

        def draw(one: tf.Tensor) -> tf.Tensor:
            return tf.random.stateless_normal(shape, [WindowEnhancerDescription.seed, one])

        latents = tf.map_fn(draw, index[0], fn_output_signature=tf.float32)
        return {"enhanced": generator([window, latents], training=False)}

    return enhance_window


def device_window_function(generator: keras.Model) -> Callable[..., dict[str, tf.Tensor]]:
    """Return the same for devices, whose caller draws the noise.

    Args:
        generator: From a window, or [window, latent].

    Shape:
        window [B, N, 1], and latents [B, F, L] of a generator with latents -> enhanced [B, N, 1].
    """

    def enhance_window(*inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"enhanced": generator(inputs if len(inputs) > 1 else inputs[0], training=False)}

    return enhance_window


def device_window_signature(generator: keras.Model) -> list[tf.TensorSpec]:
    """Return what that function takes.

    Args:
        generator: From a window, or [window, latent].
    """
    names = ("window", "latents")
    return [
        tf.TensorSpec([None, *one.shape[1:]], tf.float32, name=name)
        for one, name in zip(generator.inputs, names)
    ]
