"""The recordings that sounds are learnt from, in the layouts of `sound_layouts`."""

from functools import cached_property
from pathlib import Path

import numpy as np

from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.reading import read_sound
from tfgan_audio.data.recordings import Recordings, Row, usable_clips
from tfgan_audio.data.sound_layouts import folder_sounds, hold_out_evenly, nsynth, speech_commands
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few


class CorpusRecordings(Recordings):
    """Sounds that a published corpus labels and splits: one role, "sound".

    The section has `sound_dir`, `num_channels` and `normalize`.
    """

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of the role."""
        return {"sound": Path(self.data.sound_dir)}

    @property
    def num_channels(self) -> int:
        """Channels that are stored."""
        return self.data.num_channels

    @cached_property
    def listed(self) -> dict[str, list[Clip]]:
        """The files of the role."""
        return {"sound": self.list_sounds()}

    def list_sounds(self) -> list[Clip]:
        """List the files with their labels and splits."""
        raise NotImplementedError

    def settings(self) -> list:
        """Return what the shards depend on beside the files."""
        return [self.data.num_channels, self.data.normalize]

    def files(self) -> dict[str, list]:
        """Return what tells the files from others; labels and splits do too."""
        told = [(clip.label, clip.split) for clip in self.listed["sound"]]
        return super().files() | {"labels and splits": told}

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the usable files with their splits."""
        folder, listed = self.folders["sound"], self.listed["sound"]
        usable = usable_clips(folder, listed, "sound", skip_bad)
        lost = sorted({clip.label for clip in listed} - {clip.label for clip in usable})
        if lost:
            seen = f"no usable file of the label {first_few(lost)}"
            raise InputError(folder, seen, "audible sounds of every label")
        return [(("sound", clip),) for clip in self.split(usable)]

    def split(self, clips: list[Clip]) -> list[Clip]:
        """Return the usable clips with their splits."""
        return clips

    def read(self, row: Row) -> list[np.ndarray]:
        """Read the file of a row."""
        rate_hz, num_channels = self.data.sample_rate_hz, self.num_channels
        return [read_sound(clip, rate_hz, num_channels, self.data.normalize) for _, clip in row]


class SpeechCommandsRecordings(CorpusRecordings):
    """Words of the Speech Commands corpus; the section has `words` too."""

    def list_sounds(self) -> list[Clip]:
        """List the files of the words."""
        return speech_commands(self.data.sound_dir, self.data.words)


class NSynthRecordings(CorpusRecordings):
    """Notes of the NSynth corpus; the section has `label_by` too."""

    def list_sounds(self) -> list[Clip]:
        """List the notes."""
        return nsynth(self.data.sound_dir, self.data.label_by)


class SoundRecordings(CorpusRecordings):
    """Sounds in folders of one's own.

    The section has `labels`, `label_by` and `validation_fraction` too.
    """

    def list_sounds(self) -> list[Clip]:
        """List the files; which are held out depends on those that can be used."""
        return folder_sounds(self.data.sound_dir, self.data.labels, self.data.label_by)

    def settings(self) -> list:
        """Return what the shards depend on beside the files."""
        return [*super().settings(), self.data.validation_fraction]

    def split(self, clips: list[Clip]) -> list[Clip]:
        """Hold out a share of every label."""
        split = hold_out_evenly(clips, self.data.validation_fraction)
        if all(clip.split == "train" for clip in split):
            seen = "1 usable file of each label" if self.data.labels else "1 usable file"
            expected = "at least 2, so that one can be held out for validation"
            raise InputError(self.data.sound_dir, seen, expected)
        return split
