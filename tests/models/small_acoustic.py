"""A small acoustic model, and sentences whose every symbol has a sound of its own."""

import keras
import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.models.acoustic import AcousticModel

FEATURES = MelFeatures(
    sample_rate_hz=8000, fft_samples=64, hop_samples=16, window_samples=64, num_mels=8
)
SYMBOLS = ("<pad>", "a", "b", "c", "d")
SIZES = {
    "width": 32,
    "num_encoder_blocks": 1,
    "num_decoder_blocks": 1,
    "feed_forward_channels": 64,
    "predictor_channels": 32,
    "discriminator_channels": 4,
}
_DRAWS = np.random.default_rng(1)
MELS = (2.0 * _DRAWS.standard_normal([len(SYMBOLS), FEATURES.num_mels])).astype(np.float32)
"""The mel of each symbol, which every frame of it has."""
PITCHES = np.linspace(-1.0, 1.0, len(SYMBOLS)).astype(np.float32)
"""The pitch of each symbol, in octaves."""


def make_acoustic(seed: int = 0, **options) -> AcousticModel:
    """A small model with drawn weights."""
    keras.utils.set_random_seed(seed)
    return AcousticModel(SYMBOLS, FEATURES, **{**SIZES, **options})


def make_sentences(seed: int = 0) -> dict[str, np.ndarray]:
    """A batch of four sentences of drawn symbols, no symbol beside its like, and durations."""
    draws, num_sentences, longest = np.random.default_rng(seed), 4, 8
    symbols = np.zeros([num_sentences, longest], np.int32)
    for row, length in zip(symbols, (8, 5, 6, 7), strict=True):
        steps = draws.integers(1, 4, length)
        row[:length] = 1 + np.cumsum(steps) % 4
    durations = np.where(symbols, draws.integers(2, 9, symbols.shape), 0).astype(np.int32)
    num_frames = durations.sum(1).astype(np.int32)
    frames = np.zeros([num_sentences, num_frames.max()], np.int32)
    for row, ids, lengths in zip(frames, symbols, durations, strict=True):
        row[: lengths.sum()] = np.repeat(ids, lengths)
    noise = 0.05 * draws.standard_normal([*frames.shape, FEATURES.num_mels])
    inside = frames > 0
    return {
        "symbols": symbols,
        "languages": (symbols > 0).astype(np.int32),
        "speaker": np.zeros(num_sentences, np.int32),
        "style": np.zeros(num_sentences, np.int32),
        "mel": ((MELS[frames] + noise) * inside[:, :, None]).astype(np.float32),
        "pitch": (PITCHES[frames] * inside).astype(np.float32),
        "num_frames": num_frames,
        "durations": durations,
    }
