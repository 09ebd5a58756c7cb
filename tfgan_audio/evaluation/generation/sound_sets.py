"""Sets of clips of one length at 16 kHz, and what is measured of them.

Letters: N clips, T samples, C channels.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np

from tfgan_audio.audio.io import find_audio, read_audio
from tfgan_audio.audio.resampling import resample, resampled_samples
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

Item = TypeVar("Item")
_MANIFEST_NAME = "manifest.csv"


class SoundSet:
    """Clips, and what is measured of them, each once.

    Args:
        waveforms: Clips at 16 kHz.
        names: Unique name of each clip.
        labels: Class that each clip is, or was asked to be; "" for none.
        native: The same clips at the rate they were made at; None where there is no such rate.

    Shape:
        waveforms: `[N, T]`; native: `[N, T']`.

    Raises:
        InputError: Another shape, no clips, or samples that are not finite.
    """

    def __init__(
        self,
        waveforms: np.ndarray,
        names: Sequence[str],
        labels: Sequence[str],
        native: np.ndarray | None,
    ) -> None:
        if waveforms.ndim != 2 or 0 in waveforms.shape:
            raise InputError("clips", f"shape {list(waveforms.shape)}", "[clips, samples]")
        if not len(waveforms) == len(names) == len(labels) == len(set(names)):
            seen = f"{len(set(names))} names and {len(labels)} labels"
            raise InputError("clips", seen, f"one of each for {len(waveforms)} clips")
        if not np.isfinite(waveforms).all():
            raise InputError("clips", "samples that are not finite", "finite samples")
        self.waveforms, self.native = waveforms, native
        self.names, self.labels = tuple(names), tuple(labels)
        self._measured: dict[Hashable, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.waveforms)

    @property
    def slice_samples(self) -> int:
        """Length T of the clips at 16 kHz."""
        return self.waveforms.shape[1]

    def measured(self, key: Hashable, measure: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Return a measurement of every clip, taken when it is first asked for.

        Args:
            key: Name of the measurement.
            measure: Takes the waveforms, gives an array with a row per clip.
        """
        if key not in self._measured:
            self._measured[key] = measure(self.waveforms)
        return self._measured[key]

    def take(self, indices: np.ndarray) -> SoundSet:
        """Return some of the clips, with what is already measured of them."""
        native = None if self.native is None else self.native[indices]
        names, labels = ([each[i] for i in indices] for each in (self.names, self.labels))
        taken = SoundSet(self.waveforms[indices], names, labels, native)
        taken._measured = {key: values[indices] for key, values in self._measured.items()}
        return taken

    def is_first_of_its_kind(self) -> np.ndarray:
        """Return for each clip whether no earlier one has the same samples, `[N]`."""
        seen = {waveform.tobytes(): i for i, waveform in reversed(list(enumerate(self.waveforms)))}
        first = np.zeros(len(self), bool)
        first[list(seen.values())] = True
        return first


def sounds_from_arrays(
    waveforms: np.ndarray,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    names: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    slice_samples: int | None = None,
) -> SoundSet:
    """Make a set of clips that are in memory.

    Args:
        waveforms: Clips in [-1, 1]; of several channels the mean is taken.
        sample_rate_hz: Their rate.
        names: Name of each; default: its number.
        labels: Class of each; default: none.
        slice_samples: Length at 16 kHz to cut or fill them up to; default: their own.

    Shape:
        `[N, T]` or `[N, T, C]`.

    Raises:
        InputError: Another shape, a rate below 1, no clips, or samples that are not finite.
    """
    waveforms = np.asarray(waveforms, np.float32)
    if waveforms.ndim == 3:
        waveforms = waveforms.mean(axis=2)
    if waveforms.ndim != 2:
        raise InputError("clips", f"shape {list(waveforms.shape)}", "[clips, samples, channels]")
    digits = len(str(max(0, len(waveforms) - 1)))
    names = [f"{i:0{digits}d}" for i in range(len(waveforms))] if names is None else names
    labels = [""] * len(waveforms) if labels is None else labels
    return _of_one_length(list(waveforms), [sample_rate_hz], names, labels, slice_samples)


