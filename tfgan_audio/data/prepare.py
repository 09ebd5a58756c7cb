"""Check the folders of a data set and write them as shards, once."""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.enhancement_recordings import (
    MixtureRecordings,
    PairRecordings,
    VoiceBankRecordings,
)
from tfgan_audio.data.folders import published_folder, read_json
from tfgan_audio.data.manifest import SPLITS, Clip
from tfgan_audio.data.reading_recordings import (
    Aishell3Texts,
    BakerTexts,
    EmotionTexts,
    LJSpeechTexts,
    ManifestRecordings,
)
from tfgan_audio.data.recordings import Recordings, Row
from tfgan_audio.data.shards import ShardSet, ShardWriter
from tfgan_audio.data.sound_recordings import (
    NSynthRecordings,
    SoundRecordings,
    SpeechCommandsRecordings,
)
from tfgan_audio.data.speech_recordings import (
    BakerRecordings,
    LibriTTSRecordings,
    LJSpeechRecordings,
    SpeechRecordings,
    VCTKRecordings,
)
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json
from tfgan_audio.nearest import one_of

SUMMARY_NAME = "prepared.json"
FORMAT, VERSION = "tfgan_audio.prepared", 1

_KINDS: dict[str, type[Recordings]] = {
    "mixtures": MixtureRecordings,
    "pairs": PairRecordings,
    "voicebank": VoiceBankRecordings,
    "sounds": SoundRecordings,
    "speech_commands": SpeechCommandsRecordings,
    "nsynth": NSynthRecordings,
    "speech": SpeechRecordings,
    "ljspeech": LJSpeechRecordings,
    "vctk": VCTKRecordings,
    "libritts": LibriTTSRecordings,
    "baker": BakerRecordings,
    "manifest_texts": ManifestRecordings,
    "ljspeech_texts": LJSpeechTexts,
    "baker_texts": BakerTexts,
    "aishell3_texts": Aishell3Texts,
    "emotions_texts": EmotionTexts,
}


class DataConfig(Protocol):
    """What `prepare` reads of every data section; each kind adds the keys of its recordings."""

    kind: str
    shards_dir: str
    sample_rate_hz: int


@dataclass(frozen=True)
class PreparedSet:
    """A folder written by `prepare`.

    Args:
        path: The folder.
        kind: Kind of the data section it was made from.
        roles: The sets of clips: "speech", "noise" and "response" of mixtures, as far as they are
            needed; "noisy" and "clean" of pairs; "sound" of what sounds are learnt from; "speech"
            of what vocoders are.
    """

    path: Path
    kind: str
    roles: Mapping[str, ShardSet]

    def __getitem__(self, role: str) -> ShardSet:
        """Return the clips of a role."""
        if role not in self.roles:
            expected = "one that was prepared with this configuration"
            raise InputError(self.path, f"a set without clips of {role}", expected)
        return self.roles[role]

    def table(self) -> str:
        """Summary for people: one line per role and split, and one per label of sounds."""
        lines = []
        for role, clips in self.roles.items():
            for split in SPLITS:
                part = clips.subset(split)
                lines.append(_line(role, split, part.num_clips, part.seconds))
        if "sound" in self.roles:
            lines += _label_lines(self.roles["sound"])
        return "\n".join(lines)


