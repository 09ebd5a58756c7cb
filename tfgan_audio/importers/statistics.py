"""Means and scales of a training set's mels, as ParallelWaveGAN and TensorFlowTTS write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tfgan_audio.errors import InputError

Statistics = tuple[tuple[float, ...], tuple[float, ...]]

_EXPECTED = "stats.h5 with mean and scale, or stats.npy with them as its two rows"


def read_statistics(path: Path) -> Statistics:
    """Read what a mel is normalised with, a value per bin.

    Args:
        path: `stats.h5` with the data sets `mean` and `scale`, or `stats.npy` of shape [2, M].

    Returns:
        Mean and scale, for `MelFeatures`.

    Raises:
        InputError: No such file, another one, or values that are not finite numbers per bin.
    """
    try:
        mean, scale = _read_h5(path) if path.suffix == ".h5" else np.load(path, allow_pickle=False)
        mean, scale = (np.asarray(values, np.float64).reshape(-1) for values in (mean, scale))
    except OSError as error:
        raise InputError(path, error.strerror or "another file", _EXPECTED) from None
    except Exception:  # broken bytes raise whatever they happen to mean
        raise InputError(path, "another file or a damaged one", _EXPECTED) from None
    if len(mean) != len(scale) or not np.isfinite([*mean, *scale]).all():
        raise InputError(path, "values that do not fit each other", _EXPECTED)
    return tuple(mean.tolist()), tuple(scale.tolist())


def find_statistics(folder: Path) -> Path | None:
    """Return the file of the statistics in a folder, or None where there is none."""
    files = (folder / "stats.h5", folder / "stats.npy")
    return next((file for file in files if file.is_file()), None)


def _read_h5(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return both data sets of an HDF5 file."""
    import h5py

    with h5py.File(path, "r") as file:
        return file["mean"][()], file["scale"][()]
