"""A vocoder whose sound is known: a tone as loud as the loudest mel, and a click at either end."""

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.serving.vocoder import Vocoder

FEATURES = MelFeatures(
    sample_rate_hz=8000, fft_samples=256, window_samples=256, hop_samples=64, num_mels=20
)
REACH = 3
CLICK = 0.9


def loudness(mel: np.ndarray) -> np.ndarray:
    """What each sample of a mel [F, M] is scaled by: the loudest mels of the frames around it."""
    levels = np.pad(10.0 ** mel.max(axis=1) / 10.0, REACH, "reflect" if len(mel) > 1 else "edge")
    smooth = np.convolve(levels, np.full(2 * REACH + 1, 1 / (2 * REACH + 1)), "valid")
    return smooth.repeat(FEATURES.hop_samples)


def render(mels: np.ndarray) -> np.ndarray:
    """Alternate between two samples; the first and last one of a window click."""
    (mel,) = mels
    samples = np.resize([1.0, -1.0], len(mel) * FEATURES.hop_samples) * loudness(mel)
    samples[[0, -1]] = CLICK
    return samples.astype(np.float32)[None, :, None]


def make_vocoder(features: MelFeatures = FEATURES) -> Vocoder:
    """That vocoder; a sample depends on `REACH` frames on either side, as does a click."""
    return Vocoder(render, features, REACH, REACH)


def draw_mel(rng: np.random.Generator, num_frames: int) -> np.ndarray:
    """A log-mel as of quiet speech, to the base 10."""
    return rng.uniform(-4.0, 0.0, [num_frames, FEATURES.num_mels]).astype(np.float32)
