"""Small made recordings in folders."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip

WriteFile = Callable[..., Path]


def made_signal(seed: int, num_samples: int, num_channels: int = 1, rms: float = 0.1) -> np.ndarray:
    """Gaussian noise as 16-bit samples, [T, C]."""
    signal = np.random.default_rng(seed).normal(0.0, rms, (num_samples, num_channels))
    return np.clip(np.round(signal * 32768), -32768, 32767).astype(np.int16)


@pytest.fixture
def write_file() -> WriteFile:
    """Write 16-bit samples to a path whose folders need not exist; return the path."""

    def write(path: Path, pcm: np.ndarray, sample_rate_hz: int = 16_000) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.asarray(pcm, np.int16), sample_rate_hz)
        return path

    return write


@pytest.fixture(scope="session")
def noise_clips() -> Callable[..., MemoryClips]:
    """`noise_clips(700, 900)`: clips of noise of these lengths, at 8 kHz."""

    def make(*lengths: int) -> MemoryClips:
        rng = np.random.default_rng(4)
        clips = MemoryClips((), 8000)
        for number, length in enumerate(lengths):
            name = f"{number}.wav"
            clips.add(Clip(name, Path(name), ""), rng.uniform(-0.5, 0.5, (length, 1)))
        return clips

    return make


@pytest.fixture
def corpus(tmp_path: Path, write_file: WriteFile) -> Path:
    """Speech by 4 "speakers" x 3 clips and 5 noises, of unequal lengths, at 16 kHz."""
    for speaker in range(4):
        for take in range(3):
            number = 10 * speaker + take
            path = tmp_path / "speech" / f"speaker{speaker}" / f"take{take}.wav"
            write_file(path, made_signal(number, 3000 + 500 * number))
    for number in range(5):
        path = tmp_path / "noise" / f"noise{number}.flac"
        write_file(path, made_signal(100 + number, 1500 + 2500 * number, rms=0.05))
    return tmp_path
