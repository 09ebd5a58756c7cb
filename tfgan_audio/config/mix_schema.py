"""What a YAML file for the verb `mix` holds."""

import re
from dataclasses import dataclass
from typing import Literal

from tfgan_audio.config.data_schema import SynthesisConfig
from tfgan_audio.config.ranges import check, check_above_0, check_at_least

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, kw_only=True)
class MixConfig(SynthesisConfig):
    """A corpus of noisy recordings to make; also all keys of `SynthesisConfig`.

    Args:
        name: What the corpus is called.
        seed: Of everything that is drawn, from 0 to 2**31 - 1.
        sample_rate_hz: Rate of the corpus; sources of a lower one are refused.
        num_train: Recordings to make for training, of sources that no other part has.
        num_validation: Recordings to make for validation.
        num_test: Recordings to make for a test.
        validation_fraction: Part of the speakers, of the noise files and of the rooms that only
            validation has.
        test_fraction: Part of them that only the test has.
        seconds: Length of a recording; null: that of its speech file.
        speaker_pattern: Regular expression whose first group is the speaker, searched for in the
            path below `speech_dir`; null: the first folder that tells files apart.
        snr_by: As there; here the active level is the default.
    """

    name: str
    seed: int = 0
    sample_rate_hz: int = 16_000
    num_train: int = 1000
    num_validation: int = 100
    num_test: int = 100
    validation_fraction: float = 0.1
    test_fraction: float = 0.1
    seconds: float | None = None
    speaker_pattern: str | None = None
    snr_by: Literal["rms", "p56"] = "p56"

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        SynthesisConfig.__post_init__(self)
        check("name", repr(self.name), self.name.strip() != "", "a name that is not empty")
        check("seed", self.seed, 0 <= self.seed < 2**31, "from 0 to 2147483647")
        check_at_least(1, sample_rate_hz=self.sample_rate_hz)
        counts = {f"num_{split}": getattr(self, f"num_{split}") for split in SPLITS}
        check_at_least(0, **counts)
        check("num_train", 0, any(counts.values()), "above 0, or another number above 0")
        for name in ("validation_fraction", "test_fraction"):
            fraction = getattr(self, name)
            check(name, fraction, 0 < fraction < 0.5, "above 0 and below 0.5")
        if self.seconds is not None:
            check_above_0(seconds=self.seconds)
        if self.speaker_pattern is not None:
            good = _has_group(self.speaker_pattern)
            check(
                "speaker_pattern", self.speaker_pattern, good, "a regular expression with a group"
            )


def _has_group(pattern: str) -> bool:
    """Tell whether a text is a regular expression with a group in it."""
    try:
        return re.compile(pattern).groups > 0
    except re.error:
        return False
