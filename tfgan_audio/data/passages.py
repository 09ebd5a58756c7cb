"""Parts of clips that hold several slices in a row, to learn from how they follow each other.

Shape letters: S slices of a sequence, T samples, C channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at
from tfgan_audio.data.slices import label_indices
from tfgan_audio.data.sources import Arrays, Source
from tfgan_audio.errors import InputError

HELD_OUT_FRACTION = 0.2


@dataclass(frozen=True)
class Passage:
    """Part of a clip.

    Args:
        clip: Position of the clip.
        start: Its first sample.
        stop: The sample after its last one.
    """

    clip: int
    start: int
    stop: int

    @property
    def num_samples(self) -> int:
        """Length."""
        return self.stop - self.start


@dataclass(frozen=True)
class Passages:
    """Passages, each of two slices and more.

    Args:
        clips: What they are parts of.
        parts: The passages.
        slice_samples: Length T of a slice.
        hop_samples: Distance from slice to slice.
        labels: Label index of each clip; None for slices without.
    """

    clips: Clips
    parts: Sequence[Passage]
    slice_samples: int
    hop_samples: int
    labels: np.ndarray | None = None

    @property
    def num_samples(self) -> int:
        """Length of all together."""
        return sum(part.num_samples for part in self.parts)

    def slices(self, seed: int) -> Source:
        """Return single slices, as a source of [T, C] and, with labels, the label's index.

        Args:
            seed: Names the endless sequence of elements.
        """
        return _Slices(self, seed)

    def sequences(self, num_starts: int) -> Iterator[tuple[int, np.ndarray]]:
        """Cut each passage into sequences of slices in a row.

        Args:
            num_starts: Sequences of each passage, whose starts are spread evenly over a hop.

        Yields:
            Label index, 0 without labels, and [S, T, C] of each of at least two slices, not copied.
        """
        for part in self.parts:
            waveform = self.clips.read(part.clip, part.start, part.stop)
            label = 0 if self.labels is None else int(self.labels[part.clip])
            for number in range(num_starts):
                rest = waveform[number * self.hop_samples // num_starts :]
                if len(rest) < self.slice_samples + self.hop_samples:
                    break
                cuts = np.lib.stride_tricks.sliding_window_view(rest, self.slice_samples, axis=0)
                yield label, np.moveaxis(cuts[:: self.hop_samples], 1, 2)


def split_passages(
    clips: Clips, slice_samples: int, hop_samples: int, label_names: Sequence[str] = ()
) -> tuple[Passages, Passages]:
    """Return the passages to learn from, and those to judge by.

    Whole clips are held out where the clips' splits say so. Where that leaves one side without
    anything, as with a single recording, the last fifth of the longest clip is held out.

    Args:
        clips: The clips.
        slice_samples: Length of a slice.
        hop_samples: Distance from slice to slice.
        label_names: All labels, where slices have one.

    Raises:
        InputError: No clip holds two slices, the only one does not hold two of them twice, or a
            clip has a label without a name.
    """
    labels = label_indices(clips, label_names) if label_names else None
    least = slice_samples + hop_samples
    lengths = [entry.num_samples for entry in clips.entries]
    long = [clip for clip, length in enumerate(lengths) if length >= least]
    if not long:
        seen = f"no clip of two slices ({least} samples), the longest {max(lengths, default=0)}"
        raise InputError("sounds", seen, "longer recordings")
    parts = [Passage(clip, 0, lengths[clip]) for clip in long]
    held_out = [part for part in parts if clips.entries[part.clip].split == "validation"]
    train = [part for part in parts if part not in held_out]
    if not train or not held_out:
        longest = max(parts, key=lambda part: part.num_samples)
        cut = longest.stop - max(least, round(HELD_OUT_FRACTION * longest.num_samples))
        held_out = [Passage(longest.clip, cut, longest.stop)]
        train = [part for part in parts if part is not longest]
        train += [Passage(longest.clip, 0, cut)] if cut >= least else []
    if not train:
        seen = f"one clip of two slices, of {longest.num_samples} samples"
        raise InputError("sounds", seen, f"two, or one of {2 * least} samples")
    common = {"slice_samples": slice_samples, "hop_samples": hop_samples, "labels": labels}
    return Passages(clips, train, **common), Passages(clips, held_out, **common)


class _Slices(Source):
    """Slices from anywhere in passages, evenly over all their samples."""

    def __init__(self, passages: Passages, seed: int) -> None:
        super().__init__(passages.slice_samples, seed)
        self._passages = passages
        starts = [part.num_samples - passages.slice_samples + 1 for part in passages.parts]
        self._ends = np.cumsum(starts)

    def item(self, index: int) -> Arrays:
        """Return element `index`, [T, C] and [] for the label."""
        passages, place = self._passages, generator_at(self.seed, index).integers(self._ends[-1])
        number = int(np.searchsorted(self._ends, place, side="right"))
        part = passages.parts[number]
        start = part.stop - self.segment_samples + 1 + int(place - self._ends[number])
        waveform = passages.clips.read(part.clip, start, start + self.segment_samples)
        return (waveform,) if passages.labels is None else (waveform, passages.labels[part.clip])
