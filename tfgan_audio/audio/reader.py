"""One pass forward through an audio file, with an error of one line for all that can go wrong.

libsndfile only estimates the length of an MP3 file without a Xing, Info or VBRI tag (measured: it
gave 42 % of a variable-bitrate file's samples and no error) and can not seek in a FLAC file that
was written to a pipe. Both are therefore read to their end in order.
"""

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from tfgan_audio.errors import InputError

BLOCK_SAMPLES = 1 << 18
_MP3_LENGTH = re.compile(rb"(Xing|Info)\0\0\0[\1\3\5\7\x09\x0b\x0d\x0f]|VBRI")


class AudioReader:
    """An open audio file.

    Args:
        file: What libsndfile opened.
        name: What errors call it.
        num_samples: Samples per channel that its header states, or None.
    """

    def __init__(self, file: soundfile.SoundFile, name: object, num_samples: int | None) -> None:
        self._file = file
        self._name = name
        self.num_samples = num_samples
        self.sample_rate_hz: int = file.samplerate
        self.num_channels: int = file.channels
        self.subtype: str = file.subtype

    def blocks(
        self, block_samples: int = BLOCK_SAMPLES, start: int = 0, stop: int | None = None
    ) -> Iterator[np.ndarray]:
        """Yield the samples from `start` to `stop`, or the end, as float32 [T, C].

        Args:
            block_samples: Samples T of every block but the last.
            start: First sample.
            stop: Sample after the last; where the file ends earlier, its end.

        Raises:
            InputError: Damaged or truncated content, or samples that are not finite.
        """
        position = self._skip(start)
        end = min(limit for limit in (stop, self.num_samples, 1 << 62) if limit is not None)
        while position < end:
            block = self._read(min(block_samples, end - position))
            if not len(block):
                break
            self._refuse_non_finite(block, position)
            position += len(block)
            yield block
        if self.num_samples is not None and position < end:
            seen = f"{position} of the {self.num_samples} samples that its header states"
            raise InputError(self._name, seen, "a file that is not truncated")

    def _skip(self, num_samples: int) -> int:
        """Move on and return the position reached."""
        if self.num_samples is not None and num_samples:
            position = min(num_samples, self.num_samples)
            with damage_told(self._name):
                self._file.seek(position)
            return position
        position = 0
        while position < num_samples:
            block = self._read(min(BLOCK_SAMPLES, num_samples - position))
            if not len(block):
                break
            position += len(block)
        return position

    def _read(self, num_samples: int) -> np.ndarray:
        """Decode the next samples, [T, C]; none at the end."""
        with damage_told(self._name):
            return self._file.read(num_samples, dtype="float32", always_2d=True)

    def _refuse_non_finite(self, block: np.ndarray, position: int) -> None:
        """Raise if a float file holds what is no sample."""
        finite = np.isfinite(block).all(axis=1)
        if not finite.all():
            where = position + int(np.argmin(finite))
            raise InputError(self._name, f"NaN or infinity at sample {where}", "finite samples")


@contextmanager
def open_path(path: str | os.PathLike) -> Iterator[AudioReader]:
    """Open a file by its content, whatever its suffix.

    Raises:
        InputError: No file, a folder, nothing in it, or nothing that is audio.
    """
    if Path(path).is_dir():
        raise InputError(path, "a folder", "an audio file")
    try:
        handle = open(path, "rb", buffering=0)
    except FileNotFoundError:
        raise InputError(path, "no such file", "an audio file") from None
    except OSError as error:
        raise InputError(path, error.strerror, "a readable audio file") from None
    with handle, open_stream(handle, path) as reader:
        yield reader


@contextmanager
def open_stream(handle: BinaryIO, name: object) -> Iterator[AudioReader]:
    """Open encoded audio that stands in a file or in `io.BytesIO`.

    Args:
        handle: Seekable and at its start; unbuffered if it is a file.
        name: What errors call it.

    Raises:
        InputError: Nothing in it, or nothing that is audio.
    """
    head = _head(handle)
    if not head:
        raise InputError(name, "an empty file", "audio")
    length_is_stated = states_length(head)
    with _decodable(handle, head, length_is_stated) as source:
        kind = soundfile.SoundFile if length_is_stated else _Sequential
        try:
            file = kind(source, closefd=False)
        except soundfile.LibsndfileError as error:
            seen = f"content that is no audio ({_reason(error)})"
            raise InputError(name, seen, "WAV, FLAC, OGG, MP3 or AIFF") from None
        with file:
            yield AudioReader(file, name, file.frames if length_is_stated else None)


def states_length(head: bytes) -> bool:
    """Tell whether encoded audio says how long it is, from its first bytes after any ID3 tag."""
    if head[:4] == b"fLaC":
        return any((head[21] & 0x0F, *head[22:26])) if len(head) >= 26 else True
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2:  # MPEG layer III
        return _MP3_LENGTH.search(head) is not None
    return True


@contextmanager
def damage_told(name: object) -> Iterator[None]:
    """Turn what libsndfile says while it decodes into an error of one line."""
    try:
        yield
    except soundfile.LibsndfileError as error:
        seen = f"damaged or truncated audio ({_reason(error)})"
        raise InputError(name, seen, "a file that decodes to its end") from None


class _Sequential(soundfile.SoundFile):
    """A file that is not asked to seek, which soundfile else does after every read."""

    def seekable(self) -> bool:
        return False


def _head(handle: BinaryIO) -> bytes:
    """Read the first 64 bytes after any ID3v2 tag, and rewind."""
    head = handle.read(10)
    if head[:3] == b"ID3" and len(head) == 10:
        size = 0
        for byte in head[6:]:
            size = size << 7 | byte & 0x7F
        handle.seek(10 + size)
        head = b""
    head += handle.read(64 - len(head))
    handle.seek(0)
    return head


@contextmanager
def _decodable(handle: BinaryIO, head: bytes, length_is_stated: bool) -> Iterator[int | BinaryIO]:
    """Give what libsndfile shall read: a descriptor where there is one, else the object."""
    if not length_is_stated and head[:4] != b"fLaC":
        with _piped(handle) as descriptor:
            yield descriptor
        return
    try:
        yield handle.fileno()
    except OSError:  # io.BytesIO has none
        yield handle


@contextmanager
def _piped(handle: BinaryIO) -> Iterator[int]:
    """Give the reading end of a pipe, from which libsndfile reads MP3 to its real end."""
    read_end, write_end = os.pipe()

    def feed() -> None:
        with suppress(BrokenPipeError), os.fdopen(write_end, "wb") as sink:
            shutil.copyfileobj(handle, sink)

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        yield read_end
    finally:
        os.close(read_end)
        feeder.join()


def _reason(error: soundfile.LibsndfileError) -> str:
    """Return libsndfile's own words without their prefix."""
    return error.error_string.removeprefix("Error : ").rstrip(".")
