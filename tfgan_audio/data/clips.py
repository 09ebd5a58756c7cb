"""Sets of clips of which any part can be read at once, without decoding.

Shape letters: T samples, C channels.
"""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.audio.io import pcm16
from tfgan_audio.data.manifest import Clip
from tfgan_audio.errors import InputError


@dataclass(frozen=True)
class ClipEntry:
    """What a set knows of one clip.

    Args:
        name: Unique within the set.
        label: Speaker, class or other folder name; "" for none.
        split: "train" or "validation".
        num_samples: Length per channel.
    """

    name: str
    label: str
    split: str
    num_samples: int


class Clips:
    """A set of clips at one rate and channel count: what every source of training data reads.

    Subclasses store 16-bit samples and implement `_pcm`.

    Args:
        entries: One entry per clip.
        sample_rate_hz: Rate of all clips.
        num_channels: Channels of all clips.
    """

    def __init__(
        self, entries: Sequence[ClipEntry], sample_rate_hz: int, num_channels: int
    ) -> None:
        self.entries = list(entries)
        self.sample_rate_hz, self.num_channels = sample_rate_hz, num_channels

    @property
    def num_clips(self) -> int:
        """Number of clips."""
        return len(self.entries)

    @property
    def names(self) -> list[str]:
        """Name of every clip."""
        return [entry.name for entry in self.entries]

    @property
    def labels(self) -> list[str]:
        """Label of every clip."""
        return [entry.label for entry in self.entries]

    @property
    def splits(self) -> list[str]:
        """Split of every clip."""
        return [entry.split for entry in self.entries]

    @property
    def seconds(self) -> float:
        """Length of all clips together."""
        return sum(entry.num_samples for entry in self.entries) / self.sample_rate_hz

    def subset(self, split: str | None) -> "Clips":
        """Return the clips of one split ("train", "validation"); None returns all of them."""
        if split is None:
            return self
        return self.select([i for i, entry in enumerate(self.entries) if entry.split == split])

    def select(self, indices: Sequence[int]) -> "Clips":
        """Return the clips at some positions, in that order; the samples are shared."""
        chosen = copy.copy(self)
        chosen.entries = [self.entries[index] for index in indices]
        return chosen

    def read(self, index: int, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Read part of a clip.

        Args:
            index: Position of the clip.
            start: First sample.
            stop: Sample after the last one; None for the end of the clip.

        Shape:
            [stop - start, C]

        Returns:
            float32 samples in [-1, 1).

        Raises:
            IndexError: The part lies outside of the clip.
        """
        entry = self.entries[index]
        stop = entry.num_samples if stop is None else stop
        if not 0 <= start <= stop <= entry.num_samples:
            raise IndexError(f"{entry.name}: no {start}..{stop} in {entry.num_samples} samples")
        part = self._pcm(entry)[start:stop].astype(np.float32)
        part *= np.float32(1 / 32768)
        return part

    def read_padded(self, index: int, start: int, num_samples: int) -> np.ndarray:
        """Read part of a clip; what lies behind its end is zero.

        Args:
            index: Position of the clip.
            start: First sample, within the clip.
            num_samples: Length of the result.

        Shape:
            [num_samples, C]

        Returns:
            float32 samples in [-1, 1).
        """
        part = self.read(index, start, min(start + num_samples, self.entries[index].num_samples))
        missing = num_samples - len(part)
        return np.pad(part, ((0, missing), (0, 0))) if missing else part

    def _pcm(self, entry: ClipEntry) -> np.ndarray:
        """All samples of a clip as int16 [T, C], without copying."""
        raise NotImplementedError


class MemoryClips(Clips):
    """Clips held in memory as 16-bit samples: the twin of a set of shards.

    Args:
        clips: Clips with their samples, float32 [T, C] in [-1, 1].
        sample_rate_hz: Rate of all clips.
        num_channels: Channels of all clips.
    """

    def __init__(
        self,
        clips: Iterable[tuple[Clip, np.ndarray]],
        sample_rate_hz: int,
        num_channels: int = 1,
    ) -> None:
        super().__init__((), sample_rate_hz, num_channels)
        self._samples: dict[str, np.ndarray] = {}
        for clip, waveform in clips:
            self.add(clip, waveform)

    def add(self, clip: Clip, waveform: np.ndarray) -> None:
        """Append one clip.

        Args:
            clip: Its name, label and split.
            waveform: Its samples, float32 [T, C] in [-1, 1].

        Raises:
            InputError: Samples of another shape.
        """
        check_waveform(clip, waveform, self.num_channels)
        self._samples[clip.name] = pcm16(waveform)
        self.entries.append(ClipEntry(clip.name, clip.label, clip.split, len(waveform)))

    def _pcm(self, entry: ClipEntry) -> np.ndarray:
        return self._samples[entry.name]


def check_waveform(clip: Clip, waveform: np.ndarray, num_channels: int) -> None:
    """Refuse samples that a set can not store.

    Args:
        clip: The clip they belong to.
        waveform: Its samples.
        num_channels: Channels of the set.

    Raises:
        InputError: Not [T, C] with at least one sample and the channels of the set.
    """
    if waveform.ndim != 2 or waveform.shape[1] != num_channels or not len(waveform):
        expected = f"samples of shape [at least 1, {num_channels}]"
        raise InputError(clip.path, f"samples of shape {list(waveform.shape)}", expected)
