"""Streams of any chunk size through a network that takes windows of fixed size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfgan_audio.audio.block_stream import checked_chunk
from tfgan_audio.audio.filters import EmphasisStream
from tfgan_audio.audio.framing import cross_fade_weights
from tfgan_audio.errors import InputError

WindowFunction = Callable[[np.ndarray, int], np.ndarray]


class WindowStream:
    """Process a signal chunk by chunk, with the result of processing it whole.

    The pre-emphasised signal is cut into windows, the last one filled up with zeros; what comes
    out is cross-faded where windows overlap, and de-emphasised. The weights of a cross-fade sum to
    one, and the ends of the signal are not faded. The chunks make no difference to any sample.

    Args:
        enhance: From a window [N] and its index to a window of the same length.
        window_samples: Length N.
        overlap: Share of a window that it has in common with the next, from 0 to 0.5.
        pre_emphasis: Coefficient of the filter, from 0 to below 1.

    Example:
        >>> stream = WindowStream(lambda window, index: 2 * window, 4, 0.5, 0.0)
        >>> stream.process(np.ones(5, np.float32)), stream.flush()
        (array([2., 2.], dtype=float32), array([2., 2., 2.], dtype=float32))
    """

    def __init__(
        self, enhance: WindowFunction, window_samples: int, overlap: float, pre_emphasis: float
    ) -> None:
        if not 0.0 <= overlap <= 0.5:
            raise InputError("overlap", overlap, "from 0 to 0.5")
        self._enhance = enhance
        self.window_samples = self.latency_samples = window_samples
        self._overlap_samples = int(overlap * window_samples)
        self.hop_samples = window_samples - self._overlap_samples
        weights = cross_fade_weights(window_samples, self._overlap_samples)
        self._rise = weights[: self._overlap_samples]
        self._pre_emphasis = EmphasisStream(pre_emphasis)
        self._de_emphasis = EmphasisStream(pre_emphasis, inverse=True)
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next chunk starts a new signal."""
        self._pre_emphasis.reset()
        self._de_emphasis.reset()
        self._num_windows = 0
        self._pending = np.zeros(0, np.float32)
        self._tail = np.zeros(0, np.float32)

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
        emphasised = self._pre_emphasis.process(checked_chunk(chunk))
        self._pending = np.concatenate([self._pending, emphasised])
        done = []
        while len(self._pending) >= self.window_samples:
            complete = self._next_window(self._pending[: self.window_samples])
            # One by one: rounded where a chunk happens to end, a sum would depend on the chunks.
            done.append(self._de_emphasis.process(complete))
            self._pending = self._pending[self.hop_samples :]
        return np.concatenate([np.zeros(0, np.float32), *done])

    def flush(self) -> np.ndarray:
        """End the signal and return what is left of it; then a new one may start.

        Shape:
            [T'], such that the stream has returned as many samples as it received.
        """
        num_left, rest = len(self._pending), self._tail
        # What the last window has already seen needs no further one.
        if num_left > len(self._tail):
            padded = np.pad(self._pending, (0, self.window_samples - num_left))
            rest = np.concatenate([self._next_window(padded), self._tail])
        rest = self._de_emphasis.process(rest[:num_left])
        self.reset()
        return rest

    def _next_window(self, window: np.ndarray) -> np.ndarray:
        """Enhance one window, fade over to it and return what no later window changes."""
        enhanced = self._enhance(window, self._num_windows).astype(np.float32)
        if len(self._tail):
            faded = self._tail * self._rise[::-1] + enhanced[: len(self._rise)] * self._rise
            enhanced = np.concatenate([faded, enhanced[len(self._rise) :]])
        self._num_windows += 1
        self._tail = enhanced[self.hop_samples :]
        return enhanced[: self.hop_samples]
