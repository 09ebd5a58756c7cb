"""Enhance recordings with whatever runs the streaming step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.audio.dry_mix import DryMix
from tfgan_audio.errors import InputError

_CHUNK_SECONDS = 4
# As many as an audio file may have; more are rather [channels, samples] the wrong way round.
_MAX_CHANNELS = 1024


class Enhancer:
    """A speech enhancer, ready to use.

    Args:
        open_stream: Makes a stream of one channel at `sample_rate_hz`.
        sample_rate_hz: Rate of the network.

    Example:
        >>> halve = lambda blocks, histories: (blocks / 2, histories)
        >>> enhancer = Enhancer(lambda: BlockStream(halve, [], 256, 0), 16000)
        >>> enhancer.enhance(np.ones(3), 16000)
        array([0.5, 0.5, 0.5], dtype=float32)
    """

    family = "segan"

    def __init__(self, open_stream: Callable[[], BlockStream], sample_rate_hz: int) -> None:
        self._open_stream = open_stream
        self.sample_rate_hz = sample_rate_hz

    def stream(self) -> BlockStream:
        """Return a stream of one channel: `process(chunk)`, then `flush()`."""
        return self._open_stream()

    def limited(self, attenuation_limit_db: float) -> Enhancer:
        """Return an enhancer that takes the noise down by so much at most.

        A share of the unprocessed signal stays in: less can be lost, and nothing falls silent.

        Args:
            attenuation_limit_db: Decibels, at least 0; 0 leaves everything as it is.

        Raises:
            InputError: A negative limit.
        """
        if not attenuation_limit_db >= 0.0:
            raise InputError("attenuation_limit_db", attenuation_limit_db, "0 or more")
        dry = 10.0 ** (-attenuation_limit_db / 20.0)
        return Enhancer(lambda: DryMix(self._open_stream(), dry), self.sample_rate_hz)

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
            InputError: A waveform that is empty, not finite, of integers or of more than two axes,
                or a rate below 1.
        """
        waveform = np.asarray(waveform)
        if waveform.ndim not in (1, 2) or not waveform.size:
            expected = "[samples] or [samples, channels], not empty"
            raise InputError("waveform", f"shape {list(waveform.shape)}", expected)
        sample_rate_hz = _checked_rate(sample_rate_hz)
        columns = waveform.reshape(len(waveform), -1)
        size = _CHUNK_SECONDS * sample_rate_hz
        chunks = (columns[start : start + size] for start in range(0, len(columns), size))
        enhanced = np.concatenate(list(self.enhance_chunks(chunks, sample_rate_hz)))
        return enhanced.reshape(waveform.shape)

    def enhance_chunks(
        self, chunks: Iterable[np.ndarray], sample_rate_hz: int
    ) -> Iterator[np.ndarray]:
        """Enhance a recording that comes, and goes, in chunks.

        Args:
            chunks: Consecutive parts of the recording, of any lengths.
            sample_rate_hz: Their rate.

        Shape:
            Chunks [T, C]; as many samples come out as went in.

        Yields:
            float32 chunks as soon as they are complete. Another rate than the network's adds the
            delay of two changes of rate, 0.1 to 0.2 seconds; what comes out stays aligned.

        Raises:
            InputError: A rate below 1, samples that are not finite or no floats, or another number
                of channels than before.
        """
        sample_rate_hz, chunks = _checked_rate(sample_rate_hz), _checked(chunks)
        if sample_rate_hz == self.sample_rate_hz:
            yield from self._streamed(chunks)
            return
        try:
            from tfgan_audio.audio.resampling import resample_blocks
        except ModuleNotFoundError:
            expected = f"{self.sample_rate_hz}, or pip install soxr to change rates"
            raise InputError("sample_rate_hz", sample_rate_hz, expected) from None

        num_missing = 0

        def with_silence() -> Iterator[np.ndarray]:
            """Count samples and add silence, into which the resamplers' filters may ring."""
            nonlocal num_missing
            chunk = None
            for chunk in chunks:
                num_missing += len(chunk)
                yield chunk
            if chunk is not None:
                yield np.zeros([sample_rate_hz // 20 + 2, chunk.shape[1]])

        slow = resample_blocks(with_silence(), sample_rate_hz, self.sample_rate_hz)
        for block in resample_blocks(self._streamed(slow), self.sample_rate_hz, sample_rate_hz):
            block = block[:num_missing]
            num_missing -= len(block)
            yield block

    def _streamed(self, chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Enhance chunks at the network's rate, one stream a channel."""
        streams: list[BlockStream] = []
        for chunk in chunks:
            streams = streams or [self.stream() for _ in chunk.T]
            parts = [stream.process(part) for stream, part in zip(streams, chunk.T)]
            yield np.stack(parts, axis=1)
        if streams:
            yield np.stack([stream.flush() for stream in streams], axis=1)


def _checked(chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Pass chunks on that are finite float samples of one number of channels."""
    num_samples, num_channels = 0, None
    for chunk in chunks:
        if chunk.ndim != 2 or not 1 <= chunk.shape[1] <= _MAX_CHANNELS:
            raise InputError("waveform", f"shape {list(chunk.shape)}", "[samples, channels]")
        if num_channels not in (None, chunk.shape[1]):
            seen = f"{chunk.shape[1]} channels after {num_channels}"
            raise InputError("waveform", seen, "chunks of one recording")
        if chunk.dtype.kind != "f":
            raise InputError("waveform", f"{chunk.dtype} samples", "floats in [-1, 1]")
        finite = np.isfinite(chunk).all(axis=1)
        if not finite.all():
            where = num_samples + int(np.argmin(finite))
            raise InputError("waveform", f"NaN or infinity at sample {where}", "finite samples")
        num_samples, num_channels = num_samples + len(chunk), chunk.shape[1]
        yield chunk


def _checked_rate(sample_rate_hz: int) -> int:
    """Return a whole number above 0."""
    if not sample_rate_hz >= 1 or sample_rate_hz % 1:
        raise InputError("sample_rate_hz", sample_rate_hz, "a whole number of hertz above 0")
    return int(sample_rate_hz)
