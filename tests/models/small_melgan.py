"""A small MelGAN and what it is trained on."""

import keras
import numpy as np
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.models.melgan import MelGAN

FEATURES = MelFeatures(
    sample_rate_hz=8000, fft_samples=64, hop_samples=16, window_samples=64, num_mels=8
)
SIZES = {
    "base_channels": 8,
    "upsample_factors": (4, 2),
    "residual_layers": 2,
    "num_bands": 2,
    "pqmf_cutoff": 0.267,
    "num_scales": 2,
    "discriminator_channels": 4,
    "discriminator_max_channels": 8,
    "discriminator_strides": (2, 2),
}
NUM_FRAMES = 72  # more samples than the longest transform of the STFT losses reflects
BATCH = 4


def make_melgan(seed: int = 0, **sizes) -> MelGAN:
    """A small model with drawn weights."""
    keras.utils.set_random_seed(seed)
    return MelGAN(FEATURES, **{**SIZES, **sizes})


def make_pairs(num_batches: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Drawn mels and waveforms that have nothing to do with each other."""
    draws = np.random.default_rng(seed)
    num_examples = num_batches * BATCH
    mel = draws.standard_normal([num_examples, NUM_FRAMES, FEATURES.num_mels])
    waveform = draws.uniform(-0.5, 0.5, [num_examples, NUM_FRAMES * FEATURES.hop_samples, 1])
    return mel.astype(np.float32), waveform.astype(np.float32)


def dataset_of_pairs(num_batches: int, seed: int = 0) -> tf.data.Dataset:
    """The same as batches."""
    dataset = tf.data.Dataset.from_tensor_slices(make_pairs(num_batches, seed))
    return dataset.batch(BATCH, drop_remainder=True)
