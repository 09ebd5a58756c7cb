"""Recordings of read texts: what `prepare` writes for the acoustic model.

Beside the shards there are `readings.json`, with the symbols of every text, and `pitch.npy`, with
the pitch of every frame.
"""

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.speech_edges import speech_edges
from tfgan_audio.data import reading_layouts
from tfgan_audio.data.folders import read_json
from tfgan_audio.data.manifest import Clip, split_clips
from tfgan_audio.data.pitch import frame_pitch
from tfgan_audio.data.reading import read_speech
from tfgan_audio.data.reading_layouts import ReadText
from tfgan_audio.data.recordings import Recordings, Row, usable_clips
from tfgan_audio.data.shards import ShardSet
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError
from tfgan_audio.files import write_json
from tfgan_audio.nearest import first_few
from tfgan_audio.text import SymbolTable, Utterance, analyze

READINGS_NAME, PITCH_NAME = "readings.json", "pitch.npy"
FORMAT, VERSION = "tfgan_audio.readings", 1


class ReadingRecordings(Recordings):
    """Recordings of one role, "speech", each with its text; a section is a `ReadingSetConfig`."""

    def list_texts(self) -> list[ReadText]:
        """List the recordings with their texts."""
        raise NotImplementedError

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of the role."""
        return {"speech": Path(self.data.root_dir)}

    @cached_property
    def texts(self) -> dict[str, ReadText]:
        """What is read in each file."""
        return {text.name: text for text in self.list_texts()}

    @cached_property
    def listed(self) -> dict[str, list[Clip]]:
        """The files of the role; their labels are the speakers."""
        clips = [Clip(text.name, text.path, text.speaker) for text in self.texts.values()]
        return {"speech": clips}

    @cached_property
    def starts(self) -> dict[str, int]:
        """Samples that are cut off the start of each file, as far as they are read."""
        return {}

    def settings(self) -> list:
        """Return what the set depends on beside the files."""
        data = self.data
        texts = [
            (text.name, text.text, text.speaker, text.language, text.emotion)
            for text in self.texts.values()
        ]
        keys = ("normalize", "trim_db", "max_seconds", "pitch_hz", "validation_fraction")
        return [
            VERSION,
            data.mel_features.fingerprint(),
            *(getattr(data, key) for key in keys),
            texts,
        ]

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the files that can be used and whose texts can be read, with their splits."""
        folder = self.folders["speech"]
        self.utterances = self._analyzed(folder, skip_bad)
        listed = [clip for clip in self.listed["speech"] if clip.name in self.utterances]
        clips = usable_clips(folder, listed, "speech", skip_bad)
        if len(clips) < 2:
            raise InputError(folder, f"{len(clips)} recording", "at least two, one to hold out")
        clips = split_clips(clips, self.data.validation_fraction, group="file")
        return [(("speech", clip),) for clip in clips]

    def read(self, row: Row) -> list[np.ndarray]:
        """Read the file of a row, without what stands before and behind the speech."""
        ((_, clip),) = row
        rate = self.data.sample_rate_hz
        waveform = read_speech(clip, rate, self.data.normalize)
        start, stop = 0, len(waveform)
        if self.data.trim_db is not None:
            start, stop = speech_edges(waveform[:, 0], rate, self.data.trim_db)
        self.starts[clip.name] = start
        return [waveform[start:stop]]

    def finish(self, folder: Path) -> None:
        """Write the symbols of the texts and the pitch of the recordings."""
        clips, data = ShardSet(folder / "speech"), self.data
        features = data.mel_features
        languages = {code for text in self.utterances.values() for code in text.languages}
        table = _table(sorted(languages), self.utterances)

        def pitch(index: int) -> np.ndarray:
            waveform = clips.read(index)[:, 0]
            num_samples = max(len(waveform), features.fft_samples)
            waveform = np.pad(waveform, (0, num_samples - len(waveform)))
            return frame_pitch(waveform, features, data.pitch_hz)

        pitches = list(ordered_map(pitch, range(clips.num_clips), "pitch"))
        np.save(folder / PITCH_NAME, np.concatenate(pitches))
        readings = []
        for name, curve in zip(clips.names, pitches, strict=True):
            text, utterance = self.texts[name], self.utterances[name]
            readings.append({
                "name": name,
                "text": text.text,
                "speaker": text.speaker,
                "style": text.emotion,
                "symbols": table.encode(utterance.symbols),
                "languages": utterance.languages,
                "num_frames": len(curve),
                "start_s": self.starts[name] / data.sample_rate_hz,
            })  # fmt: skip
        content = {"format": FORMAT, "version": VERSION, "symbols": table.get_config()}
        write_json(folder / READINGS_NAME, content | {"readings": readings})

    def _analyzed(self, folder: Path, skip_bad: bool) -> dict[str, Utterance]:
        """Analyse all texts; name those that cannot be read."""
        found, bad = {}, []
        for name, text in self.texts.items():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error", UserWarning)
                    found[name] = analyze(text.text, text.language)
            except (InputError, UserWarning) as error:
                bad.append(f"{name} ({error})")
        if bad and (not skip_bad or not found):
            seen = f"{len(bad)} of {len(self.texts)} texts that cannot be read: {first_few(bad)}"
            raise InputError(folder, seen, "texts of letters and signs, or prepare --skip-bad")
        return found


