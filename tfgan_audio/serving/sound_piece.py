"""Sounds longer than a slice: latents that follow each other, and slices that overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tfgan_audio.audio.joining import join_slices, num_slices_for
from tfgan_audio.errors import InputError
from tfgan_audio.latents import checked_latents, draw_latents

if TYPE_CHECKING:
    from tfgan_audio.serving.sound_generator import Label, SoundGenerator


class Prior(Protocol):
    """What knows which latents follow which."""

    overlap_samples: int

    def sample(
        self, draws: np.ndarray, labels: np.ndarray | None, temperature: float
    ) -> np.ndarray:
        """Turn independent draws [N, 1 + D] into latents [N, D]."""


class SoundPieces:
    """Pieces of any length by a generator of slices.

    A piece depends on its latents and labels alone, to the bit on one machine, and a longer one
    begins as a shorter one of the same seed does, but for the labels' shares of it.

    Args:
        generator: What makes slices.
        prior: What their latents follow.
    """

    def __init__(self, generator: SoundGenerator, prior: Prior) -> None:
        self.generator, self.prior = generator, prior

    def num_slices(self, seconds: float) -> int:
        """Return how many slices a piece takes.

        Args:
            seconds: Its length, above 0.

        Raises:
            InputError: A length outside its range.
        """
        slice_samples, overlap_samples = self.generator.slice_samples, self.prior.overlap_samples
        return num_slices_for(self._num_samples(seconds), slice_samples, overlap_samples)

    def draw(
        self,
        seconds: float,
        seed: int = 0,
        labels: Label | Sequence[Label] | None = None,
        temperature: float = 1.0,
    ) -> np.ndarray:
        """Draw the latents of a piece.

        Args:
            seconds: Length of the piece, above 0.
            seed: Whole number from 0 on.
            labels: As for `labels_of`.
            temperature: Factor of the prior's variances; less than 1 keeps closer to what is most
                likely.

        Returns:
            float32 [N, `latent_dim`].

        Raises:
            InputError: A number outside its range, an unknown label, or none for a model with some.
        """
        num = self.num_slices(seconds)
        draws = draw_latents(num, 1 + self.generator.latent_dim, seed)
        return self.prior.sample(draws, self.labels_of(num, labels), temperature)

    def labels_of(
        self, num: int, labels: Label | Sequence[Label] | None = None
    ) -> np.ndarray | None:
        """Return the class of each slice.

        Args:
            num: How many slices there are.
            labels: Name or index of a class; several have equal shares of the piece, one after
                the other. None for a model without.

        Returns:
            int32 [num]; None for a model without labels.

        Raises:
            InputError: An unknown label, or none for a model with some.
        """
        if labels is None and self.generator.label_names:
            raise InputError("labels", "none", f"some of {', '.join(self.generator.label_names)}")
        named = [labels] if isinstance(labels, (str, int, np.integer)) else labels
        indices = self.generator.indices(named, 0 if named is None else len(named))
        return None if indices is None else indices[np.arange(num) * len(indices) // num]

    def blocks(
        self,
        latents: np.ndarray,
        seconds: float | None = None,
        labels: Label | Sequence[Label] | None = None,
    ) -> Iterator[np.ndarray]:
        """Render a piece part by part, in bounded memory.

        Args:
            latents: Latents of its slices.
            seconds: Its length; None takes all that the latents give.
            labels: As for `labels_of`.

        Shape:
            [N, `latent_dim`] -> [T', C] each.

        Yields:
            float32.

        Raises:
            InputError: As `draw`; latents of another shape, or too few.
        """
        latents = checked_latents(latents, self.generator.latent_dim)
        if seconds is not None:
            num = self.num_slices(seconds)
            if len(latents) < num:
                raise InputError("latents", len(latents), f"{num} for {seconds:g} seconds")
            latents = latents[:num]
        slices = self.generator.sounds(latents, self.labels_of(len(latents), labels))
        left = None if seconds is None else self._num_samples(seconds)
        for block in join_slices(slices, self.prior.overlap_samples):
            yield block[:left]
            left = None if left is None else max(0, left - len(block))

    def make(
        self,
        seconds: float,
        seed: int = 0,
        labels: Label | Sequence[Label] | None = None,
        temperature: float = 1.0,
    ) -> np.ndarray:
        """Make a piece.

        Args:
            seconds: As for `draw`.
            seed: As for `draw`.
            labels: As for `labels_of`.
            temperature: As for `draw`.

        Shape:
            [T, C].

        Returns:
            float32.

        Raises:
            InputError: As `draw`.
        """
        latents = self.draw(seconds, seed, labels, temperature)
        return np.concatenate(list(self.blocks(latents, seconds, labels)))

    def _num_samples(self, seconds: float) -> int:
        """Length of a piece."""
        if not 0.0 < seconds < float("inf"):
            raise InputError("seconds", seconds, "a number above 0")
        return max(1, round(seconds * self.generator.sample_rate_hz))
