"""Training pairs for speech enhancement: element `index` is a pure function of (seed, index).

Shape letters: B batch, T samples.
"""

import math

import numpy as np

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at, shuffled
from tfgan_audio.data.manifest import pair_names
from tfgan_audio.data.mixing import is_silent, looped, mix
from tfgan_audio.errors import InputError

_TRIES = 8  # draws of a part that is not silent, before a silent one is taken

Pair = tuple[np.ndarray, np.ndarray]


class _PairSource:
    """Batches of (noisy, clean), from a subclass's `item`."""

    segment_samples: int

    @property
    def element_spec(self) -> tuple[tuple[tuple[int, ...], str], ...]:
        """Shape and type of the arrays of one element."""
        return (((self.segment_samples, 1), "float32"),) * 2

    def item(self, index: int) -> Pair:
        """Return element `index` as (noisy [T, 1], clean [T, 1])."""
        raise NotImplementedError

    def batch(self, step: int, batch_size: int) -> Pair:
        """Return the elements of training step `step`.

        Args:
            step: Number of the step, from 0.
            batch_size: Elements per step.

        Shape:
            noisy, clean: [B, T, 1]

        Returns:
            Elements step * B to step * B + B - 1, stacked, float32.
        """
        noisy = np.empty((batch_size, self.segment_samples, 1), np.float32)
        clean = np.empty_like(noisy)
        for row in range(batch_size):
            noisy[row], clean[row] = self.item(step * batch_size + row)
        return noisy, clean


class Mixtures(_PairSource):
    """Speech mixed with noise on the fly.

    Each epoch visits every speech clip once, in an order of its own. Noise clip, both positions,
    ratio and level are drawn by index. A part that is silent is drawn again (8 times at most). A
    speech clip shorter than the segment is followed by zeros; a noise clip shorter than the
    segment is looped with a cross-fade. The ratio holds for the RMS over the whole segment.

    Args:
        speech: Clips of clean speech, mono.
        noise: Clips of noise, mono, at the same rate.
        segment_samples: Length of an element.
        snr_db: Lowest and highest signal-to-noise ratio in dB; drawn uniformly.
        level_dbfs: Lowest and highest RMS level of the mixture in dB re full scale.
        seed: Names the endless sequence of elements.

    Raises:
        InputError: No clips, unequal rates, several channels, or a range the wrong way round.
    """

    def __init__(
        self,
        speech: Clips,
        noise: Clips,
        segment_samples: int,
        snr_db: tuple[float, float] = (-5.0, 15.0),
        level_dbfs: tuple[float, float] = (-35.0, -15.0),
        seed: int = 0,
    ) -> None:
        _check_clips("speech", speech)
        _check_clips("noise", noise)
        if noise.sample_rate_hz != speech.sample_rate_hz:
            expected = f"{speech.sample_rate_hz} Hz like the speech"
            raise InputError("noise", f"{noise.sample_rate_hz} Hz", expected)
        self.speech, self.noise = speech, noise
        self.segment_samples = _positive("segment_samples", segment_samples)
        self.snr_db = _range("snr_db", snr_db)
        self.level_dbfs = _range("level_dbfs", level_dbfs)
        self.seed = _seed(seed)

    @property
    def num_items(self) -> int:
        """Elements of one epoch."""
        return self.speech.num_clips

    def item(self, index: int) -> Pair:
        """Return element `index`.

        Args:
            index: Position in the endless sequence, at least 0.

        Shape:
            noisy, clean: [T, 1]

        Returns:
            The mixture and its clean target, float32.
        """
        rng = generator_at(self.seed, index)
        snr_db = _uniform(rng, self.snr_db)
        level_dbfs = _uniform(rng, self.level_dbfs)
        speech = self._draw_speech(rng, shuffled(self.seed, index, self.speech.num_clips))
        noise = self._draw_noise(rng)
        return mix(speech, noise, snr_db, level_dbfs)

    def _draw_speech(self, rng: np.random.Generator, clip: int) -> np.ndarray:
        """Part of a speech clip, with sound in it if there is any to be found."""
        for _ in range(_TRIES):
            start = _start(rng, self.speech, clip, self.segment_samples)
            part = padded_part(self.speech, clip, start, self.segment_samples)
            if not is_silent(part):
                break
        return part

    def _draw_noise(self, rng: np.random.Generator) -> np.ndarray:
        """Part of any noise clip, looped if the clip is short."""
        for _ in range(_TRIES):
            clip = int(rng.integers(self.noise.num_clips))
            num_samples = self.noise.entries[clip].num_samples
            if num_samples >= self.segment_samples:
                start = _start(rng, self.noise, clip, self.segment_samples)
                part = self.noise.read(clip, start, start + self.segment_samples)
            else:
                start = int(rng.integers(num_samples))
                part = looped(self.noise.read(clip), start, self.segment_samples)
            if not is_silent(part):
                break
        return part


