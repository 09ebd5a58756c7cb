"""Change of sample rate by soxr, in one piece or block by block with the same result."""

from collections.abc import Iterable, Iterator

import numpy as np
import soxr

from tfgan_audio.errors import InputError

# Passes 91 % of the lower Nyquist frequency within 0.01 dB; its own noise lies below float32's.
_QUALITY = "VHQ"


def resampled_samples(num_samples: int, from_hz: int, to_hz: int) -> int:
    """Return how many samples ``num_samples`` become: ``num_samples * to_hz / from_hz``, rounded.

    A half is rounded up.

    Example:
        >>> resampled_samples(88213, 44100, 16000), resampled_samples(1, 48000, 24000)
        (32005, 1)
    """
    return (2 * num_samples * to_hz + from_hz) // (2 * from_hz)


def resample(waveform: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """Change the sample rate of a waveform; it stays aligned in time.

    Args:
        waveform: Samples, time first.
        from_hz: Rate of `waveform`, a whole number above 0.
        to_hz: Rate of the result, a whole number above 0.

    Shape:
        [T] -> [T'] or [T, C] -> [T', C], with T' from `resampled_samples`.

    Returns:
        float32; where both rates are equal, the samples themselves.

    Raises:
        InputError: A rate below 1, or a waveform with more than two axes.
    """
    waveform = np.asarray(waveform, np.float32)
    if waveform.ndim not in (1, 2):
        raise InputError("waveform", f"shape {waveform.shape}", "[samples] or [samples, channels]")
    _check_rates(from_hz, to_hz)
    if from_hz == to_hz or not len(waveform):
        return waveform
    resampled = soxr.resample(np.ascontiguousarray(waveform), from_hz, to_hz, quality=_QUALITY)
    return _of_length(resampled, resampled_samples(len(waveform), from_hz, to_hz))


def resample_blocks(blocks: Iterable[np.ndarray], from_hz: int, to_hz: int) -> Iterator[np.ndarray]:
    """Change the sample rate of a waveform that comes in blocks.

    Args:
        blocks: Consecutive parts of one waveform, of any lengths.
        from_hz: Their rate.
        to_hz: Rate of the result.

    Shape:
        Blocks [T, C]. Together they have the length and the samples that `resample` gives.

    Yields:
        float32 blocks; some may be empty.

    Raises:
        InputError: A rate below 1.
    """
    _check_rates(from_hz, to_hz)
    if from_hz == to_hz:
        yield from blocks
        return
    stream, num_received, num_sent = None, 0, 0
    for block in blocks:
        block = np.ascontiguousarray(block, np.float32)
        if stream is None:
            num_channels = block.shape[1]
            stream = soxr.ResampleStream(from_hz, to_hz, num_channels, "float32", _QUALITY)
        num_received += len(block)
        resampled = stream.resample_chunk(block)
        num_sent += len(resampled)
        yield resampled
    if stream is not None:
        rest = stream.resample_chunk(np.zeros((0, num_channels), np.float32), last=True)
        num_missing = resampled_samples(num_received, from_hz, to_hz) - num_sent
        yield _of_length(rest, num_missing)


def _of_length(waveform: np.ndarray, num_samples: int) -> np.ndarray:
    """Cut or pad the one sample by which soxr may round otherwise."""
    missing = max(0, num_samples - len(waveform))
    padding = [(0, missing)] + [(0, 0)] * (waveform.ndim - 1)
    return np.pad(waveform[:num_samples], padding)


def _check_rates(from_hz: int, to_hz: int) -> None:
    """Raise unless both are whole numbers above 0."""
    for name, rate_hz in (("from_hz", from_hz), ("to_hz", to_hz)):
        if rate_hz != int(rate_hz) or rate_hz < 1:
            raise InputError(name, rate_hz, "a whole number of hertz above 0")
