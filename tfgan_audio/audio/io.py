"""Read and write audio files as float32 arrays in [-1, 1], time first.

Decodes WAV (8 to 32 bits, float, double), FLAC, OGG (Vorbis, Opus), MP3 and AIFF by content.
Everything about audio files is found here; `reader`, `writer` and `resampling` do the work.
Letters: T samples, C channels.
"""

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfgan_audio.audio.finding import find_files
from tfgan_audio.audio.pcm import pcm16
from tfgan_audio.audio.reader import BLOCK_SAMPLES, AudioReader, open_path, open_stream
from tfgan_audio.audio.resampling import resample, resample_blocks, resampled_samples
from tfgan_audio.audio.writer import AudioWriter, open_writer, write_audio
from tfgan_audio.errors import InputError

__all__ = [
    "AUDIO_SUFFIXES",
    "AudioInfo",
    "AudioWriter",
    "decode_bytes",
    "find_audio",
    "open_writer",
    "pcm16",
    "read_audio",
    "read_blocks",
    "read_info",
    "resample",
    "resample_blocks",
    "resampled_samples",
    "write_audio",
]

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")


@dataclass(frozen=True)
class AudioInfo:
    """What an audio file holds.

    Args:
        num_samples: Samples per channel.
        sample_rate_hz: Rate.
        num_channels: Channels.
        subtype: libsndfile's name of the coding, such as "PCM_16" or "VORBIS".
    """

    num_samples: int
    sample_rate_hz: int
    num_channels: int
    subtype: str


def read_info(path: str | os.PathLike) -> AudioInfo:
    """Tell length, rate and channels of a file from its header.

    A file without a stated length (MP3 without a length tag, FLAC from a pipe) is decoded to count.

    Args:
        path: Audio file.

    Raises:
        InputError: A file that is missing, is no audio or has no samples. A truncated file is found
            by `read_audio` only.
    """
    with open_path(path) as reader:
        num_samples = reader.num_samples
        if num_samples is None:
            num_samples = sum(map(len, reader.blocks()))
        if not num_samples:
            raise _no_samples(path)
        return AudioInfo(num_samples, reader.sample_rate_hz, reader.num_channels, reader.subtype)


def read_audio(
    path: str | os.PathLike,
    sample_rate_hz: int | None = None,
    mono: bool = False,
    start: int = 0,
    stop: int | None = None,
) -> tuple[np.ndarray, int]:
    """Read a file, or a part of it.

    Args:
        path: Audio file.
        sample_rate_hz: Rate to resample to; None keeps the file's.
        mono: Whether to return the mean of the channels as the only channel.
        start: First sample, counted at the file's own rate.
        stop: Sample after the last; beyond the end it means the end.

    Returns:
        Samples as float32 [T, C] and their rate in Hz.

    Raises:
        InputError: A file that is missing, no audio, truncated or damaged, has no samples in the
            range, or holds NaN or infinity.
    """
    _check_range(start, stop)
    with open_path(path) as reader:
        waveform = _joined(reader, path, mono, start, stop)
        rate_hz = reader.sample_rate_hz
    if sample_rate_hz is None:
        return waveform, rate_hz
    return resample(waveform, rate_hz, sample_rate_hz), sample_rate_hz


def read_blocks(
    path: str | os.PathLike,
    block_samples: int,
    mono: bool = False,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[np.ndarray]:
    """Read a file of any length in bounded memory.

    `resample_blocks` changes the rate of what comes out.

    Args:
        path: Audio file.
        block_samples: Samples T of every block but the last.
        mono: Whether to yield the mean of the channels as the only channel.
        start: First sample.
        stop: Sample after the last; beyond the end it means the end.

    Yields:
        Consecutive float32 blocks [T, C].

    Raises:
        InputError: As `read_audio`; damage only when it is reached.
    """
    _check_range(start, stop)
    if block_samples < 1:
        raise InputError("block_samples", block_samples, "a whole number above 0")
    with open_path(path) as reader:
        is_empty = True
        for block in reader.blocks(block_samples, start, stop):
            is_empty = False
            yield _folded(block, mono)
        if is_empty:
            raise _no_samples(path)


def decode_bytes(
    contents: bytes, mono: bool = False, name: object = "encoded audio"
) -> tuple[np.ndarray, int]:
    """Decode an audio file that stands in memory.

    Args:
        contents: The whole file.
        mono: Whether to return the mean of the channels as the only channel.
        name: What errors call it.

    Returns:
        Samples as float32 [T, C] and their rate in Hz.

    Raises:
        InputError: As `read_audio`.
    """
    with open_stream(io.BytesIO(contents), name) as reader:
        return _joined(reader, name, mono), reader.sample_rate_hz


def find_audio(directory: str | os.PathLike) -> list[Path]:
    """List the audio files below a folder as `find_files` does, by their endings.

    Args:
        directory: Folder to search.

    Raises:
        InputError: No such folder, one in it that can not be read, or no audio in it.
    """
    return find_files(directory, AUDIO_SUFFIXES, "audio files")


def _joined(
    reader: AudioReader, name: object, mono: bool, start: int = 0, stop: int | None = None
) -> np.ndarray:
    """Read a range in one array."""
    blocks: Iterable[np.ndarray] = reader.blocks(BLOCK_SAMPLES, start, stop)
    parts = [_folded(block, mono) for block in blocks]
    if not parts:
        raise _no_samples(name)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _folded(block: np.ndarray, mono: bool) -> np.ndarray:
    """Average the channels if asked to."""
    return block.mean(axis=1, keepdims=True) if mono and block.shape[1] > 1 else block


def _check_range(start: int, stop: int | None) -> None:
    """Raise unless a range starts at a sample and ends after it."""
    if start < 0:
        raise InputError("start", start, "a sample from 0 on")
    if stop is not None and stop <= start:
        raise InputError("stop", stop, f"a sample after start ({start})")


def _no_samples(name: object) -> InputError:
    """Return the error for what has no samples."""
    return InputError(name, "no samples", "at least one")
