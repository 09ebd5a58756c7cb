"""Tiny MelGANs of every kind."""

import keras

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.models.melgan import MelGAN

KINDS = {
    "full band": {"upsample_factors": (4, 2, 2)},
    "sub-bands": {"upsample_factors": (2, 2), "num_bands": 4, "residual_layers": 4},
    "odd factors": {"upsample_factors": (5, 3), "hop_samples": 15, "fft_samples": 63},
    "causal": {"upsample_factors": (4, 2, 2), "causal": True},
    "causal sub-bands": {"upsample_factors": (2, 2), "num_bands": 4, "causal": True},
}


def make_melgan(kind: str, **changes) -> MelGAN:
    """A tiny model that is loud enough for errors to show."""
    keras.utils.set_random_seed(3)
    sizes = {"base_channels": 8, "num_scales": 1, "discriminator_max_channels": 16}
    sizes |= {"discriminator_channels": 4, "discriminator_strides": (2,)}
    sizes |= KINDS[kind] | changes
    names = ("hop_samples", "fft_samples")
    lengths = {"hop_samples": 16, "fft_samples": 64}
    lengths |= {name: sizes.pop(name) for name in names if name in sizes}
    features = MelFeatures(sample_rate_hz=8000, window_samples=32, num_mels=6, **lengths)
    model = MelGAN(features=features, **sizes)
    for weight in model.generator.trainable_weights:
        weight.assign(1.4 * weight)
    return model
