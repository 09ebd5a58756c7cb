"""Enhance files, folders and raw streams in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from tfgan_audio.audio.io import find_audio, open_writer, pcm16, read_blocks, read_info
from tfgan_audio.errors import InputError
from tfgan_audio.serving.enhancer import Enhancer

_CHUNK_SECONDS = 4


def enhance_file(enhancer: Enhancer, source: Path, target: Path) -> None:
    """Enhance one recording of any length; rate, channels and length stay.

    Args:
        enhancer: The enhancer.
        source: Audio file.
        target: File to write; its ending chooses the format.

    Raises:
        InputError: An unusable source or a target that cannot be written; then nothing is left.
    """
    info = read_info(source)
    blocks = read_blocks(source, _CHUNK_SECONDS * info.sample_rate_hz)
    with open_writer(target, info.sample_rate_hz, info.num_channels) as writer:
        for chunk in enhancer.enhance_chunks(blocks, info.sample_rate_hz):
            writer.write(np.clip(chunk, -1.0, 1.0))


def enhance_folder(enhancer: Enhancer, source: Path, target: Path) -> list[str]:
    """Enhance every recording below a folder into the same places below another.

    Args:
        enhancer: The enhancer.
        source: Folder of recordings, any depth.
        target: Folder to write to.

    Returns:
        One line for each file that could not be used; the others are done.

    Raises:
        InputError: No audio in `source`.
    """
    failures = []
    for path in tqdm(find_audio(source), desc="enhance", unit="file"):
        try:
            enhance_file(enhancer, path, target / path.relative_to(source))
        except InputError as error:
            failures.append(str(error))
    return failures


def enhance_pcm(
    enhancer: Enhancer, source: BinaryIO, target: BinaryIO, sample_rate_hz: int, num_channels: int
) -> None:
    """Enhance raw 16-bit little-endian PCM as it arrives.

    Args:
        enhancer: The enhancer.
        source: Bytes in; whatever has arrived is processed at once.
        target: Bytes out, of the same rate and channel count.
        sample_rate_hz: Rate of the stream.
        num_channels: Interleaved channels.

    Raises:
        InputError: The stream ends in the middle of a sample.
    """
    chunks = _read_pcm(source, num_channels, sample_rate_hz // 50 or 1)
    for chunk in enhancer.enhance_chunks(chunks, sample_rate_hz):
        if len(chunk):
            target.write(pcm16(chunk).astype("<i2").tobytes())
            target.flush()


def _read_pcm(source: BinaryIO, num_channels: int, max_frames: int) -> Iterator[np.ndarray]:
    """Yield what has arrived, whole frames of [T, C] at a time."""
    frame_bytes = 2 * num_channels
    read = getattr(source, "read1", source.read)
    rest = b""
    while data := read(max_frames * frame_bytes):
        data = rest + data
        num_bytes = len(data) // frame_bytes * frame_bytes
        data, rest = data[:num_bytes], data[num_bytes:]
        yield np.frombuffer(data, "<i2").reshape(-1, num_channels).astype(np.float32) / 32768
    if rest:
        expected = f"whole frames of {frame_bytes} bytes"
        raise InputError("stdin", f"{len(rest)} bytes too many at the end", expected)
