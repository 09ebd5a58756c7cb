"""Make sounds with whatever renders latents."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.latents import checked_latents, draw_latents
from tfgan_audio.nearest import one_of, unknown_name
from tfgan_audio.serving.latent_paths import label_path, latent_path
from tfgan_audio.serving.sound_piece import Prior, SoundPieces

Label = str | int


class SoundGenerator:
    """A generator of sounds, ready to use.

    A sound depends on its own latent and label alone, to the bit on one machine: each is rendered
    by itself, as the size of a batch changes the last bits of what a CPU computes.

    Args:
        render: Makes float32 sounds [N, T, C] of latents [N, `latent_dim`] and, where there are
            labels, of class indices [N] or shares of the classes [N, K] (else of None).
        latent_dim: Width of the latent.
        slice_samples: Length of a sound.
        sample_rate_hz: Rate of the sounds.
        num_channels: Their channels.
        label_names: Names of the classes in their order; none for a model without labels.
        find_prior: Returns what the latents of longer pieces follow, where there may be such.

    Example:
        >>> repeat = lambda latents, labels: np.repeat(latents[:, :, None], 2, axis=1)
        >>> generator = SoundGenerator(repeat, 1, 2, 16000)
        >>> generator.generate(3, seed=1).shape
        (3, 2, 1)
    """

    def __init__(
        self,
        render: Callable[[np.ndarray, np.ndarray | None], np.ndarray],
        latent_dim: int,
        slice_samples: int,
        sample_rate_hz: int,
        num_channels: int = 1,
        label_names: Sequence[str] = (),
        find_prior: Callable[[], Prior] | None = None,
    ) -> None:
        self._render = render
        self.latent_dim = latent_dim
        self.slice_samples = slice_samples
        self.sample_rate_hz = sample_rate_hz
        self.num_channels = num_channels
        self.label_names = tuple(label_names)
        self._find_prior = find_prior

    @functools.cached_property
    def pieces(self) -> SoundPieces:
        """What makes pieces longer than a slice, as `train-prior` has taught it.

        Raises:
            InputError: It has not.
        """
        if self._find_prior is None:
            raise InputError("pieces", "a generator alone", "one with a prior")
        return SoundPieces(self, self._find_prior())

    def generate(
        self,
        num: int | None = None,
        seed: int = 0,
        labels: Label | Sequence[Label] | None = None,
        truncation: float = 1.0,
        latents: np.ndarray | None = None,
    ) -> np.ndarray:
        """Make sounds of drawn latents, or of given ones.

        Args:
            num: How many; more begin with the same ones. Not needed with `latents`.
            seed: Whole number from 0 on that the latents are drawn by.
            labels: Name or index of a class, one for all sounds or one for each; None takes all
                classes in turn.
            truncation: Largest absolute number of a drawn latent, from 0 to 1; less than 1 gives
                sounds that are more alike.
            latents: Latents [num, `latent_dim`] in place of drawn ones.

        Shape:
            [num, T, C].

        Returns:
            float32.

        Raises:
            InputError: An unknown label, labels of another number, latents of another shape, or a
                number outside its range.
        """
        if latents is None:
            latents = draw_latents(num, self.latent_dim, seed, truncation)
        elif num not in (None, len(latents)):
            raise InputError("num", num, f"{len(latents)}, the number of latents")
        return np.stack(list(self.sounds(latents, self.indices(labels, len(latents)))))

    def interpolate(
        self,
        start: int | np.ndarray,
        end: int | np.ndarray,
        num: int,
        kind: str = "spherical",
        labels: Label | Sequence[Label] | None = None,
    ) -> np.ndarray:
        """Make sounds on the way from one latent to another.

        Args:
            start: Seed whose first sound is the first one, or a latent [`latent_dim`].
            end: The same for the last one.
            num: How many, both counted; at least 2.
            kind: "spherical" or "linear", as in `latent_path`.
            labels: Name or index of a class, or one for the start and one for the end: on the way
                the vectors that stand for them in the model are mixed. None for a model without.

        Shape:
            [num, T, C].

        Returns:
            float32.

        Raises:
            InputError: As `generate`; an unknown kind.
        """
        points = np.stack([self._latent(place) for place in (start, end)])
        shares = self.shares(labels, len(points), num)
        return np.stack(list(self.sounds(latent_path(points, num, kind), shares)))

    def sounds(self, latents: np.ndarray, labels: np.ndarray | None) -> Iterator[np.ndarray]:
        """Make sounds one after the other.

        Args:
            latents: Latents [N, `latent_dim`].
            labels: What `indices` or `shares` gave for as many.

        Yields:
            float32 [T, C].

        Raises:
            InputError: Latents of another shape, or not finite.
        """
        latents = checked_latents(latents, self.latent_dim)
        for index in range(len(latents)):
            row = slice(index, index + 1)
            yield self._render(latents[row], None if labels is None else labels[row])[0]

    def indices(self, labels: Label | Sequence[Label] | None, num: int) -> np.ndarray | None:
        """Return the class of each sound.

        Args:
            labels: As for `generate`.
            num: How many sounds there are.

        Returns:
            int32 [num]; None for a model without labels.

        Raises:
            InputError: An unknown label, or another number of them than one or `num`.
        """
        if labels is None:
            return (
                np.arange(num, dtype=np.int32) % len(self.label_names) if self.label_names else None
            )
        labels = [labels] if isinstance(labels, (str, int, np.integer)) else list(labels)
        if len(labels) not in (1, num):
            raise InputError("labels", len(labels), f"one for all, or {num}")
        found = np.array([self._index(label) for label in labels], np.int32)
        return np.repeat(found, num // len(found))

    def shares(
        self, labels: Label | Sequence[Label] | None, num_points: int, num: int
    ) -> np.ndarray | None:
        """Return the shares of the classes on the way from point to point.

        Args:
            labels: Name or index of a class, one for all points or one for each.
            num_points: Latents that the way leads through.
            num: As for `latent_path`.

        Returns:
            float32 [N, K]; None for a model without labels.

        Raises:
            InputError: As `indices`; no label for a model that knows some.
        """
        if labels is None and self.label_names:
            raise InputError("labels", "none", one_of(self.label_names))
        indices = self.indices(labels, num_points)
        return None if indices is None else label_path(indices, len(self.label_names), num)

    def _latent(self, place: int | np.ndarray) -> np.ndarray:
        """Return the latent that a seed stands for, or the given one."""
        if isinstance(place, (int, np.integer)):
            return draw_latents(1, self.latent_dim, place)[0]
        return checked_latents(np.asarray(place)[None], self.latent_dim)[0]

    def _index(self, label: Label) -> int:
        """Return the index of a label."""
        if not self.label_names:
            raise InputError("label", label, "none, as the model knows no labels")
        if isinstance(label, str):
            if label not in self.label_names:
                raise unknown_name(label, "label", self.label_names)
            return self.label_names.index(label)
        if not 0 <= label < len(self.label_names):
            raise InputError("label", label, f"an index from 0 to {len(self.label_names) - 1}")
        return int(label)
