"""Random draws that depend on (seed, index) alone, never on order, workers or global state."""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def _key(seed: int) -> tuple[int, int]:
    """Spread a seed over the 128 bits of a Philox key."""
    words = np.random.SeedSequence(seed).generate_state(2, np.uint64)
    return int(words[0]), int(words[1])


def generator_at(seed: int, index: int, stream: int = 0) -> np.random.Generator:
    """Return the generator that belongs to element `index` of a random sequence.

    Philox is counter based: the seed is its key, the index and the stream fill the upper half of
    its 256-bit counter, so 2**128 draws of one element never run into those of another.

    Args:
        seed: Any non-negative integer.
        index: Position in the sequence, at least 0.
        stream: Separates sequences of different purpose under one seed.

    Returns:
        A fresh generator; equal arguments give equal draws.

    Reference:
        Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".

    Example:
        >>> bool(generator_at(7, 3).random() == generator_at(7, 3).random())
        True
    """
    key = np.array(_key(seed), np.uint64)
    counter = np.array([0, 0, index, stream], np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))


@lru_cache(maxsize=8)
def _order(seed: int, epoch: int, num_items: int, stream: int) -> np.ndarray:
    """Permutation of one epoch, kept because neighbouring elements share it."""
    order = generator_at(seed, epoch, stream).permutation(num_items)
    order.setflags(write=False)
    return order


def shuffled(seed: int, index: int, num_items: int, stream: int = 1) -> int:
    """Return which of `num_items` things element `index` of an endless shuffle is.

    Every epoch of `num_items` elements visits each thing once, in an order of its own.

    Args:
        seed: Any non-negative integer.
        index: Position in the endless sequence, at least 0.
        num_items: How many things there are, at least 1.
        stream: Separates sequences of different purpose under one seed, as for `generator_at`.

    Returns:
        An integer in [0, num_items).

    Example:
        >>> sorted(shuffled(0, index, 4) for index in range(4, 8))
        [0, 1, 2, 3]
    """
    epoch, position = divmod(index, num_items)
    return int(_order(seed, epoch, num_items, stream)[position])


def part_start(rng: np.random.Generator, clip_samples: int, part_samples: int) -> int:
    """Draw where a part of a clip begins: evenly, once, and 0 where the clip is too short.

    Args:
        rng: What to draw from.
        clip_samples: Length of the clip.
        part_samples: Length of the part.

    Returns:
        First sample of the part.
    """
    return int(rng.integers(max(clip_samples - part_samples, 0) + 1))
