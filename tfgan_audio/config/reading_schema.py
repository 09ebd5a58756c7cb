"""The data sections of experiments that learn to read aloud: recordings and their texts.

A section's keys are the keywords of what is built from it, letter by letter. Relative folders start
where one works.
"""

from dataclasses import dataclass
from typing import Literal

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.config.features_schema import MelFeaturesConfig
from tfgan_audio.config.ranges import check, check_above_0, check_at_least, check_rising
from tfgan_audio.errors import InputError


@dataclass(frozen=True, kw_only=True)
class ReadingSetConfig:
    """What all kinds of recordings with texts share.

    Args:
        kind: Which of the kinds it is.
        shards_dir: Folder that `prepare` fills and training reads.
        sample_rate_hz: Rate that everything is brought to.
        features: How mel spectrograms are made; a vocoder for them must have the same.
        normalize: Whether each file is scaled to a largest sample of 0.95 (`peak`).
        trim_db: Level below the loudest part of a file at which what stands before and behind the
            speech is cut off; null keeps it, and gives it to the first and the last sound.
        max_seconds: Longer recordings are left out.
        pitch_hz: Range in which the pitch of the voices is looked for.
        validation_fraction: Part of the files held out, above 0 and below 1.
        num_validation_items: Held-out recordings that are scored, at least 1.
    """

    kind: str
    shards_dir: str
    sample_rate_hz: int = 22_050
    features: MelFeaturesConfig = MelFeaturesConfig()
    normalize: Literal["peak", "none"] = "peak"
    trim_db: float | None = 45.0
    max_seconds: float = 12.0
    pitch_hz: tuple[float, float] = (60.0, 500.0)
    validation_fraction: float = 0.05
    num_validation_items: int = 30

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        counts = {"num_validation_items": self.num_validation_items}
        check_at_least(1, sample_rate_hz=self.sample_rate_hz, **counts)
        check_above_0(max_seconds=self.max_seconds, pitch_hz=self.pitch_hz[0])
        check_rising(pitch_hz=self.pitch_hz)
        if self.trim_db is not None:
            check_above_0(trim_db=self.trim_db)
        fraction = self.validation_fraction
        check("validation_fraction", fraction, 0 < fraction < 1, "above 0 and below 1")
        if self.features.standardize:
            raise InputError("features.standardize", "true", "false, or mean and scale of a model")
        _ = self.mel_features

    @property
    def mel_features(self) -> MelFeatures:
        """The definition of mel spectrograms."""
        try:
            return self.features.features_at(self.sample_rate_hz)
        except InputError as error:
            raise InputError(f"features.{error.name}", error.seen, error.expected) from error

    @property
    def recordings(self) -> str:
        """Which recordings `prepare` reads: those of a vocoder's section have no texts."""
        return f"{self.kind}_texts"


@dataclass(frozen=True, kw_only=True)
class ManifestDataConfig(ReadingSetConfig):
    """Recordings that a list names with texts, speakers, languages and emotions.

    Args:
        kind: `manifest`.
        manifest: Text file with lines `path|text|speaker|language|emotion`, paths relative to its
            folder; what stands behind the text may be left out.
        language: Of lines that name none, such as `en`.
    """

    kind: Literal["manifest"] = "manifest"
    manifest: str
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class LJSpeechTextsConfig(ReadingSetConfig):
    """The LJ Speech corpus as it is published, or one laid out like it.

    Args:
        kind: `ljspeech`.
        root_dir: Folder that holds `metadata.csv` and `wavs`.
        language: Of the texts.
    """

    kind: Literal["ljspeech"] = "ljspeech"
    root_dir: str
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class BakerTextsConfig(ReadingSetConfig):
    """The Chinese Standard Mandarin Speech Corpus of Databaker: one voice at 48 kHz.

    Args:
        kind: `baker`.
        root_dir: Folder that holds `Wave` and `ProsodyLabeling`.
        sample_rate_hz: As in `ReadingSetConfig`.
    """

    kind: Literal["baker"] = "baker"
    root_dir: str
    sample_rate_hz: int = 24_000


@dataclass(frozen=True, kw_only=True)
class Aishell3TextsConfig(ReadingSetConfig):
    """The AISHELL-3 corpus: 218 Mandarin voices at 44.1 kHz.

    Args:
        kind: `aishell3`.
        root_dir: Folder that holds `train` and `test`.
        sample_rate_hz: As in `ReadingSetConfig`.
    """

    kind: Literal["aishell3"] = "aishell3"
    root_dir: str
    sample_rate_hz: int = 24_000


@dataclass(frozen=True, kw_only=True)
class EmotionsDataConfig(ReadingSetConfig):
    """Acted emotions, in folders as ESD or EmoDB lay them out.

    Args:
        kind: `emotions`.
        root_dir: Folder that holds the speakers' folders (`esd`), or `wav` (`emodb`).
        layout: Which of the two.
        sample_rate_hz: As in `ReadingSetConfig`.
    """

    kind: Literal["emotions"] = "emotions"
    root_dir: str
    layout: Literal["esd", "emodb"] = "esd"
    sample_rate_hz: int = 16_000
