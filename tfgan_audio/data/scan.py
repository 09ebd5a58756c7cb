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

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.audio.io import pcm16, read_audio
from tfgan_audio.data.manifest import Clip, first_few, list_clips
from tfgan_audio.data.mixing import SILENCE_DBFS
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError

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
        waveform, sample_rate_hz = read_audio(clip.path)
    except InputError as error:
        return FileReport(clip.name, problem=f"{error.seen}, expected {error.expected}")
    magnitude = np.abs(waveform)
    peak_dbfs = _decibels(float(magnitude.max(initial=0.0)))
    silent = peak_dbfs is None or peak_dbfs < SILENCE_DBFS
    return FileReport(
        name=clip.name,
        problem=f"silent (peak below {SILENCE_DBFS:g} dBFS)" if silent else None,
        sample_rate_hz=sample_rate_hz,
        num_channels=waveform.shape[1],
        num_samples=len(waveform),
        peak_dbfs=peak_dbfs,
        rms_dbfs=_finite(rms_dbfs(waveform)),
        clipped_fraction=float(np.mean(magnitude >= CLIPPED_AT)),
        silence_fraction=_silence_fraction(waveform, sample_rate_hz),
        dc_offset=float(max(waveform.mean(axis=0, dtype=np.float64), key=abs)),
        digest=_digest(waveform, sample_rate_hz),
    )


def _silence_fraction(waveform: np.ndarray, sample_rate_hz: int) -> float:
    """Share of frames that are quiet in all channels together."""
    frame_samples = max(1, round(FRAME_SECONDS * sample_rate_hz))
    starts = np.arange(0, len(waveform), frame_samples)
    power = np.mean(np.square(waveform), axis=1)
    energy = np.add.reduceat(power, starts, dtype=np.float64)
    lengths = np.diff(np.append(starts, len(waveform)))
    return float(np.mean(energy / lengths < 10.0 ** (SILENT_FRAME_DBFS / 10.0)))


def _digest(waveform: np.ndarray, sample_rate_hz: int) -> str:
    """Hash of what the file decodes to, at 16 bits."""
    head = f"{sample_rate_hz} {waveform.shape[1]} ".encode()
    return sha256(head + pcm16(waveform).tobytes()).hexdigest()


def _decibels(amplitude: float) -> float | None:
    """Amplitude in dB re full scale."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else None


def _finite(value: float) -> float | None:
    """None in place of an infinity, which JSON does not know."""
    return value if math.isfinite(value) else None


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
