"""Streams of any chunk size through a network that turns frames into samples.

Letters: F frames, M bins of a frame, T samples.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tfgan_audio.errors import InputError

Render = Callable[[np.ndarray], np.ndarray]

# Bounds the memory of a run. Longer ones save little, and leave the processor's caches.
_MOST_FRAMES = 128


class FrameStream:
    """Render frames chunk by chunk, with the samples of rendering them whole.

    What is new is rendered together with the frames around it that its samples depend on. The
    samples of those are dropped, and with them whatever the network makes of a window's edge; only
    the true ends of the signal are ends to it. The fewer frames are rendered at once, the more
    of the work is spent on the frames around them.

    Samples come `latency_frames` late. The first ones wait until there are more frames than
    `frames_before`, as a network may reflect so many at the start.

    Args:
        render: From frames [F, M] to samples [F * hop_samples], for any F from 1 on.
        num_bins: Width M of a frame.
        hop_samples: Samples of a frame.
        frames_before: Frames before its own that a sample may depend on.
        frames_after: Frames after its own that a sample may depend on.
        block_frames: Fewest frames to render at once, but for the last ones.

    Example:
        >>> stream = FrameStream(lambda frames: 2 * frames.repeat(2), 1, 2, 1, 1)
        >>> stream.process(np.ones([2, 1], np.float32)), stream.flush()
        (array([2., 2.], dtype=float32), array([2., 2.], dtype=float32))
    """

    def __init__(
        self,
        render: Render,
        num_bins: int,
        hop_samples: int,
        frames_before: int,
        frames_after: int,
        block_frames: int = 1,
    ) -> None:
        if not block_frames >= 1:
            raise InputError("block_frames", block_frames, "a whole number above 0")
        self._render = render
        self.num_bins = num_bins
        self.hop_samples = hop_samples
        self._frames_before, self._frames_after = frames_before, frames_after
        self._block_frames = block_frames
        # A block's first frame waits for the rest of the block and for what its last depends on.
        self.latency_frames = block_frames - 1 + frames_after
        self.latency_samples = self.latency_frames * hop_samples
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next chunk starts a new signal."""
        self._frames = np.zeros([0, self.num_bins], np.float32)
        self._num_past = 0  # of these frames, how many are rendered already
        self._num_received = 0

    def process(self, chunk: np.ndarray) -> np.ndarray:
        """Take the next frames and return the samples that are complete by now.

        Args:
            chunk: Any number of frames, none included.

        Shape:
            [F, M] -> [T], where T is a multiple of ``block_frames * hop_samples``, or 0.

        Raises:
            InputError: Another shape, NaN or infinity, or integers. The stream is as it was before.
        """
        chunk = checked_frames(chunk, self.num_bins, "chunk", self._num_received)
        self._num_received += len(chunk)
        self._frames = np.concatenate([self._frames, chunk])
        num_ready = len(self._frames) - self._num_past - self._frames_after
        if self._num_received <= self._frames_before or num_ready < self._block_frames:
            return np.zeros(0, np.float32)
        return self._run(num_ready - num_ready % self._block_frames)

    def flush(self) -> np.ndarray:
        """End the signal and return what is left of it; then a new one may start.

        Shape:
            [T], such that the stream has returned ``hop_samples`` for every frame it received.
        """
        rest = self._run(len(self._frames) - self._num_past)
        self.reset()
        return rest

    def _run(self, num_frames: int) -> np.ndarray:
        """Render so many of the frames that wait."""
        samples = [np.zeros(0, np.float32)]
        for part in np.array_split(range(num_frames), math.ceil(num_frames / _MOST_FRAMES) or 1):
            if len(part):
                samples.append(self._run_window(len(part)))
        return np.concatenate(samples)

    def _run_window(self, num_frames: int) -> np.ndarray:
        """Render the next frames with those around them, and forget what nothing depends on."""
        end = self._num_past + num_frames
        rendered = np.asarray(self._render(self._frames[: end + self._frames_after]), np.float32)
        samples = rendered[self._num_past * self.hop_samples : end * self.hop_samples]
        num_forgotten = max(0, end - self._frames_before)
        self._frames = self._frames[num_forgotten:]
        self._num_past = end - num_forgotten
        return samples


def checked_frames(
    frames: np.ndarray, num_bins: int, name: object, num_before: int = 0
) -> np.ndarray:
    """Return frames as float32.

    Args:
        frames: Any number of frames.
        num_bins: Width M that they must have.
        name: What errors call them.
        num_before: Frames before these, by which errors count.

    Shape:
        [F, M], kept.

    Raises:
        InputError: Another shape, NaN or infinity, or numbers that are no floats.
    """
    frames = np.asarray(frames)
    if frames.ndim != 2 or frames.shape[1] != num_bins:
        turned = frames.ndim == 2 and frames.shape[0] == num_bins
        seen = f"shape {list(frames.shape)}" + (", the axes exchanged" if turned else "")
        raise InputError(name, seen, f"[frames, {num_bins}]")
    if frames.dtype.kind != "f":
        raise InputError(name, f"{frames.dtype} values", "floating point values")
    frames = frames.astype(np.float32)
    finite = np.isfinite(frames).all(axis=1)
    if not finite.all():
        where = num_before + int(np.argmin(finite))
        raise InputError(name, f"NaN or infinity in frame {where}", "finite values")
    return frames