def prepare(
    data: DataConfig,
    skip_bad: bool = False,
    overwrite: bool = False,
    recordings: Recordings | None = None,
) -> PreparedSet:
    """Check the folders of a data section and write `shards_dir`, unless it is there already.

    A set made of the same files (names and sizes) with the same settings is opened as it is; so is
    any set whose source folders are not on this machine, if what it remembers of them is the same.
    Files that are louder than full scale after resampling are scaled down, both partners of a pair
    alike.

    Args:
        data: Data section of a config.
        skip_bad: Leave out files that can not be used instead of refusing the set.
        overwrite: Whether a set made of other files or settings gives way.
        recordings: What the section stands for; None is what its kind says.

    Returns:
        The set, opened.

    Raises:
        InputError: An unusable folder or file, a missing or unequal partner, fewer than two clips
            to split, another set in `shards_dir`, or no way to write there.
    """
    # One corpus is recorded for vocoders and, with its texts, for acoustic models.
    kind = getattr(data, "recordings", data.kind)
    if recordings is None:
        if kind not in _KINDS:
            raise InputError("kind", kind, one_of(_KINDS))
        recordings = _KINDS[kind](data)
    shards_dir = Path(data.shards_dir)
    is_there = (shards_dir / SUMMARY_NAME).exists()
    if is_there and not any(map(Path.exists, recordings.folders.values())):
        _check_told(shards_dir, recordings)
        return open_prepared(shards_dir, kind)
    fingerprint = _fingerprint(data, recordings)
    if is_there and _read_summary(shards_dir)["fingerprint"] == fingerprint:
        return open_prepared(shards_dir, kind)
    with published_folder(shards_dir, SUMMARY_NAME, overwrite) as partial:
        rows = recordings.rows(skip_bad)
        _write(partial, rows, data.sample_rate_hz, recordings)
        recordings.finish(partial)
        summary = {
            "format": FORMAT,
            "version": VERSION,
            "kind": kind,
            "fingerprint": fingerprint,
            "told": recordings.told(),
            "roles": _roles(rows),
        }
        write_json(partial / SUMMARY_NAME, summary)
    return open_prepared(shards_dir, kind)


def open_prepared(path: str | Path, kind: str) -> PreparedSet:
    """Open a folder written by `prepare`.

    Args:
        path: The folder.
        kind: Kind of data it must hold.

    Returns:
        The set.

    Raises:
        InputError: No such set, a damaged one, or one of another kind.
    """
    summary = _read_summary(Path(path))
    if summary["kind"] != kind:
        raise InputError(path, f"a set of {summary['kind']}", f"a set of {kind}")
    roles = {role: ShardSet(Path(path) / role) for role in summary["roles"]}
    return PreparedSet(Path(path), kind, roles)


def _read_summary(path: Path) -> dict[str, object]:
    return read_json(path / SUMMARY_NAME, FORMAT, VERSION)


def _check_told(path: Path, recordings: Recordings) -> None:
    """Refuse a set that was made of something else than the section names, which is not there."""
    remembered = _read_summary(path).get("told", {})
    for key, given in recordings.told().items():
        if remembered.get(key, given) != given:
            expected = f"{remembered[key]}, which {path} was made from"
            raise InputError(key, f"{given}, and no source to make it anew", expected)


def _fingerprint(data: DataConfig, recordings: Recordings) -> str:
    """Hash of everything the shards depend on, without reading audio."""
    settings = [VERSION, data.kind, data.sample_rate_hz, *recordings.settings()]
    return sha256(json.dumps([settings, recordings.files()]).encode()).hexdigest()


def _roles(rows: list[Row]) -> list[str]:
    """Each role once, in the order in which the rows name them."""
    return list(dict.fromkeys(role for row in rows for role, _ in row))


def _write(folder: Path, rows: list[Row], sample_rate_hz: int, recordings: Recordings) -> None:
    """Write one set of shards per role."""

    def read(row: Row) -> list[tuple[str, Clip, np.ndarray]]:
        waveforms = recordings.read(row)
        return [(*entry, waveform) for entry, waveform in zip(row, waveforms, strict=True)]

    with ExitStack() as stack:
        writers: dict[str, ShardWriter] = {}
        for role in _roles(rows):
            (folder / role).mkdir()
            writer = ShardWriter(folder / role, sample_rate_hz, recordings.num_channels)
            writers[role] = stack.enter_context(writer)
        for row in ordered_map(read, rows, "write"):
            for role, clip, waveform in row:
                writers[role].add(clip, waveform)


def _label_lines(clips: Clips) -> list[str]:
    """One line per label, if there are any."""
    counts, num_samples = Counter(clips.labels), Counter()
    for entry in clips.entries:
        num_samples[entry.label] += entry.num_samples
    return [
        _line("label", label, counts[label], num_samples[label] / clips.sample_rate_hz)
        for label in sorted(counts)
        if label
    ]


def _line(what: str, name: str, num_clips: int, seconds: float) -> str:
    """One line of the table."""
    return f"{what:<8}{name:<12}{num_clips:>7} clips{seconds / 60:>10.1f} min"
