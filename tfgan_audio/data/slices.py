"""Slices of sounds to learn from: element `index` is a pure function of (seed, index).

Shape letters: T samples, C channels.
"""

from collections.abc import Sequence

import numpy as np

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at, shuffled
from tfgan_audio.data.sources import Arrays, Source
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import one_of

_TURN_STREAM, _FIRST_POOL_STREAM = 2, 3


class Sounds(Source):
    """Slices of clips, each with the index of its label where labels have names.

    A clip gives as many slices an epoch as fit into it side by side, at least one, and every epoch
    visits all slices once, in an order of its own. Where a slice begins is drawn anew each time,
    evenly from an equal share of the clip: so all material is visited evenly.

    Args:
        clips: What to cut slices from.
        slice_samples: Length of a slice.
        seed: Names the endless sequence of elements.
        label_names: What the clips are labelled with; the index of a label is its place here.
            Empty: elements have no label.
        position: Where a slice lies: "random", or "start" for the first samples of each clip, one
            slice a clip, as suits drum hits.
        pad: Whether clips shorter than a slice are followed by zeros, instead of left out.
        balanced: Whether all labels are visited equally often, one after the other.

    Raises:
        InputError: An argument is out of range, no clip is as long as a slice, or a clip has a
            label without a name.

    Reference:
        Donahue et al. 2019, "Adversarial audio synthesis", arXiv:1802.04208. Differs: its code
        cuts a random length below a slice off the start of each clip, so it seldom sees a clip
        that is hardly longer than a slice.
    """

    def __init__(
        self,
        clips: Clips,
        slice_samples: int,
        seed: int = 0,
        label_names: Sequence[str] = (),
        position: str = "random",
        pad: bool = False,
        balanced: bool = False,
    ) -> None:
        if slice_samples < 1:
            raise InputError("slice_samples", slice_samples, "at least 1")
        if position not in ("random", "start"):
            raise InputError("position", position, "random or start")
        if balanced and not label_names:
            raise InputError("balanced", "true without labels", "labels to balance")
        super().__init__(slice_samples, seed)
        self.label_names, self._position = tuple(label_names), position
        self.clips = long_enough("sounds", clips, slice_samples, pad)
        self.num_left_out = clips.num_clips - self.clips.num_clips
        self._labels = label_indices(self.clips, self.label_names)
        groups = np.unique(self._labels) if balanced else [None]
        self._pools = [self._pool(group) for group in groups]

    @property
    def num_slices(self) -> int:
        """Slices in an epoch, those of the labels together."""
        return sum(pool.num_slices for pool in self._pools)

    def item(self, index: int) -> Arrays:
        """Return element `index`.

        Shape:
            [T, C], and [] for the label

        Returns:
            The slice as float32 and, where labels have names, the index of its label as int32.
        """
        clip, start = self.place(index)
        waveform = self.clips.read_padded(clip, start, self.segment_samples)
        return (waveform, self._labels[clip]) if self.label_names else (waveform,)

    def place(self, index: int) -> tuple[int, int]:
        """Return the clip of element `index`, and the sample at which it begins there."""
        num_pools = len(self._pools)
        number = shuffled(self.seed, index, num_pools, _TURN_STREAM)
        pool, stream = self._pools[number], _FIRST_POOL_STREAM + number
        visit = shuffled(self.seed, index // num_pools, pool.num_slices, stream)
        clip, part = pool.find(visit)
        return clip, self._start(index, clip, part)

    def _num_parts(self, clip: int) -> int:
        """Slices that a clip gives in an epoch."""
        fitting = self.clips.entries[clip].num_samples // self.segment_samples
        return 1 if self._position == "start" else max(1, fitting)

    def _start(self, index: int, clip: int, part: int) -> int:
        """Draw the first sample of a slice from its equal share of all possible ones."""
        if self._position == "start":
            return 0
        spare_samples = self.clips.entries[clip].num_samples - self.segment_samples
        num_starts, num_parts = max(spare_samples, 0) + 1, self._num_parts(clip)
        low, high = (number * num_starts // num_parts for number in (part, part + 1))
        return int(generator_at(self.seed, index).integers(low, high))

    def _pool(self, label: int | None) -> "_Pool":
        """Return the slices of a label, or of all."""
        chosen = self._labels == label if label is not None else slice(None)
        clips = np.arange(self.clips.num_clips)[chosen]
        return _Pool(clips, [self._num_parts(clip) for clip in clips])


class _Pool:
    """The slices of some clips, numbered through.

    Args:
        clips: Positions of the clips.
        num_parts: Slices of each of them.
    """

    def __init__(self, clips: np.ndarray, num_parts: Sequence[int]) -> None:
        self._clips, self._ends = clips, np.cumsum(num_parts)
        self.num_slices = int(self._ends[-1])

    def find(self, place: int) -> tuple[int, int]:
        """Return the clip of a slice, and which of the clip's slices it is."""
        number = int(np.searchsorted(self._ends, place, side="right"))
        before = int(self._ends[number - 1]) if number else 0
        return int(self._clips[number]), place - before


def label_indices(clips: Clips, label_names: Sequence[str]) -> np.ndarray:
    """Return the index of each clip's label, int32; zeros where no label has a name.

    Args:
        clips: The clips.
        label_names: All labels; the index of one is its place here.

    Raises:
        InputError: A clip has a label without a name.
    """
    if not label_names:
        return np.zeros(clips.num_clips, np.int32)
    places = {name: place for place, name in enumerate(label_names)}
    for entry in clips.entries:
        if entry.label not in places:
            seen = f"the label {entry.label}" if entry.label else "no label"
            raise InputError(entry.name, seen, one_of(label_names))
    return np.array([places[label] for label in clips.labels], np.int32)


def long_enough(name: str, clips: Clips, slice_samples: int, pad: bool) -> Clips:
    """Return the clips that give a slice.

    Args:
        name: What to call the clips in an error.
        clips: The clips.
        slice_samples: Length of a slice.
        pad: Whether shorter clips are followed by zeros.

    Raises:
        InputError: There is none.
    """
    lengths = [entry.num_samples for entry in clips.entries]
    if not lengths:
        raise InputError(name, "no clips", "at least one")
    kept = [clip for clip, length in enumerate(lengths) if pad or length >= slice_samples]
    if not kept:
        seen = f"no clip as long as a slice of {slice_samples} samples, the longest {max(lengths)}"
        raise InputError(name, seen, "longer clips, pad: true, or a shorter slice")
    return clips.select(kept)
