"""What is in the audio files of a folder, and which of them can not be used."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tfgan_audio.audio.io import pcm16, read_blocks, read_info
from tfgan_audio.data.manifest import Clip, list_clips
from tfgan_audio.data.mixing import SILENCE_DBFS
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

CLIPPED_AT = 0.999
FRAME_SECONDS = 0.02
SILENT_FRAME_DBFS = -60.0


@dataclass(frozen=True)
class FileReport:
    """Measurements of one file.

    Args:
        name: Path below the scanned folder.
        problem: Why the file can not be used; None for a usable one.
        sample_rate_hz: Rate.
        num_channels: Channels.
        num_samples: Length per channel.
        peak_dbfs: Largest magnitude in dB re full scale; None for digital silence.
        rms_dbfs: RMS level over all channels in dB re full scale; None for digital silence.
        clipped_fraction: Share of samples at 0.999 of full scale or above.
        silence_fraction: Share of 20 ms frames with an RMS level below -60 dB re full scale.
        dc_offset: Mean of the samples, of the channel where it is largest.
        digest: Equal for files with the same rate, channels and 16-bit samples.
    """

    name: str
    problem: str | None = None
    sample_rate_hz: int = 0
    num_channels: int = 0
    num_samples: int = 0
    peak_dbfs: float | None = None
    rms_dbfs: float | None = None
    clipped_fraction: float = 0.0
    silence_fraction: float = 0.0
    dc_offset: float = 0.0
    digest: str = ""

    @property
    def seconds(self) -> float:
        """Length."""
        return self.num_samples / self.sample_rate_hz if self.sample_rate_hz else 0.0


@dataclass(frozen=True)
class ScanReport:
    """Measurements of a folder.

    Args:
        directory: The folder.
        files: One report per audio file, sorted by name.
    """

    directory: Path
    files: tuple[FileReport, ...]

    @property
    def usable(self) -> list[FileReport]:
        """Files without a problem."""
        return [file for file in self.files if file.problem is None]

    @property
    def unusable(self) -> list[FileReport]:
        """Files with a problem."""
        return [file for file in self.files if file.problem is not None]

    @property
    def duplicates(self) -> list[list[str]]:
        """Names of usable files with the same content, group by group."""
        groups: dict[str, list[str]] = defaultdict(list)
        for file in self.usable:
            groups[file.digest].append(file.name)
        return [names for names in groups.values() if len(names) > 1]

    def as_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "directory": str(self.directory),
            "num_files": len(self.files),
            "num_unusable": len(self.unusable),
            "seconds": sum(file.seconds for file in self.usable),
            "duplicates": self.duplicates,
            "files": [asdict(file) | {"seconds": file.seconds} for file in self.files],
        }

    def table(self) -> str:
        """Summary for people: one line per property, then every unusable file by name."""
        lines = [("files", f"{len(self.files)} ({len(self.unusable)} unusable)")]
        if self.usable:
            lines += _summary(self.usable)
            lines += [("duplicates", " = ".join(names)) for names in self.duplicates]
        lines += [("unusable", f"{file.name}: {file.problem}") for file in self.unusable]
        return "\n".join(f"{title:<12} {text}" for title, text in lines)


def scan(directory: str | Path) -> ScanReport:
    """Read and measure every audio file below a folder, on all cores.

    Args:
        directory: Folder to search, at any depth.

    Returns:
        The report; files that can not be used are part of it.

    Raises:
        InputError: No audio files in the folder.
    """
    clips = list_clips(directory)
    return ScanReport(Path(directory), tuple(ordered_map(scan_file, clips, "scan")))


def scan_file(clip: Clip) -> FileReport:
    """Read and measure one file.

    Args:
        clip: The file.

    Returns:
        Its report. A file that can not be read, or has nothing above -70 dB re full scale, has a
        `problem`.
    """
    try:
        info = read_info(clip.path)
        meter = _Meter(info.sample_rate_hz, info.num_channels)
        for block in read_blocks(clip.path, meter.block_samples):
            meter.add(block)
    except InputError as error:
        return FileReport(clip.name, problem=f"{error.seen}, expected {error.expected}")
    return meter.report(clip.name)


class _Meter:
    """Measures a file block by block: a recording of hours takes no more memory than one of 10 s.

    Args:
        sample_rate_hz: Rate of the file.
        num_channels: Its channels.
    """

    def __init__(self, sample_rate_hz: int, num_channels: int) -> None:
        self._sample_rate_hz, self._num_channels = sample_rate_hz, num_channels
        self._frame_samples = max(1, round(FRAME_SECONDS * sample_rate_hz))
        self.block_samples = 500 * self._frame_samples
        self._num_samples = self._num_clipped = self._num_frames = self._num_silent_frames = 0
        self._peak = self._energy = 0.0
        self._sums = np.zeros(num_channels)
        self._digest = sha256(f"{sample_rate_hz} {num_channels} ".encode())

    def add(self, block: np.ndarray) -> None:
        """Measure the next samples [T, C]: `block_samples`, or fewer at the end."""
        magnitude = np.abs(block)
        self._peak = max(self._peak, float(magnitude.max()))
        self._num_clipped += int(np.count_nonzero(magnitude >= CLIPPED_AT))
        power = np.mean(np.square(block, dtype=np.float64), axis=1)
        starts = np.arange(0, len(block), self._frame_samples)
        frame_power = np.add.reduceat(power, starts) / np.diff(np.append(starts, len(block)))
        self._num_silent_frames += int(np.sum(frame_power < 10.0 ** (SILENT_FRAME_DBFS / 10.0)))
        self._num_frames += len(starts)
        self._energy += float(power.sum())
        self._sums += block.sum(axis=0, dtype=np.float64)
        self._num_samples += len(block)
        self._digest.update(pcm16(block).tobytes())

    def report(self, name: str) -> FileReport:
        """Return what was measured in all blocks, at least one."""
        peak_dbfs = _decibels(self._peak)
        silent = peak_dbfs is None or peak_dbfs < SILENCE_DBFS
        return FileReport(
            name=name,
            problem=f"silent (peak below {SILENCE_DBFS:g} dBFS)" if silent else None,
            sample_rate_hz=self._sample_rate_hz,
            num_channels=self._num_channels,
            num_samples=self._num_samples,
            peak_dbfs=peak_dbfs,
            rms_dbfs=_decibels(math.sqrt(self._energy / self._num_samples)),
            clipped_fraction=self._num_clipped / (self._num_samples * self._num_channels),
            silence_fraction=self._num_silent_frames / self._num_frames,
            dc_offset=float(max(self._sums / self._num_samples, key=abs)),
            digest=self._digest.hexdigest(),
        )


def _decibels(amplitude: float) -> float | None:
    """Amplitude in dB re full scale."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else None


