"""Feature matching: make generated examples look real to the discriminator's inner layers."""

from __future__ import annotations

import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.losses.judgement import Judgement, maps_of
from tfgan_audio.losses.tensors import float32_pair


def feature_matching(real_maps: Judgement, fake_maps: Judgement) -> tf.Tensor:
    """Return the mean L1 distance between the feature maps of real and generated examples.

    Mean inside a map, over the maps of a scale, then over the scales; scores take no part, and no
    gradient reaches `real_maps`. This is Parallel WaveGAN's default (weight 25 there). The
    official MelGAN weights the sum over maps and scales by `4 / (num_layers + 1) / num_scales`
    and 10, with `num_layers + 2` maps: for its 3 scales of 6 maps, 48 times this mean.

    Args:
        real_maps: Judgement of the real examples: list over scales of lists of maps, score last.
        fake_maps: Judgement of the generated examples, of the same structure.

    Returns:
        Scalar float32, at least 0.

    Raises:
        InputError: No feature maps, or structures or shapes that differ.

    Reference:
        Kumar et al. 2019, arXiv:1910.06711, equation 3.
    """
    real_scales, fake_scales = maps_of(real_maps), maps_of(fake_maps)
    num_real, num_fake = list(map(len, real_scales)), list(map(len, fake_scales))
    if num_real != num_fake or 0 in num_real:
        raise InputError("fake_maps", f"{num_fake} maps over scales", f"{num_real}, none of them 0")
    distances = [
        tf.reduce_mean([_distance(*maps) for maps in zip(*scale, strict=True)])
        for scale in zip(real_scales, fake_scales, strict=True)
    ]
    return tf.reduce_mean(distances)


def _distance(real_map: tf.Tensor, fake_map: tf.Tensor) -> tf.Tensor:
    """Return the mean absolute difference of two maps."""
    real_map, fake_map = float32_pair(real_map, fake_map, "fake_maps")
    return tf.reduce_mean(tf.abs(fake_map - tf.stop_gradient(real_map)))
