"""Tell the mels a vocoder takes from those of another convention.

Letters: F frames, M mels.
"""

from __future__ import annotations

import math

import numpy as np

from tfgan_audio.audio.features import MelFeatures

# Mels that an acoustic model predicts leave the range of real ones, but hardly by a factor of ten.
_MARGIN_DECADES = 1.0
_QUIET_MAGNITUDE = 1e-5  # the floor of most conventions
_QUIET_DEVIATIONS = -3.0


def log_range(features: MelFeatures) -> tuple[float, float]:
    """Return about the least and the largest log-mel of samples in [-1, 1], not normalised.

    Args:
        features: The definition.

    Example:
        >>> log_range(MelFeatures())
        (-5.0, 1.376...)
    """
    # The sum of a Hann window: the magnitude of a sine of amplitude 2.
    loudest = _log((features.window_samples / 2.0) ** features.power * _bins(features), features)
    return _log(features.floor, features), loudest


def doubt(mel: np.ndarray, features: MelFeatures) -> str | None:
    """Say what speaks against a mel being of this definition, judged by its values.

    A mel can be of another convention and pass; what is said is likely, not certain.

    Args:
        mel: Finite values, normalised where the features are.
        features: The definition.

    Shape:
        [F, M].

    Returns:
        What was seen and what was expected, in one line; None where nothing speaks against it.
    """
    lowest, highest = float(mel.min()), float(mel.max())
    low, high = log_range(features)
    base = "natural logarithms" if features.log_base == "e" else "logarithms to base 10"
    expected = f"{base} from about {low:.3g} to {high:.3g}"
    plain = mel
    if features.mean is not None and features.scale is not None:
        plain = mel * np.asarray(features.scale) + np.asarray(features.mean)
        expected += ", normalised by the statistics of the training set"
    elif features.normalised_elsewhere:
        expected = f"{base}, normalised as in the vocoder's training"
    seen = f"values from {lowest:.3g} to {highest:.3g}"
    margin = _MARGIN_DECADES * _log(10.0, features)
    if lowest >= 0.0 and highest > 0.0:
        seen += ", as of a mel spectrogram before the logarithm"
    elif features.normalised_elsewhere:  # by what is not known, so any level can be right
        return None
    elif features.mean is not None and _looks_plain(mel, features):
        seen += ", as of a mel spectrogram that is not normalised"
    elif plain.mean() > _noise_level(features):
        seen += ", on average louder than noise at full scale"
    elif plain.min() >= low - margin and plain.max() <= high + margin:
        return None
    return f"got {seen}, expected {expected}"


def quiet_frame(features: MelFeatures) -> np.ndarray:
    """Return a frame as quiet as recordings are between words, normalised where they are.

    Not the logarithm of the floor where that lies far below: vocoders that never met digital
    silence click at it.

    Args:
        features: The definition.

    Shape:
        [M].
    """
    if features.normalised_elsewhere:
        return np.full(features.num_mels, _QUIET_DEVIATIONS, np.float32)
    quiet = _log(max(features.floor, _QUIET_MAGNITUDE**features.power), features)
    frame = np.full(features.num_mels, quiet, np.float32)
    if features.mean is None or features.scale is None:
        return frame
    normalised = (frame - np.asarray(features.mean)) / np.asarray(features.scale)
    return np.maximum(normalised, _QUIET_DEVIATIONS).astype(np.float32)


def _looks_plain(mel: np.ndarray, features: MelFeatures) -> bool:
    """Tell whether a mel is like the training set's before these were normalised.

    Quiet recordings have such means when they are normalised, but vary less.
    """
    mean, scale = np.asarray(features.mean), np.asarray(features.scale)
    is_near = np.abs((mel.mean(axis=0) - mean) / scale).mean() < 1.0
    return bool(is_near and mel.mean() < -2.0 and (mel.std(axis=0) / scale).mean() > 0.5)


def _noise_level(features: MelFeatures) -> float:
    """Return about the log-mel of samples drawn evenly from [-1, 1]."""
    # Their power is 1/3, the mean square of a Hann window 3/8.
    magnitude = math.sqrt(features.window_samples / 8.0)
    return _log(magnitude**features.power * _bins(features), features)


def _bins(features: MelFeatures) -> float:
    """Return about how many frequency bins a mel filter adds up."""
    if features.mel_norm == "slaney":  # the area of each is 1 Hz
        return features.fft_samples / features.sample_rate_hz
    # The peak of each is 1; the widest are about four times as wide as on average.
    mean_hz = (features.top_hz - features.fmin_hz) / features.num_mels
    return max(1.0, 4.0 * mean_hz * features.fft_samples / features.sample_rate_hz)


def _log(value: float, features: MelFeatures) -> float:
    """Return the logarithm to the base of the features."""
    return math.log(value) if features.log_base == "e" else math.log10(value)
