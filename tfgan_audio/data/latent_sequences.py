"""Sequences of latents to learn from how they follow each other.

Shape letters: B batch, S slices of a sequence, D latent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.data.draws import generator_at

Windows = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class LatentSequences:
    """Sequences of any lengths, read in windows of one.

    Args:
        latents: [S, D] each.
        labels: Label index of each, 0 without labels.
        most_slices: Slices of a window, at most.
    """

    latents: Sequence[np.ndarray]
    labels: Sequence[int]
    most_slices: int = 32

    @property
    def num_slices(self) -> int:
        """Slices of all sequences."""
        return sum(map(len, self.latents))

    def drawn(self, seed: int, step: int, batch_size: int) -> Windows:
        """Return random windows, from longer sequences more often.

        Args:
            seed: Names the endless sequence of batches.
            step: Number of the batch.
            batch_size: Windows B.

        Returns:
            As `windows`.
        """
        rng = generator_at(seed, step)
        ends = np.cumsum([len(each) for each in self.latents])
        numbers = np.searchsorted(ends, rng.integers(ends[-1], size=batch_size), side="right")
        spare = [max(0, len(self.latents[number]) - self.most_slices) for number in numbers]
        return self.windows(zip(numbers, rng.integers(np.add(spare, 1)), strict=True))

    def everything(self) -> Windows:
        """Return the windows that hold every slice once, as `windows`."""
        return self.windows(
            (number, start)
            for number, each in enumerate(self.latents)
            for start in range(0, len(each), self.most_slices)
        )

    def windows(self, places) -> Windows:
        """Return parts of sequences, followed by zeros where they end early.

        Args:
            places: Number of the sequence and first slice of each part.

        Returns:
            Latents [B, S, D], label indices [B, S], and 1 where there is a slice, else 0, [B, S].
        """
        places = list(places)
        num_slices = min(self.most_slices, max(map(len, self.latents)))
        latents = np.zeros([len(places), num_slices, self.latents[0].shape[1]], np.float32)
        labels = np.zeros(latents.shape[:2], np.int32)
        is_there = np.zeros(latents.shape[:2], np.float32)
        for row, (number, start) in enumerate(places):
            part = self.latents[number][start : start + num_slices]
            latents[row, : len(part)] = part
            labels[row], is_there[row, : len(part)] = self.labels[number], 1.0
        return latents, labels, is_there
