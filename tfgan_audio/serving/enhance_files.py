"""Enhance files, folders and raw streams in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from tfgan_audio.audio.io import AudioInfo, find_audio, open_writer, pcm16, read_blocks, read_info
from tfgan_audio.errors import InputError
from tfgan_audio.serving.enhancer import Enhancer

_CHUNK_SECONDS = 4
_FINER_THAN_16_BITS = ("PCM_24", "PCM_32", "FLOAT", "DOUBLE")


def enhance_file(
    enhancer: Enhancer, source: Path, target: Path, show_progress: bool = False
) -> None:
    """Enhance one recording of any length; rate, channels and length stay.

    Samples that are finer than 16 bits stay so, where the format of `target` has such; everything
    else becomes 16 bits, or what the format has instead.

    Args:
        enhancer: The enhancer.
        source: Audio file.
        target: File to write; its ending chooses the format. It may be `source` itself, which is
            replaced once all is done.
        show_progress: Show a bar, where stderr is a terminal.

    Raises:
        InputError: An unusable source or a target that cannot be written; then nothing is left.
    """
    info = read_info(source)
    blocks = read_blocks(source, _CHUNK_SECONDS * info.sample_rate_hz)
    seconds = info.num_samples / info.sample_rate_hz
    with (
        open_writer(
            target, info.sample_rate_hz, info.num_channels, _subtype(info, target)
        ) as writer,
        _bar(seconds, "s", show_progress) as bar,
    ):
        for chunk in enhancer.enhance_chunks(blocks, info.sample_rate_hz):
            writer.write(chunk)
            bar.update(len(chunk) / info.sample_rate_hz)


def enhance_folder(
    enhancer: Enhancer, source: Path, target: Path, show_progress: bool = False
) -> list[str]:
    """Enhance every recording below a folder into the same places below another.

    Args:
        enhancer: The enhancer.
        source: Folder of recordings, any depth.
        target: Folder to write to. Where it lies below `source`, what is in it is left out.
        show_progress: Show a bar, where stderr is a terminal.

    Returns:
        One line for each file that could not be used; the others are done.

    Raises:
        InputError: No audio in `source`, a `target` that is a file, `source` itself or above it, or
            an enhanced file that cannot be written, at which the work ends.
    """
    if target.exists() and not target.is_dir():
        raise InputError(target, "a file", "a folder to write to")
    if source.resolve().is_relative_to(target.resolve()):
        raise InputError(target, f"a folder that holds {source}", "a folder apart from it")
    paths = [
        path for path in find_audio(source) if not path.resolve().is_relative_to(target.resolve())
    ]
    if not paths:
        raise InputError(source, f"no audio but what is in {target}", "a folder with audio files")
    failures = []
    with _bar(len(paths), "file", show_progress) as bar:
        for path in paths:
            try:
                enhance_file(enhancer, path, target / path.relative_to(source))
            except InputError as error:
                if error.name != path:  # a full disk, say, of which the next file knows no more
                    raise
                failures.append(str(error))
            bar.update()
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
        InputError: The stream ends in the middle of a frame; all whole frames are done.
    """
    pcm = _PcmReader(source, num_channels, max_frames=sample_rate_hz)
    for chunk in enhancer.enhance_chunks(pcm, sample_rate_hz):
        if len(chunk):
            target.write(pcm16(chunk).astype("<i2").tobytes())
            target.flush()
    if pcm.rest:
        expected = f"frames of {pcm.frame_bytes} bytes: {num_channels} channels of 16 bits"
        raise InputError("stdin", f"{len(pcm.rest)} bytes too many at the end", expected)


def _subtype(info: AudioInfo, target: Path) -> str | None:
    """Return the coding that loses nothing of fine samples; None for the usual one."""
    if info.subtype not in _FINER_THAN_16_BITS:
        return None
    if target.suffix.lower() in (".wav", ".aif", ".aiff"):
        return info.subtype
    return "PCM_24" if target.suffix.lower() == ".flac" else None


class _PcmReader:
    """Whole frames of [T, C] as they arrive; `rest` is what is no whole frame yet."""

    def __init__(self, source: BinaryIO, num_channels: int, max_frames: int) -> None:
        self.source, self.num_channels = source, num_channels
        self.frame_bytes = 2 * num_channels
        self.max_bytes = max_frames * self.frame_bytes
        self.rest = b""

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield frames until the stream ends, many at once where it is ahead of the work."""
        read = getattr(self.source, "read1", self.source.read)
        while data := read(self.max_bytes):
            data = self.rest + data
            num_bytes = len(data) // self.frame_bytes * self.frame_bytes
            data, self.rest = data[:num_bytes], data[num_bytes:]
            yield np.frombuffer(data, "<i2").reshape(-1, self.num_channels) / np.float32(32768)


def _bar(total: float, unit: str, wanted: bool) -> tqdm:
    """Return a progress bar with an ETA, silent where nobody looks at it."""
    shape = "{l_bar}{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}<{remaining}]"
    return tqdm(
        total=total,
        unit=unit,
        desc="enhance",
        bar_format=shape,
        disable=None if wanted else True,
    )
