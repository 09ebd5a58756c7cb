"""From folders of audio, or of shards, to clips that training data is drawn from."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tfgan_audio.audio.io import read_info
from tfgan_audio.data.clips import Clips, MemoryClips
from tfgan_audio.data.manifest import Clip, list_clips, pair_clips, split_clips
from tfgan_audio.data.mixing import is_silent
from tfgan_audio.data.reading import read_sound, read_speech, read_together
from tfgan_audio.data.shards import INDEX_NAME, ShardSet
from tfgan_audio.data.sound_layouts import folder_sounds, hold_out_evenly
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError

MAX_MEMORY_BYTES = 4 * 2**30


def open_clips(
    path: str | Path,
    sample_rate_hz: int,
    num_channels: int = 1,
    validation_fraction: float = 0.0,
    group: str = "auto",
) -> Clips:
    """Open a folder of shards, or of plain audio files, as clips.

    Plain files are decoded once and held in memory.

    Args:
        path: Folder made by `write_shards`, or any folder with audio.
        sample_rate_hz: Rate the clips shall have; shards must have it already.
        num_channels: Channels the clips shall have; shards must have them already.
        validation_fraction: Share to hold out of plain audio; shards carry their own split.
        group: What the split of plain audio keeps together (see `split_clips`).

    Returns:
        The clips.

    Raises:
        InputError: A file that can not be used, nothing but silence, more than fits in memory, or
            shards of another rate or channel count.
    """
    if (Path(path) / INDEX_NAME).exists():
        return _open_shards(path, sample_rate_hz, num_channels)
    listed = split_clips(list_clips(path), validation_fraction, group)
    return _held_in_memory(
        path,
        listed,
        sample_rate_hz,
        num_channels,
        lambda clip: read_sound(clip, sample_rate_hz, num_channels, "none"),
    )


def open_sounds(
    path: str | Path,
    sample_rate_hz: int,
    num_channels: int = 1,
    validation_fraction: float = 0.0,
    *,
    labels: bool = False,
    label_by: str = "folder",
    normalize: str = "peak",
) -> Clips:
    """Open a folder of shards, or of plain audio files, as sounds to learn from.

    Args:
        path: Folder made by `write_shards`, which stays as it is; or any folder with audio.
        sample_rate_hz: Rate, as for `open_clips`.
        num_channels: Channels, as for `open_clips`.
        validation_fraction: Share of every label to hold out of plain audio.
        labels: Whether clips of plain audio get labels.
        label_by: "folder" or "prefix", see `folder_sounds`.
        normalize: "peak" or "none", see `read_sound`.

    Returns:
        The clips.

    Raises:
        InputError: As `open_clips`; a file or a folder that gives no label.
    """
    if (Path(path) / INDEX_NAME).exists():
        return _open_shards(path, sample_rate_hz, num_channels)
    listed = hold_out_evenly(folder_sounds(path, labels, label_by), validation_fraction)
    return _held_in_memory(
        path,
        listed,
        sample_rate_hz,
        num_channels,
        lambda clip: read_sound(clip, sample_rate_hz, num_channels, normalize),
    )


def open_speech(
    path: str | Path,
    sample_rate_hz: int,
    validation_fraction: float = 0.0,
    normalize: str = "peak",
) -> Clips:
    """Open a folder of shards, or of plain audio files, as mono speech for a vocoder.

    Args:
        path: Folder made by `write_shards`, which stays as it is; or any folder with audio.
        sample_rate_hz: Rate, as for `open_clips`.
        validation_fraction: Share of the files to hold out of plain audio.
        normalize: "peak" or "none", see `read_speech`.

    Returns:
        The clips.

    Raises:
        InputError: As `open_clips`.
    """
    if (Path(path) / INDEX_NAME).exists():
        return _open_shards(path, sample_rate_hz, 1)
    listed = split_clips(list_clips(path), validation_fraction, group="file")
    return _held_in_memory(
        path, listed, sample_rate_hz, 1, lambda clip: read_speech(clip, sample_rate_hz, normalize)
    )


def open_pairs(
    noisy_path: str | Path,
    clean_path: str | Path,
    sample_rate_hz: int,
    validation_fraction: float = 0.0,
) -> tuple[Clips, Clips]:
    """Open two folders of files with equal names, or two folders of shards, as mono clips.

    Args:
        noisy_path: Noisy side.
        clean_path: Clean side, of the same kind.
        sample_rate_hz: Rate the clips shall have; shards must have it already.
        validation_fraction: Share to hold out of plain audio; both sides get the same split.

    Returns:
        Noisy and clean clips, in the same order.

    Raises:
        InputError: As `open_clips`; a missing partner; partners of different rate or length.
    """
    if (Path(noisy_path) / INDEX_NAME).exists():
        noisy, clean = (_open_shards(path, sample_rate_hz, 1) for path in (noisy_path, clean_path))
        return noisy, clean
    listed = split_clips(list_clips(noisy_path), validation_fraction)
    pairs = pair_clips(listed, list_clips(clean_path))
    refuse_too_much(noisy_path, listed, 2 * sample_rate_hz)

    def read(pair: tuple[Clip, Clip]) -> list[np.ndarray]:
        return read_together(pair, sample_rate_hz, 1)

    noisy, clean = MemoryClips((), sample_rate_hz), MemoryClips((), sample_rate_hz)
    for pair, waveforms in zip(pairs, ordered_map(read, pairs, "read"), strict=True):
        for side, clip, waveform in zip((noisy, clean), pair, waveforms, strict=True):
            side.add(clip, waveform)
    return noisy, clean


def _held_in_memory(
    path: str | Path,
    clips: list[Clip],
    sample_rate_hz: int,
    num_channels: int,
    read: Callable[[Clip], np.ndarray],
) -> Clips:
    """Read the files of a folder."""
    refuse_too_much(path, clips, sample_rate_hz * num_channels)
    waveforms = ordered_map(read, clips, "read")
    held = MemoryClips(zip(clips, waveforms, strict=True), sample_rate_hz, num_channels)
    if all(is_silent(held.read(index)) for index in range(held.num_clips)):
        raise InputError(path, "nothing but silence", "audible recordings")
    return held


def check_format(name: object, clips: Clips, sample_rate_hz: int, num_channels: int) -> None:
    """Refuse shards that would have to be made again.

    Args:
        name: What to call them.
        clips: The shards.
        sample_rate_hz: Rate they must have.
        num_channels: Channels they must have.

    Raises:
        InputError: They have another rate or channel count.
    """
    seen = f"shards of {clips.sample_rate_hz} Hz and {clips.num_channels} channels"
    expected = f"shards of {sample_rate_hz} Hz and {num_channels} channels"
    if seen != expected:
        raise InputError(name, seen, expected)


def _open_shards(path: str | Path, sample_rate_hz: int, num_channels: int) -> ShardSet:
    """Open shards that must have a rate and channel count already."""
    clips = ShardSet(path)
    check_format(path, clips, sample_rate_hz, num_channels)
    return clips


def refuse_too_much(
    name: object,
    clips: Sequence[Clip],
    samples_per_second: int,
    expected: str = "a folder of shards made by `tfgan-audio prepare`",
) -> None:
    """Raise if clips would not fit the memory set aside for them.

    Args:
        name: What to call them.
        clips: The files.
        samples_per_second: What a second of them will take, over all channels.
        expected: What would have been accepted.

    Raises:
        InputError: They take more than `MAX_MEMORY_BYTES` as 16-bit samples.
    """
    seconds = 0.0
    for clip in clips:
        info = read_info(clip.path)
        seconds += info.num_samples / info.sample_rate_hz
    if seconds * samples_per_second * 2 > MAX_MEMORY_BYTES:
        seen = f"{seconds / 3600:.1f} hours of audio, too much to hold in memory"
        raise InputError(name, seen, expected)
