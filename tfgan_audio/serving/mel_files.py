"""Read mel spectrograms from files, in the layouts of several code bases.

Letters: F frames, M mels, T samples.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.finding import find_files
from tfgan_audio.audio.frame_stream import checked_frames
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

TORCH_SUFFIXES = (".pt", ".pth", ".mel")
MEL_SUFFIXES = (".npy", ".npz", ".h5", ".hdf5", *TORCH_SUFFIXES)

_MEL_KEYS = ("mel", "feats")
_WAVEFORM_KEYS = ("wave", "waveform")
_WAVEFORM_END = "-wave.npy"
_STATED = {
    "sample_rate_hz": ("sample_rate_hz", "sampling_rate", "sample_rate"),
    "hop_samples": ("hop_samples", "hop_size", "hop_length"),
}


def read_mel(
    path: Path,
    features: MelFeatures,
    mels_first: bool = False,
    read_torch: Callable[[Path], Any] | None = None,
) -> np.ndarray:
    """Read the mel of one recording.

    `.npy` holds an array; `.npz`, `.h5` and what `torch.save` wrote hold one, or one named "mel" or
    "feats" among others. A batch of one is taken too. What a file says of itself (a waveform beside
    the mel, a rate, a hop) has to go with the features.

    Args:
        path: The file.
        features: What the mel has to be.
        mels_first: Whether the file has [M, F], as PyTorch code bases write.
        read_torch: Reads `.pt`, `.pth` and `.mel` into arrays and plain containers; None refuses
            them.

    Returns:
        float32 [F, M], at least one frame.

    Raises:
        InputError: A missing or damaged file, pickled objects, no array that is a mel or several,
            another number of mels, [M, F] without `mels_first`, NaN, or another rate or hop.
    """
    if not path.is_file():
        seen = "a folder" if path.is_dir() else "nothing there"
        raise InputError(path, seen, f"a mel spectrogram ({', '.join(MEL_SUFFIXES)})")
    content = _read(path, read_torch)
    mel = _picked(content, path) if isinstance(content, Mapping) else content
    if not isinstance(mel, np.ndarray):
        raise InputError(path, f"a {type(mel).__name__}", "an array")
    if mel.ndim == 3 and len(mel) == 1:
        mel = mel[0]
    mel = _checked(mel.T if mels_first else mel, features, path, mels_first)
    if isinstance(content, Mapping):
        _check_hop(content, len(mel), features, path)
    return mel


def find_sources(directory: Path, suffixes: tuple[str, ...], apart_from: Path) -> list[Path]:
    """List files as `find_files` does, without the waveforms that ParallelWaveGAN has beside mels.

    Args:
        directory: Folder to search.
        suffixes: Endings to take.
        apart_from: Folder to leave out.

    Returns:
        Paths in the order of their parts.

    Raises:
        InputError: As `find_files`, or nothing found elsewhere.
    """
    apart_from = apart_from.resolve()
    found = [
        path
        for path in find_files(directory, suffixes, "mels or recordings")
        if not path.resolve().is_relative_to(apart_from)
        and not (path.name.endswith(_WAVEFORM_END) and _mel_beside(path).exists())
    ]
    if not found:
        seen = f"nothing but what is in {apart_from.name}"
        raise InputError(directory, seen, f"files such as {first_few(suffixes)}")
    return found


def _mel_beside(waveform: Path) -> Path:
    """Return where ParallelWaveGAN has the mel of a waveform."""
    return waveform.with_name(waveform.name.removesuffix(_WAVEFORM_END) + "-feats.npy")


def _read(path: Path, read_torch: Callable[[Path], Any] | None) -> Any:
    """Read whatever a file holds: an array, or a mapping of names to arrays."""
    suffix = path.suffix.lower()
    if suffix in TORCH_SUFFIXES and read_torch is not None:
        return read_torch(path)
    if suffix in (".h5", ".hdf5"):
        return _read_hdf5(path)
    if suffix not in (".npy", ".npz"):
        raise InputError(path, f"ending {path.suffix!r}", f"one of {' '.join(MEL_SUFFIXES)}")
    expected = "an array of NumPy, whole and without pickled objects"
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return loaded
        with loaded:
            return dict(loaded)
    except OSError as error:
        raise InputError(path, error.strerror or "a damaged file", expected) from None
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile):
        raise InputError(path, "another file, a damaged one or a pickle", expected) from None


def _read_hdf5(path: Path) -> dict[str, np.ndarray]:
    """Read the datasets at the top of an HDF5 file."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return {name: item[()] for name, item in file.items() if isinstance(item, h5py.Dataset)}
    except (OSError, RuntimeError, TypeError):
        raise InputError(path, "another file or a damaged one", "an HDF5 file") from None


def _picked(content: Mapping[str, Any], path: Path) -> np.ndarray:
    """Return the one mel of a file that holds several things."""
    named = [key for key in _MEL_KEYS if key in content]
    arrays = [
        key for key, value in content.items() if isinstance(value, np.ndarray) and value.ndim >= 2
    ]
    keys = named or arrays
    if len(keys) != 1:
        seen = first_few(sorted(map(str, content))) or "nothing"
        raise InputError(path, f"{len(arrays)} arrays that can be a mel ({seen})", "one, or 'mel'")
    return content[keys[0]]


def _checked(mel: np.ndarray, features: MelFeatures, path: Path, mels_first: bool) -> np.ndarray:
    """Return a mel as float32 [F, M], or say how to read the file."""
    num_mels = features.num_mels
    if mel.ndim == 2 and mel.shape[1] != num_mels and mel.shape[0] == num_mels:
        file_shape = list(mel.T.shape if mels_first else mel.shape)
        how = f"[frames, {num_mels}] without --mels-first"
        if not mels_first:
            how = f"[frames, {num_mels}], or --mels-first"
        raise InputError(path, f"shape {file_shape}, the axes exchanged", how)
    mel = checked_frames(mel, num_mels, path)
    if not len(mel):
        raise InputError(path, "no frames", "at least one")
    return mel


def _check_hop(
    content: Mapping[str, Any], num_frames: int, features: MelFeatures, path: Path
) -> None:
    """Refuse a mel whose file says that it has another rate or hop."""
    for field, keys in _STATED.items():
        expected = getattr(features, field)
        for key in keys:
            value = np.asarray(content.get(key, expected))
            if value.size != 1 or value.dtype.kind not in "iuf" or value.item() != expected:
                seen = f"{key} {first_few(list(map(str, value.ravel())))}"
                raise InputError(path, seen, f"{expected}, as the vocoder has")
    for key in _WAVEFORM_KEYS:
        if key in content and np.ndim(content[key]) == 1:
            num_samples = len(content[key])
            if abs(features.num_frames(num_samples) - num_frames) > 1:
                seen = f"{num_frames} frames for the {num_samples} samples of {key!r}"
                raise InputError(path, seen, f"a frame for {features.hop_samples} samples")
