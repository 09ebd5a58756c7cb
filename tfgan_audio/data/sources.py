"""Endless training examples, each a function of its index alone.

Shape letters: B batch.
"""

import numpy as np

from tfgan_audio.errors import InputError

Arrays = tuple[np.ndarray, ...]
NamedArrays = dict[str, np.ndarray]


class Source:
    """What training reads: a family's examples, numbered from 0 without end.

    A subclass defines `item`, which depends on the source and the index alone. So any worker can
    make any batch, and a training that goes on at step n goes on with batch n.

    Args:
        segment_samples: Length of the waveforms in an element.
        seed: Names the endless sequence of elements.

    Raises:
        InputError: A length below 1 or a negative seed.
    """

    has_varying_lengths = False
    """Whether the second axis of arrays, time, differs between batches."""

    def __init__(self, segment_samples: int, seed: int) -> None:
        for name, value, least in (("segment_samples", segment_samples, 1), ("seed", seed, 0)):
            if value < least:
                raise InputError(name, value, f"at least {least}")
        self.segment_samples, self.seed = int(segment_samples), int(seed)

    def item(self, index: int) -> Arrays:
        """Return element `index`.

        Args:
            index: Position in the endless sequence, at least 0.

        Returns:
            Arrays whose shapes and types are those of every other element.
        """
        raise NotImplementedError

    def batch(self, step: int, batch_size: int) -> Arrays:
        """Return the elements of training step `step`.

        Args:
            step: Number of the step, from 0.
            batch_size: Elements B per step; 0 gives arrays of the right shapes with no rows.

        Shape:
            [B, ...] each

        Returns:
            Elements step * B to step * B + B - 1, stacked.
        """
        items = [self.item(step * batch_size + row) for row in range(max(batch_size, 1))]
        return tuple(np.stack(arrays)[:batch_size] for arrays in zip(*items, strict=True))