def read_sounds(
    folder: str | os.PathLike,
    slice_samples: int | None = None,
    whole_files: bool = False,
    peak_normalised: bool = False,
) -> SoundSet:
    """Read the audio files below a folder, with their labels.

    These stand in its manifest.csv, if that has the columns "clip" and "label", as the verb
    `generate` writes them; else the label is the first folder on the way to a file.

    Args:
        folder: Folder with audio files of any rates, lengths and channel counts, at any depth.
        slice_samples: Length at 16 kHz to cut or fill them up to; default: that of the longest.
        whole_files: Whether to cut the whole of a longer file into clips, the last one filled up,
            instead of taking its start.
        peak_normalised: Whether to bring every file to a peak of 1, as WaveGAN's loader does.

    Raises:
        InputError: A file that cannot be read, no audio, or `whole_files` without a length.
    """
    if slice_samples is not None and slice_samples < 1:
        raise InputError("slice_samples", slice_samples, "a whole number above 0")
    if whole_files and slice_samples is None:
        raise InputError("slice_samples", "none", "a length to cut whole files into")
    paths = find_audio(folder)

    def read(path: Path) -> tuple[np.ndarray, int]:
        waveform, rate_hz = read_audio(path, mono=True)
        peak = np.abs(waveform).max() if peak_normalised else 0
        if slice_samples is not None and not whole_files:
            waveform = waveform[: resampled_samples(slice_samples, SAMPLE_RATE_HZ, rate_hz)]
        return waveform[:, 0] / (peak if peak > 0 else 1), rate_hz

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        files = list(watched(pool.map(read, paths), "read", len(paths)))
    rates_hz = sorted({rate_hz for _, rate_hz in files})
    waveforms, names, labels = [], [], []
    written = _manifest_labels(Path(folder, _MANIFEST_NAME))
    for path, (waveform, rate_hz) in zip(paths, files, strict=True):
        inner = path.relative_to(folder)
        if len(rates_hz) > 1:
            waveform, rate_hz = resample(waveform, rate_hz, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ
        parts = [waveform]
        if whole_files:
            num_samples = resampled_samples(slice_samples, SAMPLE_RATE_HZ, rate_hz)
            parts = [waveform[k : k + num_samples] for k in range(0, len(waveform), num_samples)]
        waveforms += parts
        numbers = [f"#{k}" for k in range(len(parts))] if len(parts) > 1 else [""]
        names += [inner.as_posix() + number for number in numbers]
        in_folder = inner.parts[0] if len(inner.parts) > 1 else ""
        labels += [written.get(inner.as_posix(), in_folder)] * len(parts)
    return _of_one_length(waveforms, rates_hz, names, labels, slice_samples)


def watched(items: Iterable[Item], what: str, total: int) -> Iterable[Item]:
    """Show a bar with the time left on stderr, if the work takes longer than a second.

    Args:
        items: What is worked on, or the results.
        what: Word before the bar.
        total: How many there are.
    """
    from tqdm import tqdm

    interval_s = 0.2 if sys.stderr.isatty() else 10.0
    return tqdm(items, what, total, leave=False, file=sys.stderr, delay=1.0, mininterval=interval_s)


def _manifest_labels(path: Path) -> dict[str, str]:
    """Label of each clip that a manifest tells of."""
    if not path.is_file():
        return {}
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}  # Someone else's file of that name.
    return {row["clip"]: row["label"] for row in rows if row.get("clip") and row.get("label")}


def _of_one_length(
    waveforms: list[np.ndarray],
    rates_hz: Sequence[int],
    names: Sequence[str],
    labels: Sequence[str],
    slice_samples: int | None,
) -> SoundSet:
    """Clips `[T]` of one rate, or of several that are at 16 kHz by now, as a set."""
    rate_hz = rates_hz[0] if len(rates_hz) == 1 else SAMPLE_RATE_HZ
    longest = max(map(len, waveforms), default=0)
    if slice_samples is None:
        slice_samples = resampled_samples(longest, rate_hz, SAMPLE_RATE_HZ)
    native = _stacked(waveforms, resampled_samples(slice_samples, SAMPLE_RATE_HZ, rate_hz))
    at_16_khz = native
    if rate_hz != SAMPLE_RATE_HZ:
        at_16_khz = _stacked(
            [resample(clip, rate_hz, SAMPLE_RATE_HZ) for clip in native], slice_samples
        )
    return SoundSet(at_16_khz, names, labels, native if len(rates_hz) == 1 else None)


def _stacked(waveforms: Sequence[np.ndarray], num_samples: int) -> np.ndarray:
    """Clips cut or filled up with zeros to one length, `[N, num_samples]`."""
    stacked = np.zeros((len(waveforms), num_samples), np.float32)
    for row, waveform in zip(stacked, waveforms, strict=True):
        row[: len(waveform)] = waveform[:num_samples]
    return stacked
