"""Streams of any chunk size through a network that works on blocks of fixed size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfgan_audio.errors import InputError

Histories = list[np.ndarray]
BlockStep = Callable[[np.ndarray, Histories], tuple[np.ndarray, Histories]]


class BlockStream:
    """Process a signal chunk by chunk, with the result of processing it whole.

    Args:
        step: From blocks [1, F, hop_samples] and histories to blocks of the same shape, late by
            `latency_samples`, and the histories that the next call needs.
        histories: Histories at the start of a stream, usually zeros.
        hop_samples: Samples of a block.
        latency_samples: Samples by which `step` is late; a whole number of blocks.

    Example:
        >>> stream = BlockStream(lambda blocks, histories: (2 * blocks, histories), [], 4, 0)
        >>> stream.process(np.ones(6, np.float32)), stream.flush()
        (array([2., 2., 2., 2.], dtype=float32), array([2., 2.], dtype=float32))
    """

    def __init__(
        self, step: BlockStep, histories: Histories, hop_samples: int, latency_samples: int
    ) -> None:
        self._step = step
        self._start = histories
        self.hop_samples = hop_samples
        self.latency_samples = latency_samples
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next chunk starts a new signal."""
        self._histories = self._start
        self._pending = np.zeros(0, np.float32)
        self._num_received = 0
        self._num_sent = 0
        self._num_early = self.latency_samples

    def process(self, chunk: np.ndarray) -> np.ndarray:
        """Take the next samples and return those that are complete by now.

        Args:
            chunk: Any number of samples, none included.

        Shape:
            [T] -> [T'], where T' is a multiple of `hop_samples`, or 0.

        Raises:
            InputError: The chunk has more than one axis, holds NaN or infinity, or integers. The
                stream is as it was before.
        """
        chunk = checked_chunk(chunk)
        self._num_received += len(chunk)
        pending = np.concatenate([self._pending, chunk])
        num_ready = len(pending) // self.hop_samples * self.hop_samples
        self._pending = pending[num_ready:]
        return self._run(pending[:num_ready])

    def flush(self) -> np.ndarray:
        """End the signal and return what is left of it; then a new one may start.

        Shape:
            [T'], such that the stream has returned as many samples as it received.
        """
        num_left = self._num_received - self._num_sent
        padding = -len(self._pending) % self.hop_samples + self.latency_samples
        rest = self._run(np.pad(self._pending, (0, padding)))[:num_left]
        self.reset()
        return rest

    def _run(self, samples: np.ndarray) -> np.ndarray:
        """Run whole blocks and drop what precedes the signal's first sample."""
        if not len(samples):
            return samples
        blocks, self._histories = self._step(
            samples.reshape(1, -1, self.hop_samples), self._histories
        )
        enhanced = np.asarray(blocks, np.float32).reshape(-1)
        num_dropped = min(self._num_early, len(enhanced))
        self._num_early -= num_dropped
        self._num_sent += len(enhanced) - num_dropped
        return enhanced[num_dropped:]


def checked_chunk(chunk: np.ndarray) -> np.ndarray:
    """Return a chunk of a stream of one channel as float32.

    Args:
        chunk: Any number of samples.

    Raises:
        InputError: More than one axis, NaN or infinity, or integers.
    """
    chunk = np.asarray(chunk)
    if len(chunk) and chunk.dtype.kind != "f":
        raise InputError("chunk", f"{chunk.dtype} samples", "floating point samples in [-1, 1]")
    chunk = chunk.astype(np.float32)
    if chunk.ndim != 1:
        raise InputError("chunk", f"shape {chunk.shape}", "one axis, the samples of one channel")
    if not np.isfinite(chunk).all():
        raise InputError("chunk", "NaN or infinity", "finite samples")
    return chunk
