"""The data sections of experiments that learn speech, such as MelGAN's.

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
class VocoderDataConfig:
    """What all data of vocoders share.

    Args:
        kind: Which of the kinds it is.
        shards_dir: Folder that `prepare` fills and training reads.
        sample_rate_hz: Rate that everything is brought to.
        features: How mel spectrograms are made.
        segment_samples: Length of a training example, a multiple of `features.hop_samples`.
        num_validation_items: Held-out recordings that are scored, at least 1.
        validation_seconds: Longest part of a held-out recording that is; recordings are taken
            whole up to there.
    """

    kind: str
    shards_dir: str
    sample_rate_hz: int = 22_050
    features: MelFeaturesConfig = MelFeaturesConfig()
    segment_samples: int = 8192
    num_validation_items: int = 16
    validation_seconds: float = 10.0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            sample_rate_hz=self.sample_rate_hz,
            segment_samples=self.segment_samples,
            num_validation_items=self.num_validation_items,
        )
        check_above_0(validation_seconds=self.validation_seconds)
        hop_samples = self.mel_features.hop_samples
        fits = self.segment_samples % hop_samples == 0
        expected = f"a multiple of features.hop_samples, {hop_samples}"
        check("segment_samples", self.segment_samples, fits, expected)

    @property
    def mel_features(self) -> MelFeatures:
        """The definition of mel spectrograms, without what `prepare` measures."""
        try:
            return self.features.features_at(self.sample_rate_hz)
        except InputError as error:
            name = f"features.{error.name}"
            raise InputError(name, error.seen, error.expected) from error


@dataclass(frozen=True, kw_only=True)
class PredictedDataConfig(VocoderDataConfig):
    """Recordings with the mels that an acoustic model makes of them, for its vocoder.

    The recordings, and which of them are held out, are those of the acoustic model's run. Each
    keeps its own times, pitch and energy, so that both belong together frame by frame.

    Args:
        kind: `predicted`.
        reader: Folder of the acoustic model's run, or a `.keras` file in it. Its mel features and
            its rate have to be those of this section.
    """

    kind: Literal["predicted"] = "predicted"
    reader: str

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        VocoderDataConfig.__post_init__(self)
        if self.features.standardize:
            raise InputError("features.standardize", "true", "false, or mean and scale of a model")


@dataclass(frozen=True, kw_only=True)
class SpeechSetConfig(VocoderDataConfig):
    """What all kinds of speech share; also all keys of `VocoderDataConfig`.

    Args:
        normalize: Whether each file is scaled to a largest sample of 0.95 (`peak`).
        gain: Range of the factor that each training example is multiplied by, up to 1.
    """

    normalize: Literal["peak", "none"] = "peak"
    gain: tuple[float, float] = (0.3, 1.0)

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        VocoderDataConfig.__post_init__(self)
        check_rising(gain=self.gain)
        good = 0 < self.gain[0] and self.gain[1] <= 1
        check("gain", list(self.gain), good, "two factors above 0, up to 1")


@dataclass(frozen=True, kw_only=True)
class SpeechDataConfig(SpeechSetConfig):
    """Recordings in any folder, at any depth, of any format, rate and length.

    Args:
        kind: `speech`.
        speech_dir: The folder.
        hold_out: What is held out: some `files` of every speaker, or all files of some `speakers`,
            which are the first folders that tell files apart.
        validation_fraction: Part of the files held out, above 0 and below 1.
    """

    kind: Literal["speech"] = "speech"
    speech_dir: str
    hold_out: Literal["files", "speakers"] = "files"
    validation_fraction: float = 0.05

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SpeechSetConfig.__post_init__(self)
        _check_fraction(self.validation_fraction)


@dataclass(frozen=True, kw_only=True)
class LJSpeechDataConfig(SpeechSetConfig):
    """The LJ Speech corpus as it is published: one voice at 22.05 kHz.

    Args:
        kind: `ljspeech`.
        root_dir: Folder that holds `metadata.csv` and `wavs`.
        validation_fraction: Part of the files held out, above 0 and below 1.
    """

    kind: Literal["ljspeech"] = "ljspeech"
    root_dir: str
    validation_fraction: float = 0.02

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SpeechSetConfig.__post_init__(self)
        _check_fraction(self.validation_fraction)


@dataclass(frozen=True, kw_only=True)
class BakerDataConfig(SpeechSetConfig):
    """The Chinese Standard Mandarin Speech Corpus of Databaker: one voice at 48 kHz.

    Args:
        kind: `baker`.
        root_dir: Folder that holds `Wave`.
        sample_rate_hz: As in `SpeechSetConfig`.
        validation_fraction: Part of the files held out, above 0 and below 1.
    """

    kind: Literal["baker"] = "baker"
    root_dir: str
    sample_rate_hz: int = 24_000
    validation_fraction: float = 0.02

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SpeechSetConfig.__post_init__(self)
        _check_fraction(self.validation_fraction)


@dataclass(frozen=True, kw_only=True)
class VCTKDataConfig(SpeechSetConfig):
    """The VCTK corpus as it is published: 110 voices at 48 kHz.

    Args:
        kind: `vctk`.
        root_dir: Folder that holds `wav48_silence_trimmed` (version 0.92) or `wav48` (before).
        microphone: Which of the two recordings of version 0.92.
        validation_speakers: Speakers that are held out.
    """

    kind: Literal["vctk"] = "vctk"
    root_dir: str
    microphone: Literal["mic1", "mic2"] = "mic1"
    validation_speakers: tuple[str, ...] = ("p226", "p287")

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SpeechSetConfig.__post_init__(self)
        named = len(self.validation_speakers) > 0
        check("validation_speakers", [], named, "at least one speaker")


@dataclass(frozen=True, kw_only=True)
class LibriTTSDataConfig(SpeechSetConfig):
    """The LibriTTS corpus as it is published: 2,456 voices at 24 kHz.

    Args:
        kind: `libritts`.
        root_dir: Folder that holds the parts, such as `train-clean-100`.
        sample_rate_hz: As in `SpeechSetConfig`.
        training_parts: Parts to train on.
        validation_parts: Parts that are held out.
    """

    kind: Literal["libritts"] = "libritts"
    root_dir: str
    sample_rate_hz: int = 24_000
    training_parts: tuple[str, ...] = ("train-clean-100", "train-clean-360")
    validation_parts: tuple[str, ...] = ("dev-clean",)

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SpeechSetConfig.__post_init__(self)
        for key in ("training_parts", "validation_parts"):
            check(key, [], len(getattr(self, key)) > 0, "at least one part")
        both = sorted({*self.training_parts} & {*self.validation_parts})
        check("validation_parts", both, not both, "parts that are not trained on")


def _check_fraction(fraction: float) -> None:
    """Require that something is held out and something is left."""
    check("validation_fraction", fraction, 0 < fraction < 1, "above 0 and below 1")
