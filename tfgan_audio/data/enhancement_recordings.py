"""The recordings of speech enhancement: speech and noise apart, or noisy and clean in pairs."""

from functools import cached_property
from pathlib import Path

import numpy as np

from tfgan_audio.data.manifest import Clip, pair_clips, pair_names, split_clips
from tfgan_audio.data.recordings import Recordings, Row, usable_clips
from tfgan_audio.data.responses import ResponseSource
from tfgan_audio.data.voicebank import hold_out_speakers, training_folders
from tfgan_audio.errors import InputError


class MixtureRecordings(Recordings):
    """Clean speech, noise and impulse responses, as far as a recipe needs them.

    The section has `speech_dir`, `noise_dir`, `num_noises`, `reverb_probability`,
    `validation_fraction` and what `ResponseSource` needs.
    """

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of each role."""
        roles = ["speech", "noise"] if self.data.num_noises[1] > 0 else ["speech"]
        return {role: Path(getattr(self.data, f"{role}_dir")) for role in roles}

    @cached_property
    def _responses(self) -> ResponseSource | None:
        """Where impulse responses come from; None if there are none."""
        return ResponseSource.of(self.data) if self.data.reverb_probability > 0.0 else None

    def settings(self) -> list:
        """Return what the shards depend on beside the files."""
        return [self.data.validation_fraction]

    def files(self) -> dict[str, list]:
        """Return what tells the files of each role from others."""
        files = super().files()
        return (
            files if self._responses is None else files | {"response": self._responses.identity()}
        )

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the usable files with their splits."""
        sets = {
            role: usable_clips(self.folders[role], clips, role, skip_bad)
            for role, clips in self.listed.items()
        }
        if self._responses is not None:
            sets["response"] = self._responses.clips()
        # Noises of one class are still different noises, and a class held out is never learnt.
        groups = {"speech": "auto"}
        return [
            ((role, clip),)
            for role, clips in sets.items()
            for clip in _split(self.data, clips, role, groups.get(role, "file"))
        ]

    def read(self, row: Row) -> list[np.ndarray]:
        """Read the files of a row."""
        (role, clip), *_ = row
        if role == "response":
            return [self._responses.read(clip, self.data.sample_rate_hz)]
        return super().read(row)


class PairRecordings(Recordings):
    """Recordings that exist noisy and clean, under the same name.

    The section has `noisy_dir`, `clean_dir` and `validation_fraction`.
    """

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of each role."""
        return {"noisy": Path(self.data.noisy_dir), "clean": Path(self.data.clean_dir)}

    def settings(self) -> list:
        """Return what the shards depend on beside the files."""
        return [self.data.validation_fraction]

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the usable pairs with their splits."""
        noisy, clean = (
            usable_clips(self.folders[role], clips, role, skip_bad)
            for role, clips in self.listed.items()
        )
        if skip_bad:
            noisy, clean = self._whole({*noisy, *clean})
        pairs = pair_clips(self.split(noisy), clean)
        return [tuple(zip(("noisy", "clean"), pair, strict=True)) for pair in pairs]

    def split(self, noisy: list[Clip]) -> list[Clip]:
        """Return the noisy files with their splits, which their partners share."""
        return _split(self.data, noisy, "noisy", "auto")

    def _whole(self, kept: set[Clip]) -> tuple[list[Clip], list[Clip]]:
        """Leave out clips whose partner is not kept (one that never had a partner is refused)."""
        names = [[clip.name for clip in clips] for clips in self.listed.values()]
        partners = pair_names(*names, "noisy and clean files")
        noisy, clean = self.listed.values()
        pairs = [(noisy[left], clean[right]) for left, right in partners]
        whole = [pair for pair in pairs if kept.issuperset(pair)]
        return [noisy for noisy, _ in whole], [clean for _, clean in whole]


class VoiceBankRecordings(PairRecordings):
    """The pairs of the VoiceBank-DEMAND corpus.

    The section has `root_dir`, `training_set` and `validation_speakers`.
    """

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of each role."""
        return training_folders(self.data.root_dir, self.data.training_set)

    def settings(self) -> list:
        """Return what the shards depend on beside the files."""
        return [self.data.validation_speakers]

    def split(self, noisy: list[Clip]) -> list[Clip]:
        """Return the noisy files with their splits."""
        return hold_out_speakers(noisy, self.data.validation_speakers)


def _split(data: object, clips: list[Clip], role: str, group: str) -> list[Clip]:
    """Clips of a role with their splits; refused where nothing could be held out."""
    if len(clips) < 2 and data.validation_fraction > 0:
        expected = "at least 2, so that one can be held out for validation"
        raise InputError(getattr(data, f"{role}_dir"), f"{len(clips)} usable file", expected)
    return split_clips(clips, data.validation_fraction, group)
