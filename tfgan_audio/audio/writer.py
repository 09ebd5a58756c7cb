"""Write audio files whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numpy as np
import soundfile

from tfgan_audio.audio.pcm import integers, refuse_unusable
from tfgan_audio.errors import InputError
from tfgan_audio.files import folder_made, partial_path

_KINDS = {
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".oga": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".aif": ("AIFF", "PCM_16"),
    ".aiff": ("AIFF", "PCM_16"),
}
_NUM_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
_FLOATS = ("FLOAT", "DOUBLE", "VORBIS", "OPUS", "MPEG_LAYER_III")
_SUBTYPES = (*_NUM_BITS, *_FLOATS)
# libsndfile's Vorbis encoder keeps a whole call on its stack and crashes on long ones.
_BLOCK_SAMPLES = 1 << 16


class AudioWriter:
    """An open file that takes samples block by block; made by `open_writer`.

    Args:
        file: What libsndfile opened.
        path: Where the file will be.
    """

    def __init__(self, file: soundfile.SoundFile, path: Path) -> None:
        self._file = file
        self._path = path
        self.num_samples = 0

    def write(self, block: np.ndarray) -> None:
        """Append samples; beyond [-1, 1] integer formats clip.

        Shape:
            [T, C], or [T] for one channel.

        Raises:
            InputError: Another channel count, NaN or infinity, or a disk that takes no more.
        """
        block = np.asarray(block)
        num_channels = self._file.channels
        if block.ndim == 1 and num_channels == 1:
            block = block[:, None]
        if block.ndim != 2 or block.shape[1] != num_channels:
            expected = f"[samples, {num_channels}]"
            raise InputError(self._path, f"samples of shape {block.shape}", expected)
        refuse_unusable(self._path, block, self.num_samples)
        num_bits = _NUM_BITS.get(self._file.subtype)
        for start in range(0, len(block), _BLOCK_SAMPLES):
            part = block[start : start + _BLOCK_SAMPLES]
            if num_bits is None:
                part = part.astype(np.promote_types(part.dtype, np.float32), copy=False)
            else:
                part = integers(part, num_bits) << (32 - num_bits)
            with _failure_told(self._path):
                self._file.write(part)
            self.num_samples += len(part)


@contextmanager
def open_writer(
    path: str | os.PathLike, sample_rate_hz: int, num_channels: int = 1, subtype: str | None = None
) -> Iterator[AudioWriter]:
    """Write a long file block by block, whole or not at all.

    Until the block of the with statement has ended well, the samples stand in a hidden file in the
    same folder. Then it takes the name `path`, in place of any file of that name. After an
    exception nothing is left. Missing folders are made.

    Args:
        path: File to write; .wav, .flac, .ogg, .oga, .opus, .mp3, .aif or .aiff.
        sample_rate_hz: Rate; FLAC, OGG and MP3 take some only.
        num_channels: Channels.
        subtype: libsndfile's name of the coding, such as "PCM_16", "PCM_24" or "FLOAT"; by default
            16 bits or what the suffix says.

    Yields:
        The writer.

    Raises:
        InputError: An unknown suffix or subtype, a rate or channel count that the format does not
            know, no samples, a folder that can not be written or a full disk.

    Example:
        with open_writer("out.flac", 16_000) as writer:
            for block in blocks:
                writer.write(block)
    """
    path = Path(path)
    coding = _coding(path, subtype)
    with _hidden_place(path) as hidden:
        with _created(hidden, path) as descriptor:
            file = _encoder(descriptor, path, sample_rate_hz, num_channels, coding)
            try:
                writer = AudioWriter(file, path)
                yield writer
                with _failure_told(path):
                    file.close()
            finally:
                with suppress(soundfile.LibsndfileError):
                    file.close()
        _refuse_incomplete(hidden, path, writer.num_samples)
        try:
            os.replace(hidden, path)
        except OSError as error:
            raise InputError(path, error.strerror, "a file that can be written") from None


def write_audio(
    path: str | os.PathLike, waveform: np.ndarray, sample_rate_hz: int, subtype: str | None = None
) -> None:
    """Write a waveform to a file, whole or not at all.

    Args:
        path: As for `open_writer`.
        waveform: Samples in [-1, 1]; integer formats clip what lies outside.
        sample_rate_hz: Rate.
        subtype: As for `open_writer`. 16-bit formats keep `k / 32768` exactly.

    Shape:
        [T] or [T, C].

    Raises:
        InputError: As `open_writer`; NaN or infinity in the waveform.
    """
    waveform = np.asarray(waveform)
    if waveform.ndim not in (1, 2):
        seen = f"samples of shape {waveform.shape}"
        raise InputError(path, seen, "[samples] or [samples, channels]")
    num_channels = waveform.shape[1] if waveform.ndim == 2 else 1
    with open_writer(path, sample_rate_hz, num_channels, subtype) as writer:
        writer.write(waveform)


def _coding(path: Path, subtype: str | None) -> tuple[str, str]:
    """Return libsndfile's names for what a file shall be."""
    if path.suffix.lower() not in _KINDS:
        raise InputError(path, f"ending {path.suffix!r}", f"one of {' '.join(_KINDS)}")
    kind, usual = _KINDS[path.suffix.lower()]
    known = [name for name in _SUBTYPES if soundfile.check_format(kind, name)]
    if subtype is not None and subtype not in known:
        raise InputError("subtype", subtype, f"one of {', '.join(known)} for {path.name}")
    return kind, subtype or usual


