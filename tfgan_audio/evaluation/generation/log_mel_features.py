"""Clips as log-mel spectrograms, and as their averages over a coarse grid.

Letters: N clips, T samples, F frames, M mels, D dimensions.
"""

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

FEATURES = MelFeatures(
    sample_rate_hz=SAMPLE_RATE_HZ,
    fft_samples=2048,
    hop_samples=128,
    window_samples=2048,
    num_mels=128,
    fmin_hz=40.0,
    fmax_hz=7800.0,
    centring="none",
    mel_scale="htk",
    mel_norm="none",
    floor=1e-2,
    log_base="e",
)
"""Band, resolution and mels of WaveGAN's similarity features. The scale is our own: samples in
[-1, 1], where a full-scale sine reaches 512, and a floor 94 dB below it, so that neither the
rounding to 16 bits nor digital silence weighs in a distance."""

_NUM_BANDS, _NUM_PARTS = 16, 8
NUM_DIMENSIONS = _NUM_BANDS * _NUM_PARTS
"""Length of the vectors of `coarse`."""
_BATCH_SIZE = 32


def log_mel_of(waveforms: np.ndarray) -> np.ndarray:
    """Return log-mel spectrograms with a frame for every 128 samples.

    Zeros follow the end, so that the last samples stand in as many frames as the others.

    Args:
        waveforms: Clips at 16 kHz.

    Shape:
        `[N, T]` -> `[N, F, M]` with F = ceil(T / 128), M = 128.

    Returns:
        Natural logarithms in float32.

    Reference:
        Donahue et al. 2019, arXiv:1802.04208, section 5.2.
    """
    import tensorflow as tf

    from tfgan_audio.audio.spectral import log_mel

    num_samples, hop_samples = waveforms.shape[1], FEATURES.hop_samples
    num_frames = -(-num_samples // hop_samples)
    missing = (num_frames - 1) * hop_samples + FEATURES.fft_samples - num_samples
    batches = []
    for start in range(0, len(waveforms), _BATCH_SIZE):
        batch = np.pad(waveforms[start : start + _BATCH_SIZE], [(0, 0), (0, missing)])
        batches.append(log_mel(tf.constant(batch), FEATURES, in_double=False).numpy())
    return np.concatenate(batches)


def coarse(log_mel: np.ndarray) -> np.ndarray:
    """Average spectrograms over 16 bands by 8 parts of their duration.

    The map is fixed, so that vectors of different sets and runs can be compared; it leaves few
    enough dimensions for a covariance of some hundred clips.

    Args:
        log_mel: Spectrograms.

    Shape:
        `[N, F, M]` -> `[N, D]` with D = 128.

    Raises:
        InputError: Fewer frames than parts.
    """
    num_clips, num_frames, num_mels = log_mel.shape
    if num_frames < _NUM_PARTS:
        expected = f"at least {_NUM_PARTS * FEATURES.hop_samples} samples at {SAMPLE_RATE_HZ} Hz"
        raise InputError("clips", f"{num_frames} frames of spectrogram", expected)
    bands = log_mel.reshape(num_clips, num_frames, _NUM_BANDS, -1).mean(axis=3)
    parts = [part.mean(axis=1) for part in np.array_split(bands, _NUM_PARTS, axis=1)]
    return np.stack(parts, axis=1).reshape(num_clips, -1)
