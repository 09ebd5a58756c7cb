"""What may happen to clean speech on its way to a noisy recording, and the draw of what does."""

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tfgan_audio.data.draws import generator_at
from tfgan_audio.errors import InputError

SNR_KINDS = ("rms", "p56")

_SPEECHLESS_STREAM = 4
_FURTHER_STREAM = 2  # leaves the elements of plain mixtures as they are when something is added
_QUIETER_DB = 10.0
_SPEED = (0.6, 1.7)
_LARGEST_COEFFICIENT = 3 / 8

Range = tuple[float, float]


@dataclass(frozen=True)
class NoiseValues:
    """What was drawn for one of the noises.

    Args:
        gain_db: Level of this noise against the first one.
        speed: Factor of its speed.
        is_reversed: Whether it runs backwards.
        colour: Coefficients of its spectral filter; None for no filter.
    """

    gain_db: float = 0.0
    speed: float = 1.0
    is_reversed: bool = False
    colour: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Values:
    """What was drawn for one element; together with its sources it says everything.

    Args:
        snr_db: Ratio of speech, reverberant if it is, to the sum of the noises.
        snr_by: Level that the ratio holds for.
        level_dbfs: RMS level of the mixture before band limit and clipping; None leaves it.
        is_speechless: Whether nobody speaks: the target is silence.
        is_reverberant: Whether the speech is in a room.
        early_ms: What the target keeps of the room (see `reverberate`).
        band_limit_hz: Frequency above which the mixture has nothing; None for no limit.
        clipping_db: How far below its peak the mixture is clipped; None for not at all.
        colour: Coefficients of the spectral filter of the speech; None for no filter.
        noises: One entry for each noise.
    """

    snr_db: float
    snr_by: str = "rms"
    level_dbfs: float | None = None
    is_speechless: bool = False
    is_reverberant: bool = False
    early_ms: float | None = None
    band_limit_hz: float | None = None
    clipping_db: float | None = None
    colour: tuple[float, ...] | None = None
    noises: tuple[NoiseValues, ...] = (NoiseValues(),)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is drawn for every element, and from where. A range is [lowest, highest].

    The defaults are plain mixtures of speech and one noise.

    Args:
        snr_db: Range of the signal-to-noise ratio.
        snr_by: Level of the speech that it holds for: "rms" over the whole element, or "p56", the
            active level of ITU-T P.56, to which pauses do not count. Noise is always by RMS.
        level_dbfs: Range of the RMS level of the mixture.
        num_noises: Range of the number of noises at once. The others are up to 10 dB below the
            first.
        speechless_probability: Share of the elements in which nobody speaks, so that an enhancer
            learns to be silent there.
        reverb_probability: Share of the elements that are in a room.
        early_ms: What the target keeps of the room: 0 nothing, a number the reflections up to so
            many milliseconds after the direct sound, None all of it.
        band_limit_probability: Share of the elements that lose their high frequencies.
        band_limit_hz: Range of the frequency above which they do; drawn by octaves.
        clipping_probability: Share of the elements that are clipped.
        clipping_db: Range of how far below the peak that is.
        augment: Make a small corpus seem larger: spectral filters on speech and noise, half of the
            noises at another speed, half backwards.

    Raises:
        InputError: A value out of range.
    """

    snr_db: Range = (-5.0, 15.0)
    snr_by: str = "rms"
    level_dbfs: Range = (-35.0, -15.0)
    num_noises: tuple[int, int] = (1, 1)
    speechless_probability: float = 0.0
    reverb_probability: float = 0.0
    early_ms: float | None = 50.0
    band_limit_probability: float = 0.0
    band_limit_hz: Range = (2000.0, 6000.0)
    clipping_probability: float = 0.0
    clipping_db: Range = (3.0, 20.0)
    augment: bool = False

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.snr_by not in SNR_KINDS:
            raise InputError("snr_by", self.snr_by, " or ".join(SNR_KINDS))
        for name in ("snr_db", "level_dbfs", "num_noises", "band_limit_hz", "clipping_db"):
            _check_range(name, getattr(self, name))
        for name, least in (("num_noises", 0), ("band_limit_hz", 1.0), ("clipping_db", 0.0)):
            if getattr(self, name)[0] < least:
                raise InputError(name, list(getattr(self, name)), f"at least {least:g}")
        for name in (field.name for field in fields(self) if field.name.endswith("_probability")):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(name, getattr(self, name), "from 0 to 1")
        if self.early_ms is not None and not 0.0 <= self.early_ms < math.inf:
            raise InputError("early_ms", self.early_ms, "0 or more, or none")

    @classmethod
    def of(cls, section: Any) -> "Recipe":
        """Return the recipe whose fields are the attributes of the same names.

        Args:
            section: What has them, such as a section of a configuration.
        """
        return cls(**{field.name: getattr(section, field.name) for field in fields(cls)})

    def draw(self, seed: int, index: int) -> Values:
        """Draw what happens to element `index`.

        Every option has draws of its own that are always made, so changing one leaves what is
        drawn for the others.

        Args:
            seed: Names the endless sequence of elements.
            index: Position in it, at least 0.

        Returns:
            The values, which depend on the recipe and the arguments alone.
        """
        first = generator_at(seed, index)
        snr_db, level_dbfs = _uniform(first, self.snr_db), _uniform(first, self.level_dbfs)
        speechless = generator_at(seed, index, _SPEECHLESS_STREAM).random()
        is_speechless = bool(speechless < self.speechless_probability)
        rng = generator_at(seed, index, _FURTHER_STREAM)
        happens, positions = rng.random(3), rng.random(2)
        is_reverberant = bool(happens[0] < self.reverb_probability)
        limit_hz = math.exp(_between(*map(math.log, self.band_limit_hz), positions[0]))
        clipping_db = _between(*self.clipping_db, positions[1])
        colour = _colour(rng)
        num_noises = int(rng.integers(self.num_noises[0], self.num_noises[1] + 1))
        return Values(
            snr_db=snr_db,
            snr_by=self.snr_by,
            level_dbfs=level_dbfs,
            is_speechless=is_speechless,
            is_reverberant=is_reverberant,
            early_ms=self.early_ms if is_reverberant else None,
            band_limit_hz=limit_hz if happens[1] < self.band_limit_probability else None,
            clipping_db=clipping_db if happens[2] < self.clipping_probability else None,
            colour=colour if self.augment else None,
            noises=tuple(self._draw_noise(rng, order) for order in range(num_noises)),
        )

    def _draw_noise(self, rng: np.random.Generator, order: int) -> NoiseValues:
        """Draw what happens to noise number `order` of an element."""
        below_db, octaves, backwards = rng.random(3)
        colour = _colour(rng)
        gain_db = -_QUIETER_DB * float(below_db) if order else 0.0
        if not self.augment:
            return NoiseValues(gain_db)
        # Half keep their speed: what is resampled has nothing just below half the rate, and an
        # enhancer that never heard anything there fails on white noise.
        changed = math.exp(_between(*map(math.log, _SPEED), 2.0 * float(octaves) - 1.0))
        speed = changed if octaves >= 0.5 else 1.0
        return NoiseValues(gain_db, speed, bool(backwards < 0.5), colour)


def _uniform(rng: np.random.Generator, limits: Range) -> float:
    """Draw from [low, high]."""
    return _between(*limits, rng.random())


def _between(low: float, high: float, position: float) -> float:
    """Return the value at a position from 0 to 1."""
    return low + (high - low) * float(position)


def _colour(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw the coefficients of a spectral filter."""
    limit = _LARGEST_COEFFICIENT
    return tuple(float(value) for value in rng.uniform(-limit, limit, 4))


def _check_range(name: str, limits: tuple[float, float]) -> None:
    """Refuse limits that are not two finite numbers in order."""
    good = len(limits) == 2 and all(map(math.isfinite, limits)) and limits[0] <= limits[1]
    if not good:
        raise InputError(name, list(limits), "[low, high] with low <= high")
