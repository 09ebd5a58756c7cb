"""TensorFlow's stateless normal noise in NumPy, for devices that have no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
_KEY_STEPS = 0x9E3779B9, 0xBB67AE85
_KEY_OF_SEEDS = 0x3EC8F720, 0x02461E29
_NUM_ROUNDS = 10
_LOW, _WORD = np.uint64(0xFFFFFFFF), np.uint64(32)
_LEAST = np.float32(1e-7)


def stateless_normal(shape: Sequence[int], seed: Sequence[int]) -> np.ndarray:
    """Return what `tf.random.stateless_normal` draws on a CPU, but for the last bits.

    Args:
        shape: Shape of the noise.
        seed: Two whole numbers from 0 to 2 ** 31 - 1.

    Returns:
        float32.

    Reference:
        Salmon et al. 2011, Philox 4x32 with ten rounds; Box and Muller 1958.

    Example:
        >>> stateless_normal([2], [0, 7]).round(3)
        array([-0.423,  0.222], dtype=float32)
    """
    size = int(np.prod(shape))
    mixed = _philox(np.array([[seed[0], 0, seed[1], 0]], np.uint64), _KEY_OF_SEEDS)[0]
    counters = np.zeros([-(-size // 4), 4], np.uint64)
    counters[:, 0] = np.arange(len(counters))
    counters[:, 2:] = mixed[2:]
    words = _philox(counters, tuple(map(int, mixed[:2]))).reshape(-1, 2)
    # 23 random bits are the mantissa of a number in [1, 2).
    ones = (words.astype(np.uint32) & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)
    radii, angles = (ones.view(np.float32) - np.float32(1.0)).T
    radii = np.sqrt(np.float32(-2.0) * np.log(np.maximum(radii, _LEAST)))
    angles = np.float32(2.0 * np.pi) * angles
    pairs = np.stack([np.sin(angles) * radii, np.cos(angles) * radii], axis=-1)
    return pairs.reshape(-1)[:size].reshape(shape)


def _philox(counters: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Return four words of 32 bits for each counter of four words, all in uint64."""
    words = counters.T
    for index in range(_NUM_ROUNDS):
        keys = [np.uint64((one + index * step) % 2**32) for one, step in zip(key, _KEY_STEPS)]
        first, second = (
            np.uint64(factor) * word for factor, word in zip(_MULTIPLIERS, (words[0], words[2]))
        )
        words = [
            (second >> _WORD) ^ words[1] ^ keys[0],
            second & _LOW,
            (first >> _WORD) ^ words[3] ^ keys[1],
            first & _LOW,
        ]
    return np.stack(words, axis=-1)
