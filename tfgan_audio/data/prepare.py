"""Check the folders of a data set and write them as shards, once."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np

from tfgan_audio.data.folders import published_folder, read_json
from tfgan_audio.data.manifest import (
    Clip,
    list_clips,
    pair_clips,
    pair_names,
    split_clips,
)
from tfgan_audio.data.opening import read_together
from tfgan_audio.data.responses import ResponseSource
from tfgan_audio.data.scan import scan_file
from tfgan_audio.data.shards import ShardSet, ShardWriter
from tfgan_audio.data.voicebank import hold_out_speakers, training_folders
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json
from tfgan_audio.nearest import first_few

SUMMARY_NAME = "prepared.json"
FORMAT, VERSION = "tfgan_audio.prepared", 1

Row = tuple[tuple[str, Clip], ...]
"""Files to be scaled alike, each with its role."""


class DataConfig(Protocol):
    """What `prepare` reads of every data section; each kind adds keys of its own.

    "mixtures" and "pairs" have the folders of their roles as `ROLE_dir` and `validation_fraction`,
    mixtures also what `ResponseSource` needs; "voicebank" has `root_dir`, `training_set` and
    `validation_speakers`.
    """

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
            needed; "noisy" and "clean" of pairs.
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
        """Summary for people: one line per role and split."""
        lines = []
        for role, clips in self.roles.items():
            for split in ("train", "validation"):
                part = clips.subset(split)
                count = f"{role:<8}{split:<12}{part.num_clips:>7} clips"
                lines.append(f"{count}{part.seconds / 60:>10.1f} min")
        return "\n".join(lines)


def prepare(data: DataConfig, skip_bad: bool = False, overwrite: bool = False) -> PreparedSet:
    """Check the folders of a data section and write `shards_dir`, unless it is there already.

    A set made of the same files (names and sizes) with the same settings is opened as it is; so is
    any set whose source folders are not on this machine. Files that are louder than full scale
    after resampling are scaled down, both partners of a pair alike.

    Args:
        data: Data section of a config.
        skip_bad: Leave out files that can not be used instead of refusing the set.
        overwrite: Whether a set made of other files or settings gives way.

    Returns:
        The set, opened.

    Raises:
        InputError: An unusable folder or file, a missing or unequal partner, fewer than two clips
            to split, another set in `shards_dir`, or no way to write there.
    """
    shards_dir, folders = Path(data.shards_dir), _folders(data)
    if (shards_dir / SUMMARY_NAME).exists() and not any(map(Path.exists, folders.values())):
        return open_prepared(shards_dir, data.kind)
    listed = {role: list_clips(folder) for role, folder in folders.items()}
    responses = _responses(data)
    fingerprint = _fingerprint(data, listed, responses)
    if (shards_dir / SUMMARY_NAME).exists():
        if _read_summary(shards_dir)["fingerprint"] == fingerprint:
            return open_prepared(shards_dir, data.kind)
    with published_folder(shards_dir, SUMMARY_NAME, overwrite) as partial:
        rows = _rows(data, listed, skip_bad)
        if responses is not None:
            held_out = _split(data, responses.clips(), "response")
            rows += [(("response", clip),) for clip in held_out]
        _write(partial, rows, data.sample_rate_hz, responses)
        summary = {
            "format": FORMAT,
            "version": VERSION,
            "kind": data.kind,
            "fingerprint": fingerprint,
            "roles": list(dict.fromkeys(role for row in rows for role, _ in row)),
        }
        write_json(partial / SUMMARY_NAME, summary)
    return open_prepared(shards_dir, data.kind)


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


def _folders(data: DataConfig) -> dict[str, Path]:
    """Folder of each role."""
    if data.kind == "voicebank":
        return training_folders(data.root_dir, data.training_set)
    if data.kind == "pairs":
        roles = ["noisy", "clean"]
    elif data.kind == "mixtures":
        roles = ["speech", "noise"] if data.num_noises[1] > 0 else ["speech"]
    else:
        raise InputError("kind", data.kind, "mixtures, pairs or voicebank")
    return {role: Path(getattr(data, f"{role}_dir")) for role in roles}


def _responses(data: DataConfig) -> ResponseSource | None:
    """Where impulse responses come from; None if there are none."""
    if data.kind != "mixtures" or data.reverb_probability == 0.0:
        return None
    return ResponseSource.of(data)


def _fingerprint(
    data: DataConfig, listed: Mapping[str, Sequence[Clip]], responses: ResponseSource | None
) -> str:
    """Hash of everything the shards depend on, without reading audio."""
    files: dict[str, list] = {
        role: [(clip.name, clip.path.stat().st_size) for clip in clips if clip.path.exists()]
        for role, clips in listed.items()
    }
    if responses is not None:
        files["response"] = responses.identity()
    by_speaker = data.kind == "voicebank"
    held_out = data.validation_speakers if by_speaker else data.validation_fraction
    settings = [VERSION, data.kind, data.sample_rate_hz, held_out]
    return sha256(json.dumps([settings, files]).encode()).hexdigest()


def _usable(data: DataConfig, clips: list[Clip], role: str, skip_bad: bool) -> list[Clip]:
    """Clips of a role that can be used; refuses the set if there are others."""
    folder = _folders(data)[role]
    reports = list(ordered_map(scan_file, clips, f"scan {role}"))
    bad = [f"{report.name} ({report.problem})" for report in reports if report.problem]
    if len(bad) == len(clips):
        raise InputError(folder, f"no usable file: {first_few(bad)}", "audible recordings")
    if bad and not skip_bad:
        seen = f"{len(bad)} unusable of {len(clips)} files: {first_few(bad)}"
        raise InputError(folder, seen, "usable files only, or prepare --skip-bad")
    return [clip for clip, report in zip(clips, reports, strict=True) if not report.problem]


def _rows(data: DataConfig, listed: Mapping[str, list[Clip]], skip_bad: bool) -> list[Row]:
    """Usable files with their splits, row by row."""
    usable = {role: _usable(data, clips, role, skip_bad) for role, clips in listed.items()}
    if data.kind == "mixtures":
        split = {role: _split(data, clips, role) for role, clips in usable.items()}
        return [((role, clip),) for role, clips in split.items() for clip in clips]
    noisy, clean = _whole_pairs(listed, usable) if skip_bad else usable.values()
    pairs = pair_clips(_split(data, noisy, "noisy"), clean)
    return [tuple(zip(("noisy", "clean"), pair, strict=True)) for pair in pairs]


def _whole_pairs(
    listed: Mapping[str, list[Clip]], usable: Mapping[str, list[Clip]]
) -> tuple[list[Clip], list[Clip]]:
    """Leave out clips whose partner can not be used (one that never had a partner is refused)."""
    names = [[clip.name for clip in listed[role]] for role in ("noisy", "clean")]
    partners = pair_names(*names, "noisy and clean files")
    pairs = [(listed["noisy"][left], listed["clean"][right]) for left, right in partners]
    kept = {*usable["noisy"], *usable["clean"]}
    whole = [pair for pair in pairs if kept.issuperset(pair)]
    return [noisy for noisy, _ in whole], [clean for _, clean in whole]


def _split(data: DataConfig, clips: list[Clip], role: str) -> list[Clip]:
    """Clips of a role with their splits; refused where nothing could be held out."""
    if data.kind == "voicebank":
        return hold_out_speakers(clips, data.validation_speakers)
    # Noises of one class are still different noises, and a class held out is never learnt.
    group = "auto" if role in ("speech", "noisy") else "file"
    if len(clips) < 2 and data.validation_fraction > 0:
        expected = "at least 2, so that one can be held out for validation"
        raise InputError(getattr(data, f"{role}_dir"), f"{len(clips)} usable file", expected)
    return split_clips(clips, data.validation_fraction, group)


def _write(
    folder: Path, rows: list[Row], sample_rate_hz: int, responses: ResponseSource | None
) -> None:
    """Write one set of shards per role."""

    def read(row: Row) -> list[tuple[str, Clip, np.ndarray]]:
        if row[0][0] == "response":
            waveforms = [responses.read(clip, sample_rate_hz) for _, clip in row]
        else:
            waveforms = read_together([clip for _, clip in row], sample_rate_hz, 1)
        return [(*entry, waveform) for entry, waveform in zip(row, waveforms, strict=True)]

    with ExitStack() as stack:
        writers: dict[str, ShardWriter] = {}
        for role in dict.fromkeys(role for row in rows for role, _ in row):
            (folder / role).mkdir()
            writers[role] = stack.enter_context(ShardWriter(folder / role, sample_rate_hz))
        for row in ordered_map(read, rows, "write"):
            for role, clip, waveform in row:
                writers[role].add(clip, waveform)