class Pairs(_PairSource):
    """Recorded pairs: noisy and clean clips of the same names, cut at the same place.

    Each epoch visits every pair once, in an order of its own; the position is drawn by index. A
    pair shorter than the segment is followed by zeros. Levels stay as recorded.

    Args:
        noisy: Clips of noisy speech, mono.
        clean: Clips of clean speech, mono, at the same rate; names equal up to their endings.
        segment_samples: Length of an element.
        seed: Names the endless sequence of elements.

    Raises:
        InputError: No clips, a missing partner, unequal rates or lengths, several channels.
    """

    def __init__(self, noisy: Clips, clean: Clips, segment_samples: int, seed: int = 0) -> None:
        _check_clips("noisy", noisy)
        _check_clips("clean", clean)
        if noisy.sample_rate_hz != clean.sample_rate_hz:
            expected = f"{clean.sample_rate_hz} Hz like the clean clips"
            raise InputError("noisy", f"{noisy.sample_rate_hz} Hz", expected)
        pairs = pair_names(noisy.names, clean.names, "noisy and clean clips")
        self.noisy, self.clean = noisy, clean.select([partner for _, partner in pairs])
        for noisy_clip, clean_clip in zip(self.noisy.entries, self.clean.entries, strict=True):
            if noisy_clip.num_samples != clean_clip.num_samples:
                expected = f"{clean_clip.num_samples} samples like its clean partner"
                raise InputError(noisy_clip.name, f"{noisy_clip.num_samples} samples", expected)
        self.segment_samples = _positive("segment_samples", segment_samples)
        self.seed = _seed(seed)

    @property
    def num_items(self) -> int:
        """Elements of one epoch."""
        return self.noisy.num_clips

    def item(self, index: int) -> Pair:
        """Return element `index`.

        Args:
            index: Position in the endless sequence, at least 0.

        Shape:
            noisy, clean: [T, 1]

        Returns:
            Noisy and clean part, float32.
        """
        clip = shuffled(self.seed, index, self.noisy.num_clips)
        start = _start(generator_at(self.seed, index), self.noisy, clip, self.segment_samples)
        noisy = padded_part(self.noisy, clip, start, self.segment_samples)
        return noisy, padded_part(self.clean, clip, start, self.segment_samples)


def padded_part(clips: Clips, clip: int, start: int, num_samples: int) -> np.ndarray:
    """Read part of a clip; what lies behind its end is zero.

    Args:
        clips: The set.
        clip: Position of the clip in the set.
        start: First sample, within the clip.
        num_samples: Length of the result.

    Shape:
        [num_samples, C]

    Returns:
        float32 samples.
    """
    stop = min(start + num_samples, clips.entries[clip].num_samples)
    part = clips.read(clip, start, stop)
    missing = num_samples - len(part)
    return np.pad(part, ((0, missing), (0, 0))) if missing else part


def _start(rng: np.random.Generator, clips: Clips, clip: int, num_samples: int) -> int:
    """Draw where a part begins (always one draw, 0 for a clip that is too short)."""
    spare = clips.entries[clip].num_samples - num_samples
    return int(rng.integers(max(spare, 0) + 1))


def _uniform(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """Draw from [low, high]."""
    low, high = limits
    return low + (high - low) * float(rng.random())


def _check_clips(name: str, clips: Clips) -> None:
    """Refuse an empty or multi-channel set."""
    if not clips.num_clips:
        raise InputError(name, "no clips", "at least one")
    if clips.num_channels != 1:
        raise InputError(name, f"{clips.num_channels} channels", "mono clips")


def _positive(name: str, value: int) -> int:
    """Refuse a length below one."""
    if value < 1:
        raise InputError(name, value, "a positive number")
    return int(value)


def _seed(value: int) -> int:
    """Refuse a negative seed."""
    if value < 0:
        raise InputError("seed", value, "0 or more")
    return int(value)


def _range(name: str, limits: tuple[float, float]) -> tuple[float, float]:
    """Refuse limits that are not two finite numbers in order."""
    values = tuple(float(value) for value in limits)
    if len(values) != 2 or not all(map(math.isfinite, values)) or values[0] > values[1]:
        raise InputError(name, list(limits), "[low, high] with low <= high")
    return values[0], values[1]
