"""Encoded audio, and audio that does not say how long it is."""

import io
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

CODINGS = {
    "u8.wav": ("WAV", "PCM_U8"),
    "16.wav": ("WAV", "PCM_16"),
    "24.wav": ("WAV", "PCM_24"),
    "32.wav": ("WAV", "PCM_32"),
    "float.wav": ("WAV", "FLOAT"),
    "double.wav": ("WAV", "DOUBLE"),
    "8.flac": ("FLAC", "PCM_S8"),
    "16.flac": ("FLAC", "PCM_16"),
    "24.flac": ("FLAC", "PCM_24"),
    "vorbis.ogg": ("OGG", "VORBIS"),
    "opus.ogg": ("OGG", "OPUS"),
    "16.aiff": ("AIFF", "PCM_16"),
    "cbr.mp3": ("MP3", "MPEG_LAYER_III"),
    "vbr.mp3": ("MP3", "MPEG_LAYER_III"),
}
MP3_OPTIONS = {
    "cbr.mp3": {"bitrate_mode": "CONSTANT", "compression_level": 0.2},
    "vbr.mp3": {"bitrate_mode": "VARIABLE", "compression_level": 0.4},
}


@pytest.fixture
def encode() -> Callable[..., bytes]:
    """`encode("16.flac", waveform, rate)`: a file as libsndfile writes it."""

    def write(name: str, waveform: np.ndarray, rate: int) -> bytes:
        kind, subtype = CODINGS[name]
        sink = io.BytesIO()
        options = MP3_OPTIONS.get(name, {})
        soundfile.write(sink, waveform, rate, format=kind, subtype=subtype, **options)
        return sink.getvalue()

    return write


@pytest.fixture
def without_length(encode) -> Callable[..., tuple[bytes, bytes]]:
    """`without_length(name, waveform, rate)`: a file, and the same without its length.

    As an encoder writes it that can not return to the start: FLAC with 0 as its number of samples,
    MP3 without the frame that holds the Xing tag.
    """

    def make(name: str, waveform: np.ndarray, rate: int) -> tuple[bytes, bytes]:
        stated = encode(name, waveform, rate)
        if name.endswith(".flac"):
            assert stated[:4] == b"fLaC"
            return stated, stated[:21] + bytes([stated[21] & 0xF0, 0, 0, 0, 0]) + stated[26:]
        assert b"Xing" in stated[:64]
        return stated, stated[stated.index(stated[:2], 4) :]

    return make


@pytest.fixture
def music(rng) -> Callable[..., np.ndarray]:
    """`music(num_samples, num_channels)`: loud and soft parts, float64 [T, C] within 0.9."""

    def make(num_samples: int, num_channels: int = 1) -> np.ndarray:
        time = np.arange(num_samples)[:, None]
        tones = 0.4 * np.sin(0.05 * time * (1 + np.arange(num_channels)))
        noise = 0.1 * rng.standard_normal([num_samples, num_channels])
        envelope = np.clip(2.0 - 4.0 * time / num_samples, 0.02, 1.0)
        return np.clip(envelope * (tones + noise), -0.9, 0.9)

    return make
