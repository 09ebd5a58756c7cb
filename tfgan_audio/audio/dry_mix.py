"""Part of the unprocessed signal left in a stream."""

from __future__ import annotations

import numpy as np

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.audio.window_stream import WindowStream


class DryMix:
    """A stream whose result is mixed with what went in, sample for sample.

    Args:
        stream: A stream that returns as many samples as it takes, in time with them.
        dry: Share of the unprocessed signal, 0 to 1.

    Example:
        >>> silence = BlockStream(lambda blocks, histories: (0 * blocks, histories), [], 2, 0)
        >>> stream = DryMix(silence, 0.25)
        >>> stream.process(np.ones(3, np.float32)), stream.flush()
        (array([0.25, 0.25], dtype=float32), array([0.25], dtype=float32))
    """

    def __init__(self, stream: BlockStream | WindowStream, dry: float) -> None:
        self._stream = stream
        self._dry = np.float32(dry)
        self._pending = np.zeros(0, np.float32)

    def process(self, chunk: np.ndarray) -> np.ndarray:
        """Take the next samples and return those that are complete by now.

        Shape:
            [T] -> [T'], as the stream has it.

        Raises:
            InputError: As the stream does.
        """
        processed = self._stream.process(chunk)
        self._pending = np.concatenate([self._pending, np.asarray(chunk, np.float32)])
        return self._mixed(processed)

    def flush(self) -> np.ndarray:
        """End the signal and return what is left of it; then a new one may start."""
        return self._mixed(self._stream.flush())

    def _mixed(self, processed: np.ndarray) -> np.ndarray:
        """Mix samples with those that they were made of."""
        unprocessed, self._pending = np.split(self._pending, [len(processed)])
        return processed + self._dry * (unprocessed - processed)
