"""The recordings that vocoders learn from, in folders of one's own or as corpora lay them out."""

from functools import cached_property
from pathlib import Path

import numpy as np

from tfgan_audio.data.manifest import SPLITS, Clip, list_clips, split_clips
from tfgan_audio.data.mel_statistics import write_statistics
from tfgan_audio.data.reading import read_speech
from tfgan_audio.data.recordings import Recordings, Row, usable_clips
from tfgan_audio.data.shards import ShardSet
from tfgan_audio.data.speech_layouts import baker, libritts, ljspeech, vctk
from tfgan_audio.data.voicebank import hold_out_named
from tfgan_audio.errors import InputError


class SpeechCorpus(Recordings):
    """Recordings of one role, "speech", some of them held out.

    The section has `root_dir`, `normalize` and what `prepared_features` reads.
    """

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of the role."""
        return {"speech": Path(self.data.root_dir)}

    @cached_property
    def listed(self) -> dict[str, list[Clip]]:
        """The files of the role."""
        return {"speech": self.list_speech()}

    def list_speech(self) -> list[Clip]:
        """List the files, with their splits where the corpus says them."""
        raise NotImplementedError

    def split(self, clips: list[Clip]) -> list[Clip]:
        """Return the usable clips with their splits."""
        return clips

    def settings(self) -> list:
        """Return what the set depends on beside the files."""
        features = self.data.mel_features.fingerprint() if self.data.features.standardize else None
        return [self.data.normalize, features]

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the usable files with their splits."""
        folder = self.folders["speech"]
        clips = self.split(usable_clips(folder, self.listed["speech"], "speech", skip_bad))
        for split in SPLITS:
            if all(clip.split != split for clip in clips):
                seen = f"no usable recording for the part {split}"
                raise InputError(folder, seen, "recordings to train on and others to hold out")
        return [(("speech", clip),) for clip in clips]

    def read(self, row: Row) -> list[np.ndarray]:
        """Read the file of a row."""
        return [read_speech(clip, self.data.sample_rate_hz, self.data.normalize) for _, clip in row]

    def finish(self, folder: Path) -> None:
        """Measure the mel bins of what is trained on, where the features ask for it."""
        if self.data.features.standardize:
            clips = ShardSet(folder / "speech").subset("train")
            write_statistics(folder, clips, self.data.mel_features)


class _SplitByFraction(SpeechCorpus):
    """A corpus of one voice; the section has `validation_fraction` too."""

    def settings(self) -> list:
        """Return what the set depends on beside the files."""
        return [*super().settings(), self.data.validation_fraction]

    def split(self, clips: list[Clip]) -> list[Clip]:
        """Hold out a share of the files, by a hash of their names."""
        return split_clips(clips, self.data.validation_fraction, group="file")


class LJSpeechRecordings(_SplitByFraction):
    """The LJ Speech corpus."""

    def list_speech(self) -> list[Clip]:
        """List the recordings."""
        return ljspeech(self.data.root_dir)


class BakerRecordings(_SplitByFraction):
    """The corpus of Databaker."""

    def list_speech(self) -> list[Clip]:
        """List the recordings."""
        return baker(self.data.root_dir)


class SpeechRecordings(_SplitByFraction):
    """Recordings in any folder; the section has `speech_dir` and `hold_out`, and no `root_dir`."""

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of the role."""
        return {"speech": Path(self.data.speech_dir)}

    def list_speech(self) -> list[Clip]:
        """List the recordings."""
        return list_clips(self.data.speech_dir)

    def settings(self) -> list:
        """Return what the set depends on beside the files."""
        return [*super().settings(), self.data.hold_out]

    def split(self, clips: list[Clip]) -> list[Clip]:
        """Hold out a share of the files or of the speakers."""
        group = {"files": "file", "speakers": "label"}[self.data.hold_out]
        return split_clips(clips, self.data.validation_fraction, group)


class VCTKRecordings(SpeechCorpus):
    """The VCTK corpus; the section has `microphone` and `validation_speakers` too."""

    def list_speech(self) -> list[Clip]:
        """List the recordings."""
        return vctk(self.data.root_dir, self.data.microphone)

    def settings(self) -> list:
        """Return what the set depends on beside the files."""
        return [*super().settings(), self.data.validation_speakers]

    def split(self, clips: list[Clip]) -> list[Clip]:
        """Hold out the speakers."""
        return hold_out_named(clips, self.data.validation_speakers)


class LibriTTSRecordings(SpeechCorpus):
    """Parts of LibriTTS; the section has `training_parts` and `validation_parts` too."""

    def list_speech(self) -> list[Clip]:
        """List the recordings."""
        parts = self.data.training_parts, self.data.validation_parts
        return libritts(self.data.root_dir, *parts)

    def files(self) -> dict[str, list]:
        """Return what tells the files from others; their splits do too."""
        return super().files() | {"splits": [clip.split for clip in self.listed["speech"]]}
