"""The data sections of experiments that learn sounds, WaveGAN and SpecGAN.

A section's keys are the keywords of what is built from it, letter by letter. How long a slice is,
the model says. Relative folders start where one works.
"""

from dataclasses import dataclass
from typing import Literal

from tfgan_audio.config.ranges import check, check_at_least

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, kw_only=True)
class SoundSetConfig:
    """What all kinds of sounds share.

    Args:
        kind: Which of the kinds it is.
        sound_dir: Folder of the sounds, or of the corpus as it is published, unpacked.
        shards_dir: Folder that `prepare` fills and training reads.
        sample_rate_hz: Rate that everything is brought to.
        num_channels: Channels of a sound: 1 takes the mean of a file's, others repeat the one of a
            mono file.
        normalize: Whether each file is scaled to a largest sample of 1 (`peak`).
        labels: Whether the model learns which sound has which label.
        balanced: Whether it sees all labels equally often.
        position: Where in a file slices lie: anywhere, or at its start only, as suits drum hits.
        pad: Whether files shorter than a slice are followed by zeros, instead of left out.
        num_validation_items: Held-out slices that are compared with made ones, at least 2.
    """

    kind: str
    sound_dir: str
    shards_dir: str
    sample_rate_hz: int = 16_000
    num_channels: int = 1
    normalize: Literal["peak", "none"] = "peak"
    labels: bool = False
    balanced: bool = False
    position: Literal["random", "start"] = "random"
    pad: bool = False
    num_validation_items: int = 256

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(1, sample_rate_hz=self.sample_rate_hz, num_channels=self.num_channels)
        check_at_least(2, num_validation_items=self.num_validation_items)
        check("balanced", "true", self.labels or not self.balanced, "false, or labels: true")


@dataclass(frozen=True, kw_only=True)
class SoundsDataConfig(SoundSetConfig):
    """Audio files in folders of one's own, at any depth, of any format, rate and length.

    Args:
        kind: `sounds`.
        label_by: What a label is: the `folder` directly below `sound_dir`, or the `prefix` before
            the first "_" of a file's name.
        validation_fraction: Part of the files of every label held out, above 0 and below 1.
    """

    kind: Literal["sounds"] = "sounds"
    label_by: Literal["folder", "prefix"] = "folder"
    validation_fraction: float = 0.1

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SoundSetConfig.__post_init__(self)
        fraction = self.validation_fraction
        check("validation_fraction", fraction, 0 < fraction < 1, "above 0 and below 1")


@dataclass(frozen=True, kw_only=True)
class SpeechCommandsDataConfig(SoundSetConfig):
    """Words of the Speech Commands corpus; the ten digits are known as SC09.

    Its validation list is held out, its testing list left alone. A label is a word.

    Args:
        kind: `speech_commands`.
        words: The words to learn, each once.
        position: As in `SoundSetConfig`.
        pad: As there; the words have at most a second, 16000 samples.
    """

    kind: Literal["speech_commands"] = "speech_commands"
    words: tuple[str, ...] = _DIGITS
    position: Literal["random", "start"] = "start"
    pad: bool = True

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SoundSetConfig.__post_init__(self)
        least = 2 if self.labels else 1
        is_set = len(set(self.words)) == len(self.words) >= least
        check("words", list(self.words), is_set, f"at least {least}, each once")


@dataclass(frozen=True, kw_only=True)
class NSynthDataConfig(SoundSetConfig):
    """Notes of the NSynth corpus, in its layout of JSON and WAV files; 4 s at 16 kHz each.

    Args:
        kind: `nsynth`.
        label_by: What a label is; a pitch is a MIDI number in three digits.
        position: As in `SoundSetConfig`.
        pad: As there; 4 s are 64000 samples.
    """

    kind: Literal["nsynth"] = "nsynth"
    label_by: Literal["instrument_family", "instrument_source", "pitch"] = "instrument_family"
    position: Literal["random", "start"] = "start"
    pad: bool = True