def _summary(files: Sequence[FileReport]) -> list[tuple[str, str]]:
    """Lines about the usable files."""
    seconds = [file.seconds for file in files]
    clipped = [file.name for file in files if file.clipped_fraction > 1e-3]
    offset = [file.name for file in files if abs(file.dc_offset) > 0.01]
    return [
        ("audio", f"{sum(seconds) / 60:.1f} min in {len(files)} files"),
        ("length", _spread(seconds, "s")),
        ("rate", _counts([file.sample_rate_hz for file in files], "Hz")),
        ("channels", _counts([file.num_channels for file in files], "")),
        ("peak", _spread([file.peak_dbfs or 0.0 for file in files], "dBFS")),
        ("RMS", _spread([file.rms_dbfs or 0.0 for file in files], "dBFS")),
        ("silence", _spread([100 * file.silence_fraction for file in files], "% of frames")),
        ("clipping", _named(clipped, "over 0.1 % of samples at full scale")),
        ("DC offset", _named(offset, "over 0.01")),
    ]


def _spread(values: Sequence[float], unit: str) -> str:
    """Smallest, median and largest value."""
    return f"{min(values):.1f} to {max(values):.1f} {unit}, median {median(values):.1f}"


def _counts(values: Sequence[int], unit: str) -> str:
    """How often each value occurs, the most frequent first."""
    return ", ".join(
        f"{value} {unit}".strip() + f" ({count} files)"
        for value, count in Counter(values).most_common()
    )


def _named(names: Sequence[str], what: str) -> str:
    """How many files show a property, and the first of them."""
    return f"{len(names)} files {what}: {first_few(names)}" if names else f"no file {what}"
