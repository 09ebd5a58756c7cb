"""From files to waveforms as they are learnt from, of one rate and channel count."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfgan_audio.audio.filters import peak
from tfgan_audio.audio.io import read_audio
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.mixing import SILENCE_DBFS
from tfgan_audio.errors import InputError

SPEECH_PEAK = 0.95


def read_together(
    clips: Sequence[Clip], sample_rate_hz: int, num_channels: int
) -> list[np.ndarray]:
    """Read files that belong together; if one exceeds full scale, all are scaled down alike.

    Args:
        clips: The files.
        sample_rate_hz: Rate to resample to.
        num_channels: 1 folds all channels into one; otherwise a file has that many channels, or
            one, which is repeated.

    Shape:
        [T, C] each

    Returns:
        float32 samples in [-1, 1].

    Raises:
        InputError: A file can not be used, or has another number of channels.
    """
    waveforms = [_read(clip.path, sample_rate_hz, num_channels) for clip in clips]
    highest = max(map(peak, waveforms))
    return [waveform / np.float32(highest) for waveform in waveforms] if highest > 1 else waveforms


def read_sound(clip: Clip, sample_rate_hz: int, num_channels: int, normalize: str) -> np.ndarray:
    """Read a file that belongs to no other.

    Args:
        clip: The file.
        sample_rate_hz: Rate to resample to.
        num_channels: As for `read_together`.
        normalize: "peak" scales the file so that its largest sample is 1, unless it is silent;
            "none" scales down what exceeds full scale.

    Shape:
        [T, C]

    Returns:
        float32 samples in [-1, 1].

    Raises:
        InputError: As `read_together`, or an unknown way to normalise.
    """
    if normalize not in ("peak", "none"):
        raise InputError("normalize", normalize, "peak or none")
    (waveform,) = read_together([clip], sample_rate_hz, num_channels)
    highest = peak(waveform)
    is_audible = highest >= 10.0 ** (SILENCE_DBFS / 20.0)
    return waveform / np.float32(highest) if normalize == "peak" and is_audible else waveform


def read_speech(clip: Clip, sample_rate_hz: int, normalize: str) -> np.ndarray:
    """Read a mono file as vocoders learn it.

    Args:
        clip: The file.
        sample_rate_hz: Rate to resample to.
        normalize: As for `read_sound`, but "peak" scales to a largest sample of 0.95.

    Shape:
        [T, 1]

    Returns:
        float32 samples in [-1, 1].

    Raises:
        InputError: As `read_sound`.
    """
    waveform = read_sound(clip, sample_rate_hz, 1, normalize)
    return waveform * np.float32(SPEECH_PEAK) if normalize == "peak" else waveform


def _read(path: Path, sample_rate_hz: int, num_channels: int) -> np.ndarray:
    """Read one file at a rate and channel count."""
    waveform, _ = read_audio(path, sample_rate_hz=sample_rate_hz, mono=num_channels == 1)
    if waveform.shape[1] == 1 and num_channels > 1:
        waveform = np.repeat(waveform, num_channels, axis=1)
    if waveform.shape[1] != num_channels:
        raise InputError(path, f"{waveform.shape[1]} channels", f"1 or {num_channels}")
    return waveform
