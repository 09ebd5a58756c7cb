"""Speech into a file or a pipe, sentence by sentence."""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tfgan_audio.audio.io import open_writer, pcm16
from tfgan_audio.errors import InputError
from tfgan_audio.serving.speaker import Sentence, Speaker
from tfgan_audio.serving.vocoder import Vocoder

_UNKNOWN_SIZE = 0xFFFFFFFF


@dataclass
class SpokenText:
    """What has been spoken.

    Attributes:
        sample_rate_hz: Rate of the speech.
        ends: Sentences as they were spoken, with the second at which each ends.
        num_samples: Length of the speech.
        seconds: Time that it took.
        first_sound_seconds: Time until the first sound of it was there.
    """

    sample_rate_hz: int
    ends: list[tuple[str, float]] = field(default_factory=list)
    num_samples: int = 0
    seconds: float = 0.0
    first_sound_seconds: float | None = None


class PcmPipe:
    """A pipe that takes speech as 16-bit little-endian samples.

    Args:
        stream: Where the bytes go; each block at once.
        sample_rate_hz: Rate.
        raw: Whether to leave out the header of a WAV file, whose length says that it is unknown.
    """

    def __init__(self, stream: BinaryIO, sample_rate_hz: int, raw: bool = False) -> None:
        self._stream = stream
        self._opening = b"" if raw else wav_opening(sample_rate_hz)

    def write(self, block: np.ndarray) -> None:
        """Send samples [T]."""
        self._stream.write(self._opening + pcm16(block).astype("<i2").tobytes())
        self._stream.flush()
        self._opening = b""


def speak_into(
    sink,
    speaker: Speaker,
    sentences: Iterable[Sentence],
    vocoder: Vocoder | str | os.PathLike | None = None,
) -> SpokenText:
    """Speak sentences into what takes samples.

    Args:
        sink: Has `write(samples)`: an `AudioWriter` or a `PcmPipe`.
        speaker: The speaker.
        sentences: What to speak; each is asked for when the one before is done.
        vocoder: As for `Speaker.speak`.

    Raises:
        InputError: As `Speaker.speak`.
    """
    spoken, start = SpokenText(speaker.sample_rate_hz), time.perf_counter()

    def watched() -> Iterator[Sentence]:
        """Note where each sentence ends: before the next one is asked for."""
        for sentence in sentences:
            yield sentence
            if sentence.inputs:
                spoken.ends.append((sentence.spoken, spoken.num_samples / spoken.sample_rate_hz))

    for chunk in speaker.speak_sentences(watched(), vocoder):
        if spoken.first_sound_seconds is None:
            spoken.first_sound_seconds = time.perf_counter() - start
        sink.write(chunk)
        spoken.num_samples += len(chunk)
    spoken.seconds = time.perf_counter() - start
    return spoken


@contextlib.contextmanager
def open_sink(target: str, stream: BinaryIO, sample_rate_hz: int, raw: bool = False):
    """Open what takes the speech.

    Args:
        target: File to write, whole or not at all; its ending chooses the format. Or `-`.
        stream: Stands behind `-`.
        sample_rate_hz: Rate.
        raw: As for `PcmPipe`.

    Raises:
        InputError: A file that cannot be written.
    """
    if target == "-":
        yield PcmPipe(stream, sample_rate_hz, raw)
    elif raw:
        raise InputError("--raw", target, "- as OUT")
    else:
        with open_writer(Path(target), sample_rate_hz) as writer:
            yield writer


def read_text(source: str, stream: BinaryIO) -> str:
    """Return the text that is meant.

    Args:
        source: The text itself; `-` for what comes from the stream; or the name of a file that ends
            in .txt, .ssml or .xml.
        stream: Stands behind `-`.

    Raises:
        InputError: No such file, or bytes that are no text.
    """
    if source == "-":
        return _decoded("stdin", stream.read())
    is_name = source.lower().endswith((".txt", ".ssml", ".xml")) and "\n" not in source
    if not is_name or (" " in source and not Path(source).exists()):
        return source
    if not Path(source).is_file():
        raise InputError(source, "no such file", "a text file in UTF-8, or the text itself")
    return _decoded(source, Path(source).read_bytes())


def wav_opening(sample_rate_hz: int) -> bytes:
    """Return the bytes before the samples of a WAV file with one channel and no known length.

    Args:
        sample_rate_hz: Rate.
    """
    data = struct.pack("<4sI", b"data", _UNKNOWN_SIZE)
    coding = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate_hz, 2 * sample_rate_hz, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", _UNKNOWN_SIZE, b"WAVE") + coding + data


def _decoded(name: str, content: bytes) -> str:
    """Return bytes as text."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        seen = f"bytes that are no UTF-8, from byte {error.start + 1} on"
        raise InputError(name, seen, "a text in UTF-8") from None