@contextmanager
def _hidden_place(path: Path) -> Iterator[Path]:
    """Make a file's folder and give a name to grow under; neither outlives a failure."""
    with ExitStack() as stack:
        try:
            stack.enter_context(folder_made(path.parent))
        except FileExistsError:
            raise InputError(path, "a file in place of its folder", "a folder") from None
        except OSError as error:
            raise InputError(path, error.strerror, "a folder that can be written") from None
        if path.is_dir():
            raise InputError(path, "a folder", "the name of a file")
        hidden = partial_path(path)
        try:
            yield hidden
        finally:
            with suppress(OSError):
                hidden.unlink(missing_ok=True)


@contextmanager
def _created(hidden: Path, path: Path) -> Iterator[int]:
    """Create the hidden file and give its descriptor."""
    try:
        handle = open(hidden, "x+b", buffering=0)
    except OSError as error:
        raise InputError(path, error.strerror, "a folder that can be written") from None
    with handle:
        yield handle.fileno()


def _encoder(
    descriptor: int, path: Path, sample_rate_hz: int, num_channels: int, coding: tuple[str, str]
) -> soundfile.SoundFile:
    """Open libsndfile's encoder."""
    kind, subtype = coding
    try:
        return soundfile.SoundFile(
            descriptor, "w", sample_rate_hz, num_channels, subtype, format=kind, closefd=False
        )
    except soundfile.LibsndfileError as error:
        if not shutil.disk_usage(path.parent).free:  # the header is written at once
            raise _failed_write(path) from None
        reason = error.error_string.removeprefix("Error : ").rstrip(".")
        seen = f"{num_channels} channels at {sample_rate_hz} Hz ({reason})"
        raise InputError(path, seen, f"channels and a rate that {kind} {subtype} takes") from None


@contextmanager
def _failure_told(path: Path) -> Iterator[None]:
    """Turn a failed write into an error of one line that shows the free space."""
    try:
        yield
    except soundfile.LibsndfileError:
        raise _failed_write(path) from None


def _failed_write(path: Path) -> InputError:
    """Make the error of a disk that is full, or of a file that may not grow."""
    seen = f"a failed write, {shutil.disk_usage(path.parent).free} bytes free on the disk"
    return InputError(path, seen, "enough free space and a file size that is allowed")


def _refuse_incomplete(hidden: Path, path: Path, num_samples: int) -> None:
    """Raise if nothing was written, or less arrived on the disk than was written."""
    if not num_samples:
        raise InputError(path, "no samples to write", "at least one")
    with _failure_told(path):
        num_arrived = soundfile.info(os.fspath(hidden)).frames
    if num_arrived < num_samples and path.suffix.lower() != ".mp3":
        raise InputError(
            path,
            f"{num_arrived} of {num_samples} samples written",
            "all; WAV and AIFF end at 4 GiB",
        )
