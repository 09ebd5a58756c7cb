"""What an acoustic model makes of the recordings it learned from, for its vocoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import keras
import numpy as np

from tfgan_audio.audio.feature_pairs import check_pair
from tfgan_audio.config.loading import load_config
from tfgan_audio.config.schema import AcousticExperiment
from tfgan_audio.config.speech_schema import PredictedDataConfig
from tfgan_audio.data.acoustic_source import ReadSentences
from tfgan_audio.data.manifest import SPLITS, Clip
from tfgan_audio.data.predicted_source import write_mels
from tfgan_audio.data.prepare import DataConfig, PreparedSet, prepare
from tfgan_audio.data.recordings import Recordings, Row
from tfgan_audio.data.shards import ShardSet
from tfgan_audio.errors import InputError
from tfgan_audio.factory import read_sentences
from tfgan_audio.loading import load_trained
from tfgan_audio.training.run_folder import RunFolder


def prepare_data(data: DataConfig, skip_bad: bool = False, overwrite: bool = False) -> PreparedSet:
    """Prepare any data section, as `data.prepare.prepare` does, by a trained model if need be.

    Args:
        data: Data section of a config.
        skip_bad: As there.
        overwrite: As there.

    Raises:
        InputError: As there; no finished run of an acoustic model, or one of other mels.
    """
    is_predicted = isinstance(data, PredictedDataConfig)
    return prepare(data, skip_bad, overwrite, PredictedMels(data) if is_predicted else None)


class PredictedMels(Recordings):
    """The recordings of an acoustic model's run; the section is a `PredictedDataConfig`."""

    @property
    def folders(self) -> dict[str, Path]:
        """Where the model is."""
        return {"speech": Path(self.data.reader)}

    @property
    def listed(self) -> Mapping[str, list[Clip]]:
        """No files: the recordings are those of another set."""
        return {}

    @cached_property
    def run(self) -> RunFolder:
        """The run of the model."""
        path = Path(self.data.reader)
        return RunFolder(path.parent if path.suffix == ".keras" else path)

    @cached_property
    def experiment(self) -> AcousticExperiment:
        """What the model learned."""
        name, run = self.data.reader, self.run
        if not run.config.exists():
            raise InputError(name, f"no {run.config}", "the run of an acoustic model")
        experiment = load_config(run.config)
        if experiment.family != "acoustic":
            raise InputError(name, f"a run of {experiment.family}", "one of an acoustic model")
        found, wanted = experiment.data.mel_features, self.data.mel_features
        check_pair(name, found, wanted, "those of data.features, which the vocoder takes")
        return experiment

    @cached_property
    def sources(self) -> dict[str, ReadSentences]:
        """The sentences of each part."""
        prepared = prepare(self.experiment.data)
        return {part: read_sentences(self.experiment, prepared, part) for part in SPLITS}

    @cached_property
    def places(self) -> dict[str, tuple[ReadSentences, int]]:
        """Where each recording is, by name."""
        return {
            reading.name: (source, index)
            for source in self.sources.values()
            for index, reading in enumerate(source.readings)
        }

    def settings(self) -> list:
        """Return the weights, by a hash, and the recordings."""
        experiment, path = self.experiment, Path(self.data.reader)
        path = self.run.model if path.is_dir() else path
        if not path.exists():
            raise InputError(self.data.reader, f"no {path.name}", "the folder of a finished run")
        return [sha256(path.read_bytes()).hexdigest(), asdict(experiment.data)]

    def told(self) -> dict[str, str]:
        """Return the model and the mels: a mistyped model must not pass for one that is gone."""
        return {
            "data.reader": self.data.reader,
            "data.features": self.data.mel_features.fingerprint(),
        }

    def rows(self, skip_bad: bool) -> list[Row]:
        """Return the recordings with their splits."""
        return [
            (("speech", Clip(reading.name, self.run.path, reading.speaker, part)),)
            for part, source in self.sources.items()
            for reading in source.readings
        ]

    def read(self, row: Row) -> list[np.ndarray]:
        """Read the recording of a row."""
        ((_, clip),) = row
        source, index = self.places[clip.name]
        return [source.waveform(index)]

    def finish(self, folder: Path) -> None:
        """Write the mels."""
        from tqdm import tqdm

        model = load_reader(self.data.reader)
        for source in self.sources.values():
            check_reads(model, source, self.data.reader)
        clips = ShardSet(folder / "speech")
        with tqdm(total=clips.num_clips, desc="predict", leave=False, disable=None) as bar:

            def mel_of(name: str) -> np.ndarray:
                bar.update()
                return imitated(model, *self.places[name])

            write_mels(folder, clips, self.data.mel_features, mel_of)


def load_reader(path: str) -> keras.Model:
    """Open an acoustic model.

    Args:
        path: Run folder or `.keras` file.

    Raises:
        InputError: No model, or one of another family.
    """
    model = load_trained(path)
    if not hasattr(model, "imitate"):
        raise InputError(path, f"a {type(model).__name__}", "an AcousticModel")
    return model


def check_reads(model: keras.Model, source: ReadSentences, name: object) -> None:
    """Refuse data that a model would read wrongly: the ids are those of its own data.

    Args:
        model: Acoustic model.
        source: Sentences.
        name: What the error calls them.

    Raises:
        InputError: Other symbols, speakers, languages, styles or mel features.
    """
    for what, values in {**source.told(), "features": source.features}.items():
        known = getattr(model, what)
        if (values if what == "features" else tuple(values)) != known:
            seen = f"other {what} than those of the model"
            raise InputError(name, seen, "the data that the model was trained on")


def imitated(model: keras.Model, source: ReadSentences, index: int) -> np.ndarray:
    """Return a recording as an acoustic model would have it, at its own time, pitch and energy.

    Args:
        model: Acoustic model.
        source: Sentences.
        index: Position in `source.readings`.

    Shape:
        [F, M], for the waveform that `source` has for the index
    """
    (mel,) = model.imitate(source.gather([index]))
    return mel
