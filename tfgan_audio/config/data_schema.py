"""The data sections of an experiment, and what is drawn for mixtures.

A section's keys are the keywords of what is built from it, letter by letter. Relative folders start
where one works.
"""

from dataclasses import dataclass
from typing import Literal

from tfgan_audio.config.ranges import check, check_above_0, check_at_least, check_rising


@dataclass(frozen=True, kw_only=True)
class SynthesisConfig:
    """What may happen to clean speech on its way to a noisy recording. A range is [low, high].

    Args:
        speech_dir: Folder of clean speech, any depth.
        noise_dir: Folder of noise, any depth; null where `num_noises` is [0, 0].
        snr_db: Range of the speech-to-noise ratio.
        snr_by: Level of the speech in it: `rms`, or `p56`, the active level of ITU-T P.56.
        level_dbfs: Range of the RMS level of the mixture, at most 0.
        num_noises: Range of the number of noises at once; those after the first are quieter.
        speechless_probability: Share of the training examples in which nobody speaks.
        reverb_probability: Share of the examples that are in a room.
        response_dir: Folder of recorded impulse responses; null: made rooms.
        num_rooms: How many rooms are made, at least 2.
        rooms_seed: Which rooms they are; another seed gives other ones.
        rt60_s: Range of the reverberation time of made rooms, in seconds.
        early_ms: What the clean target keeps of the room: 0 nothing, a number the reflections
            up to so many milliseconds after the direct sound, null all of it.
        band_limit_probability: Share of the examples that lose their high frequencies.
        band_limit_hz: Range of the frequency above which they do.
        clipping_probability: Share of the examples that are clipped.
        clipping_db: Range of how far below the peak that is.
        augment: Whether to make a small corpus seem larger by spectral filters, and by noise at
            another speed or backwards.
    """

    speech_dir: str
    noise_dir: str | None
    snr_db: tuple[float, float] = (-5.0, 15.0)
    snr_by: Literal["rms", "p56"] = "rms"
    level_dbfs: tuple[float, float] = (-35.0, -15.0)
    num_noises: tuple[int, int] = (1, 1)
    speechless_probability: float = 0.0
    reverb_probability: float = 0.0
    response_dir: str | None = None
    num_rooms: int = 200
    rooms_seed: int = 0
    rt60_s: tuple[float, float] = (0.2, 0.8)
    early_ms: float | None = 50.0
    band_limit_probability: float = 0.0
    band_limit_hz: tuple[float, float] = (2000.0, 6000.0)
    clipping_probability: float = 0.0
    clipping_db: tuple[float, float] = (3.0, 20.0)
    augment: bool = False

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_rising(
            snr_db=self.snr_db,
            level_dbfs=self.level_dbfs,
            num_noises=self.num_noises,
            rt60_s=self.rt60_s,
            band_limit_hz=self.band_limit_hz,
            clipping_db=self.clipping_db,
        )
        expected = "two levels of at most 0 dB of full scale"
        check("level_dbfs", list(self.level_dbfs), self.level_dbfs[1] <= 0, expected)
        check("num_noises", list(self.num_noises), self.num_noises[0] >= 0, "at least 0")
        has_noise = self.noise_dir is not None or self.num_noises[1] == 0
        check("noise_dir", "null", has_noise, "a folder, or num_noises [0, 0]")
        for kind in ("speechless", "reverb", "band_limit", "clipping"):
            name = f"{kind}_probability"
            share = getattr(self, name)
            check(name, share, 0 <= share <= 1, "from 0 to 1")
        check_at_least(2, num_rooms=self.num_rooms)
        check_at_least(0, rooms_seed=self.rooms_seed, early_ms=self.early_ms or 0.0)
        check_at_least(0, clipping_db=self.clipping_db[0])
        check_above_0(rt60_s=self.rt60_s[0], band_limit_hz=self.band_limit_hz[0])


@dataclass(frozen=True, kw_only=True)
class EnhancementDataConfig:
    """What all kinds of speech enhancement data share.

    Args:
        kind: Which of the kinds it is.
        shards_dir: Folder that `prepare` fills and training reads.
        sample_rate_hz: Rate that everything is brought to.
        segment_samples: Length of a training example.
        validation_segment_samples: Length of a held-out example; 4.8 s cost DNSMOS least.
        num_validation_items: Held-out examples that are scored, at least 1.
    """

    kind: str
    shards_dir: str
    sample_rate_hz: int = 16_000
    segment_samples: int = 32_000
    validation_segment_samples: int = 76_800
    num_validation_items: int = 24

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_at_least(
            1,
            sample_rate_hz=self.sample_rate_hz,
            segment_samples=self.segment_samples,
            validation_segment_samples=self.validation_segment_samples,
            num_validation_items=self.num_validation_items,
        )


@dataclass(frozen=True, kw_only=True)
class MixturesDataConfig(SynthesisConfig, EnhancementDataConfig):
    """Clean speech and noise, mixed anew for every example; also all keys of `SynthesisConfig`.

    Args:
        kind: `mixtures`.
        validation_snr_db: Range of the speech-to-noise ratio of held-out examples.
        validation_fraction: Part of the recordings held out, above 0 and below 1.
    """

    kind: Literal["mixtures"] = "mixtures"
    validation_snr_db: tuple[float, float] = (5.0, 5.0)
    validation_fraction: float = 0.1

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        EnhancementDataConfig.__post_init__(self)
        SynthesisConfig.__post_init__(self)
        check_rising(validation_snr_db=self.validation_snr_db)
        _check_fraction(self.validation_fraction)


@dataclass(frozen=True, kw_only=True)
class PairsDataConfig(EnhancementDataConfig):
    """Recordings that exist noisy and clean, paired by file name.

    Args:
        kind: `pairs`.
        noisy_dir: Folder of noisy recordings, any depth.
        clean_dir: Folder of the same recordings without noise.
        validation_fraction: Part of the recordings held out, above 0 and below 1.
    """

    kind: Literal["pairs"] = "pairs"
    noisy_dir: str
    clean_dir: str
    validation_fraction: float = 0.1

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        EnhancementDataConfig.__post_init__(self)
        _check_fraction(self.validation_fraction)


@dataclass(frozen=True, kw_only=True)
class VoiceBankDataConfig(EnhancementDataConfig):
    """The VoiceBank-DEMAND corpus as it is published: folders of 48 kHz files of equal names.

    Args:
        kind: `voicebank`.
        root_dir: Folder that holds `clean_trainset_28spk_wav`, `noisy_trainset_28spk_wav` and so
            on, unpacked.
        training_set: Which of the two training sets.
        validation_speakers: Speakers of the training set that are held out.
    """

    kind: Literal["voicebank"] = "voicebank"
    root_dir: str
    training_set: Literal["28spk", "56spk"] = "28spk"
    validation_speakers: tuple[str, ...] = ("p226", "p287")

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        EnhancementDataConfig.__post_init__(self)
        named = len(self.validation_speakers) > 0
        check("validation_speakers", [], named, "at least one speaker")


def _check_fraction(fraction: float) -> None:
    """Require that something is held out and something is left."""
    check("validation_fraction", fraction, 0 < fraction < 1, "above 0 and below 1")
