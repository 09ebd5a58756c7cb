"""Enhance recordings with whatever runs the streaming step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.errors import InputError

_CHUNK_SECONDS = 4


class Enhancer:
    """A speech enhancer, ready to use.

    Args:
        open_stream: Makes a stream of one channel at `sample_rate_hz`.
        sample_rate_hz: Rate of the network.
    """

    family = "segan"

    def __init__(self, open_stream: Callable[[], BlockStream], sample_rate_hz: int) -> None:
        self._open_stream = open_stream
        self.sample_rate_hz = sample_rate_hz

    def stream(self) -> BlockStream:
        """Return a stream of one channel: `process(chunk)`, then `flush()`."""
        return self._open_stream()

    def enhance(self, waveform: np.ndarray, sample_rate_hz: int) -> np.ndarray:
        """Enhance a recording.

        Args:
            waveform: Samples in [-1, 1] as float; any length from 1 on.
            sample_rate_hz: Rate of `waveform`; resampled where the network has another.

        Shape:
            [T] -> [T], or [T, C] -> [T, C], each channel by itself.

        Returns:
            float32 of the same shape and rate, aligned in time.

        Raises:
            InputError: An empty or non-finite waveform, or one with more than two axes.
        """
        waveform = np.asarray(waveform, np.float32)
        if waveform.ndim not in (1, 2) or not waveform.size:
            expected = "[samples] or [samples, channels], not empty"
            raise InputError("waveform", f"shape {list(waveform.shape)}", expected)
        columns = waveform.reshape(len(waveform), -1)
        chunks = (
            columns[start : start + _CHUNK_SECONDS * sample_rate_hz]
            for start in range(0, len(columns), _CHUNK_SECONDS * sample_rate_hz)
        )
        enhanced = np.concatenate(list(self.enhance_chunks(chunks, sample_rate_hz)))
        return enhanced.reshape(waveform.shape)

    def enhance_chunks(
        self, chunks: Iterator[np.ndarray], sample_rate_hz: int
    ) -> Iterator[np.ndarray]:
        """Enhance a recording that comes, and goes, in chunks.

        Args:
            chunks: Consecutive parts of the recording, of any lengths.
            sample_rate_hz: Their rate.

        Shape:
            Chunks [T, C]; as many samples come out as went in.

        Yields:
            float32 chunks as soon as they are complete.

        Raises:
            InputError: A rate below 1 or samples that are not finite.
        """
        if sample_rate_hz < 1:
            raise InputError("sample_rate_hz", sample_rate_hz, "a positive rate")
        lanes: list[_Lane] = []
        for chunk in chunks:
            if not lanes:
                lanes = [_Lane(self, sample_rate_hz) for _ in range(chunk.shape[1])]
            yield np.stack([lane.process(part) for lane, part in zip(lanes, chunk.T)], axis=1)
        if lanes:
            yield np.stack([lane.flush() for lane in lanes], axis=1)


class _Lane:
    """One channel on its way through resampler, network and resampler back."""

    def __init__(self, enhancer: Enhancer, sample_rate_hz: int) -> None:
        self.stream = enhancer.stream()
        self.num_left = 0
        self.down = _resampler(sample_rate_hz, enhancer.sample_rate_hz)
        self.up = _resampler(enhancer.sample_rate_hz, sample_rate_hz)

    def process(self, samples: np.ndarray) -> np.ndarray:
        """Return what is complete, never more than came in."""
        self.num_left += len(samples)
        enhanced = self.up(self.stream.process(self.down(samples, False)), False)[: self.num_left]
        self.num_left -= len(enhanced)
        return enhanced

    def flush(self) -> np.ndarray:
        """Return the rest, exactly as many samples as are missing."""
        nothing = np.zeros(0, np.float32)
        late = self.stream.process(self.down(nothing, True))
        rest = self.up(np.concatenate([late, self.stream.flush()]), True)[: self.num_left]
        return np.pad(rest, (0, self.num_left - len(rest)))


def _resampler(from_hz: int, to_hz: int) -> Callable[[np.ndarray, bool], np.ndarray]:
    """Return a streaming rate conversion: (samples, last) -> samples."""
    if from_hz == to_hz:
        return lambda samples, last: samples
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
    return lambda samples, last: stream.resample_chunk(np.ascontiguousarray(samples), last=last)
