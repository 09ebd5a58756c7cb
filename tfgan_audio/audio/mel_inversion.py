"""Waveforms from log-mel spectrograms without a vocoder, to listen in.

Shape letters: F frames, M mels, T samples.
"""

import numpy as np
import tensorflow as tf

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.griffin_lim import griffin_lim
from tfgan_audio.audio.spectral import mel_filters

_SHARPENING = 1.2  # what a pseudo-inverse smears, a power above 1 gathers


def mel_to_waveform(mel: np.ndarray, features: MelFeatures, num_iterations: int = 48) -> np.ndarray:
    """Return a waveform that has nearly this log-mel spectrogram.

    Args:
        mel: Frames as `features` define them.
        features: Their definition.
        num_iterations: Of Griffin and Lim's algorithm.

    Shape:
        [F, M] -> [F * hop_samples]

    Returns:
        float32 in [-1, 1]; the phases are guessed, and it sounds like it.
    """
    values = np.asarray(mel, np.float64)
    if features.mean is not None:
        values = values * np.array(features.scale) + np.array(features.mean)
    base = 10.0 if features.log_base == "10" else np.e
    powers = np.maximum(base**values - features.floor, 0.0)
    filters = mel_filters(features).astype(np.float64)
    inverse = np.linalg.pinv(filters if filters.shape[0] == features.num_mels else filters.T)
    linear = np.maximum(powers @ inverse.T, 1e-10) ** (1.0 / features.power)
    level = np.sqrt(np.mean(np.square(linear)))
    linear = linear**_SHARPENING
    linear *= level / np.sqrt(np.mean(np.square(linear)))
    # The algorithm's window is as long as the transform.
    linear *= features.fft_samples / features.window_samples
    waveform = griffin_lim(tf.constant(linear, tf.float32), features.hop_samples, num_iterations)
    first = features.pad_samples
    length = len(values) * features.hop_samples
    cut = waveform.numpy()[first : first + length]
    return np.clip(np.pad(cut, (0, length - len(cut))), -1.0, 1.0)
