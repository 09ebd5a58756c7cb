"""Mean and deviation of the mel bins over recordings, for features that are standardized by them.

Shape letters: M mels.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.data.clips import Clips
from tfgan_audio.data.folders import read_json
from tfgan_audio.data.mel_windows import log_mel_of_windows, mel_window
from tfgan_audio.data.work import ordered_map
from tfgan_audio.files import write_json

STATISTICS_NAME = "mel_statistics.json"
FORMAT, VERSION = "tfgan_audio.mel_statistics", 1
_FRAMES_AT_ONCE = 1000
# A bin that hardly moves, such as one above the band of all recordings, keeps its scale.
_LEAST_SCALE = 1e-3


class FeaturesSection(Protocol):
    """What is read of a data section that has mel features."""

    sample_rate_hz: int
    features: Any
    mel_features: MelFeatures


def measure(clips: Clips, features: MelFeatures) -> tuple[np.ndarray, np.ndarray]:
    """Measure every bin over all frames of all clips.

    Args:
        clips: Mono clips.
        features: Definition of the mel spectrograms; what it standardizes by is left out.

    Shape:
        [M], [M]

    Returns:
        Mean and standard deviation, float64; a deviation of nearly 0 is 1.
    """
    plain = replace(features, mean=None, scale=None)

    def sums(index: int) -> np.ndarray:
        total = np.zeros((3, plain.num_mels))
        num_samples = max(clips.entries[index].num_samples, plain.fft_samples)
        num_frames = plain.num_frames(num_samples)
        for first in range(0, num_frames, _FRAMES_AT_ONCE):
            part = min(_FRAMES_AT_ONCE, num_frames - first)
            window = mel_window(clips, index, first * plain.hop_samples, part, plain)
            mel = log_mel_of_windows(window[None], part, plain)[0].astype(np.float64)
            total += [np.full(plain.num_mels, part), mel.sum(0), np.square(mel).sum(0)]
        return total

    indices = range(clips.num_clips)
    number, total, squares = sum(ordered_map(sums, indices, "measure", num_threads=1))
    mean = total / number
    deviation = np.sqrt(np.maximum(squares / number - np.square(mean), 0.0))
    return mean, np.where(deviation < _LEAST_SCALE, 1.0, deviation)


def write_statistics(folder: Path, clips: Clips, features: MelFeatures) -> None:
    """Measure clips and write what `prepared_features` reads.

    Args:
        folder: Folder of a set in the making.
        clips: The clips to train on.
        features: Definition of the mel spectrograms.
    """
    mean, scale = (values.tolist() for values in measure(clips, features))
    content = {"format": FORMAT, "version": VERSION, "mean": mean, "scale": scale}
    write_json(folder / STATISTICS_NAME, content)


def prepared_features(section: FeaturesSection, folder: Path) -> MelFeatures:
    """Return the features of a data section with what `prepare` has measured.

    Args:
        section: Data section that a set was prepared from.
        folder: Folder of the set.

    Raises:
        InputError: The section asks for statistics, and there are none that can be read.
    """
    if not section.features.standardize:
        return section.mel_features
    found = read_json(folder / STATISTICS_NAME, FORMAT, VERSION)
    return replace(section.mel_features, mean=tuple(found["mean"]), scale=tuple(found["scale"]))