class ManifestRecordings(ReadingRecordings):
    """What a manifest lists; the section has `manifest` and `language`."""

    @property
    def folders(self) -> dict[str, Path]:
        """Folder of the role."""
        return {"speech": Path(self.data.manifest).parent}

    def list_texts(self) -> list[ReadText]:
        """List the recordings with their texts."""
        return reading_layouts.manifest(self.data.manifest, self.data.language)


class LJSpeechTexts(ReadingRecordings):
    """The LJ Speech corpus."""

    def list_texts(self) -> list[ReadText]:
        """List the recordings with their texts."""
        return reading_layouts.ljspeech(self.data.root_dir, self.data.language)


class BakerTexts(ReadingRecordings):
    """The corpus of Databaker."""

    def list_texts(self) -> list[ReadText]:
        """List the recordings with their texts."""
        return reading_layouts.baker(self.data.root_dir)


class Aishell3Texts(ReadingRecordings):
    """The AISHELL-3 corpus."""

    def list_texts(self) -> list[ReadText]:
        """List the recordings with their texts."""
        return reading_layouts.aishell3(self.data.root_dir)


class EmotionTexts(ReadingRecordings):
    """Acted emotions; the section has `layout`."""

    def list_texts(self) -> list[ReadText]:
        """List the recordings with their texts."""
        layouts = {"esd": reading_layouts.esd, "emodb": reading_layouts.emodb}
        return layouts[self.data.layout](self.data.root_dir)


@dataclass(frozen=True)
class Reading:
    """A prepared recording.

    Args:
        name: Name of the recording.
        text: What is read.
        speaker: By whom.
        style: In which emotion or style.
        symbols: Ids of its symbols.
        languages: The language of each of them.
        pitch: Octaves above 200 Hz, for each frame.
        start_s: Where it began in its file.
    """

    name: str
    text: str
    speaker: str
    style: str
    symbols: tuple[int, ...]
    languages: tuple[str, ...]
    pitch: np.ndarray
    start_s: float


def read_readings(folder: Path) -> tuple[SymbolTable, dict[str, Reading]]:
    """Read what was written beside the shards of a set.

    Args:
        folder: Folder of the set.

    Returns:
        The symbols, and the recordings by name.

    Raises:
        InputError: The files are not there, or do not fit each other.
    """
    content = read_json(folder / READINGS_NAME, FORMAT, VERSION)
    try:
        pitch = np.load(folder / PITCH_NAME, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise InputError(folder / PITCH_NAME, "no array of pitch", "one of `prepare`") from error
    lengths = [entry["num_frames"] for entry in content["readings"]]
    if pitch.shape != (sum(lengths),):
        raise InputError(folder / PITCH_NAME, f"{pitch.size} frames", f"{sum(lengths)}")
    ends = np.cumsum(lengths)
    readings = {
        entry["name"]: _reading(entry, pitch[end - entry["num_frames"] : end])
        for entry, end in zip(content["readings"], ends, strict=True)
    }
    return SymbolTable.from_config(content["symbols"]), readings


def _reading(entry: dict[str, Any], pitch: np.ndarray) -> Reading:
    """Make a reading of its entry in the file."""
    told = {key: entry[key] for key in ("name", "text", "speaker", "style", "start_s")}
    symbols, languages = tuple(entry["symbols"]), tuple(entry["languages"])
    return Reading(symbols=symbols, languages=languages, pitch=pitch, **told)


def _table(languages: list[str], utterances: dict[str, Utterance]) -> SymbolTable:
    """Return the symbols of languages, or those of a corpus where a language's are not known."""
    try:
        table = SymbolTable.of_languages(languages)
        for utterance in utterances.values():
            table.encode(utterance.symbols)
    except InputError:
        sounds = {symbol for text in utterances.values() for symbol in text.symbols}
        return SymbolTable(sorted(sounds))
    return table
