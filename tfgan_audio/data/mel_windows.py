"""Parts of mel spectrograms that equal those of the whole recording.

A frame sees more samples than its own. So a part is computed from a window of the recording that
holds all samples its frames see; at the ends of the recording that is what its convention pads.
Shape letters: B batch, F frames, M mels, W samples of a window.
"""

from dataclasses import replace

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.data.clips import Clips


def mel_window(
    clips: Clips,
    index: int,
    start: int,
    num_frames: int,
    features: MelFeatures,
    least_samples: int = 0,
) -> np.ndarray:
    """Read the samples that some frames of a clip are made from, and those they stand for.

    Args:
        clips: Mono clips.
        index: Position of the clip.
        start: Sample at which the frames begin. If it is a multiple of the hop, they are frames of
            the clip's own spectrogram, from `start / hop_samples` on.
        num_frames: Frames F.
        features: Definition of the spectrogram.
        least_samples: Length up to which a shorter clip is followed by zeros; at least to that of
            a Fourier transform.

    Shape:
        [W]

    Returns:
        float32. The samples that the frames stand for begin at `features.pad_samples`.
    """
    end = max(clips.entries[index].num_samples, least_samples, features.fft_samples)
    num_samples = num_frames * features.hop_samples
    num_seen = num_samples - features.hop_samples + features.fft_samples
    num_seen = max(num_seen, features.pad_samples + num_samples)
    places = np.arange(num_seen) + (start - features.pad_samples)
    mirrored = end - 1 - np.abs(end - 1 - np.abs(places))
    first, last = int(mirrored.min()), int(mirrored.max())
    window = clips.read_padded(index, first, last + 1 - first)[mirrored - first, 0]
    if features.padding == "zeros":
        window[(places < 0) | (places >= end)] = 0.0
    return window


def log_mel_of_windows(windows: np.ndarray, num_frames: int, features: MelFeatures) -> np.ndarray:
    """Return the log-mel frames of windows.

    Args:
        windows: What `mel_window` returns, stacked.
        num_frames: Frames of each.
        features: Definition of the spectrogram.

    Shape:
        [B, W] -> [B, F, M]

    Returns:
        float32.
    """
    import tensorflow as tf

    from tfgan_audio.audio.spectral import log_mel

    with tf.device("CPU:0"):  # The other devices are the training's.
        return log_mel(windows, replace(features, centring="none"))[:, :num_frames].numpy()
