"""Recordings made of clean speech, noises and rooms: number `index` is a function of (seed, index).

Shape letters: T samples.
"""

from dataclasses import dataclass

import numpy as np

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at, part_start, shuffled
from tfgan_audio.data.mixing import is_silent, looped
from tfgan_audio.data.recipe import Recipe, Values
from tfgan_audio.data.synthesis import Stems, noise_samples, synthesise
from tfgan_audio.errors import InputError

_TRIES = 8  # draws of a part that is not silent, before a silent one is taken


@dataclass(frozen=True)
class Part:
    """Part of a clip.

    Args:
        clip: Position of the clip in its set.
        start: First sample.
        num_samples: Length; speech is followed by zeros and noise is looped to reach it.
    """

    clip: int
    start: int
    num_samples: int


@dataclass(frozen=True)
class Plan:
    """All that is drawn for one recording: from it and the clips the recording follows.

    Args:
        values: What happens to the sources.
        speech: Which speech.
        noises: Which noise, for each entry of `values.noises`.
        response: Position of the impulse response; None where there is no room.
    """

    values: Values
    speech: Part
    noises: tuple[Part, ...]
    response: int | None


class Mixer:
    """Draws recordings from sets of clips and makes them.

    Each epoch visits every speech clip once, in an order of its own. A part that is silent is drawn
    again (8 times at most).

    Args:
        speech: Clips of clean speech, mono.
        noise: Clips of noise; None if the recipe has no noises.
        recipe: What may happen.
        responses: Impulse responses; None if the recipe has no reverberation.
        segment_samples: Length of a recording; None takes whole clips of speech.
        seed: Names the endless sequence of recordings.

    Raises:
        InputError: No clips where they are needed, unequal rates, or several channels.
    """

    def __init__(
        self,
        speech: Clips,
        noise: Clips | None,
        recipe: Recipe,
        responses: Clips | None = None,
        segment_samples: int | None = None,
        seed: int = 0,
    ) -> None:
        check_clips("speech", speech)
        for name, clips, is_needed in (
            ("noise", noise, recipe.num_noises[1] > 0),
            ("response", responses, recipe.reverb_probability > 0.0),
        ):
            if clips is not None:
                check_clips(name, clips, speech.sample_rate_hz)
            elif is_needed:
                raise InputError(name, "no clips", "at least one")
        self.speech, self.noise, self.responses = speech, noise, responses
        self.recipe, self.segment_samples, self.seed = recipe, segment_samples, seed

    def plan(self, index: int) -> Plan:
        """Return what is drawn for recording `index`.

        Args:
            index: Position in the endless sequence, at least 0.
        """
        values = self.recipe.draw(self.seed, index)
        rng = generator_at(self.seed, index)
        rng.random(2)  # ratio and level, which the recipe draws first
        speech = self._draw_speech(rng, shuffled(self.seed, index, self.speech.num_clips))
        noises = tuple(
            self._draw_noise(rng, noise_samples(each, speech.num_samples)) for each in values.noises
        )
        response = None
        if values.is_reverberant:
            response = int(rng.integers(self.responses.num_clips))
        return Plan(values, speech, noises, response)

    def make(self, plan: Plan) -> Stems:
        """Make the recording of a plan.

        Args:
            plan: What `plan` returned, or a part of it replaced.

        Returns:
            Its stems, float32 [T].
        """
        response = None
        if plan.response is not None:
            response = self.responses.read(plan.response)[:, 0]
        speech, noises = self._speech(plan.speech), [self._noise(part) for part in plan.noises]
        return synthesise(plan.values, speech, noises, response, self.speech.sample_rate_hz)

    def _draw_speech(self, rng: np.random.Generator, clip: int) -> Part:
        """Part of a clip with sound in it, if there is any to be found."""
        clip_samples = self.speech.entries[clip].num_samples
        num_samples = self.segment_samples or clip_samples
        for _ in range(_TRIES):
            part = Part(clip, part_start(rng, clip_samples, num_samples), num_samples)
            if not is_silent(self._speech(part)):
                break
        return part

    def _draw_noise(self, rng: np.random.Generator, num_samples: int) -> Part:
        """Part of any noise, with sound in it if there is any to be found."""
        for _ in range(_TRIES):
            clip = int(rng.integers(self.noise.num_clips))
            clip_samples = self.noise.entries[clip].num_samples
            if clip_samples >= num_samples:
                start = part_start(rng, clip_samples, num_samples)
            else:
                start = int(rng.integers(clip_samples))
            part = Part(clip, start, num_samples)
            if not is_silent(self._noise(part)):
                break
        return part

    def _speech(self, part: Part) -> np.ndarray:
        """Read speech, zeros behind its end."""
        return self.speech.read_padded(part.clip, part.start, part.num_samples)[:, 0]

    def _noise(self, part: Part) -> np.ndarray:
        """Read noise, looped if the clip is short."""
        if self.noise.entries[part.clip].num_samples >= part.num_samples:
            return self.noise.read(part.clip, part.start, part.start + part.num_samples)[:, 0]
        return looped(self.noise.read(part.clip)[:, 0], part.start, part.num_samples)


def check_clips(name: str, clips: Clips, sample_rate_hz: int | None = None) -> None:
    """Refuse an empty set, one with several channels, or one of another rate.

    Args:
        name: What to call the set.
        clips: The set.
        sample_rate_hz: Rate it must have; None for any.

    Raises:
        InputError: The set can not be used.
    """
    if not clips.num_clips:
        raise InputError(name, "no clips", "at least one")
    if clips.num_channels != 1:
        raise InputError(name, f"{clips.num_channels} channels", "mono clips")
    if sample_rate_hz not in (None, clips.sample_rate_hz):
        raise InputError(name, f"{clips.sample_rate_hz} Hz", f"{sample_rate_hz} Hz like the speech")
