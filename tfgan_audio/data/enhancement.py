"""Training pairs for speech enhancement: element `index` is a pure function of (seed, index).

Shape letters: T samples.
"""

import numpy as np

from tfgan_audio.data.clips import Clips
from tfgan_audio.data.draws import generator_at, part_start, shuffled
from tfgan_audio.data.manifest import pair_names
from tfgan_audio.data.mixer import Mixer, check_clips
from tfgan_audio.data.recipe import Recipe
from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError

Pair = tuple[np.ndarray, np.ndarray]


class Mixtures(Source):
    """Speech with noise, in a room, through a channel: made on the fly as a recipe says.

    Args:
        speech: Clips of clean speech, mono.
        noise: Clips of noise, mono, at the same rate; None if the recipe has no noises.
        segment_samples: Length of an element.
        recipe: What may happen to the speech; by default one noise.
        seed: Names the endless sequence of elements.
        responses: Impulse responses, at the same rate; None if the recipe has no reverberation.

    Raises:
        InputError: No clips, unequal rates or several channels.
    """

    def __init__(
        self,
        speech: Clips,
        noise: Clips | None,
        segment_samples: int,
        recipe: Recipe = Recipe(),
        seed: int = 0,
        responses: Clips | None = None,
    ) -> None:
        super().__init__(segment_samples, seed)
        self.mixer = Mixer(speech, noise, recipe, responses, segment_samples, seed)

    def item(self, index: int) -> Pair:
        """Return element `index`: the mixture and its clean target, float32 [T, 1]."""
        stems = self.mixer.make(self.mixer.plan(index))
        return stems.noisy[:, None], stems.clean[:, None]


class Pairs(Source):
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
        super().__init__(segment_samples, seed)
        check_clips("noisy", noisy)
        check_clips("clean", clean)
        if noisy.sample_rate_hz != clean.sample_rate_hz:
            expected = f"{clean.sample_rate_hz} Hz like the clean clips"
            raise InputError("noisy", f"{noisy.sample_rate_hz} Hz", expected)
        pairs = pair_names(noisy.names, clean.names, "noisy and clean clips")
        self.noisy, self.clean = noisy, clean.select([partner for _, partner in pairs])
        for noisy_clip, clean_clip in zip(self.noisy.entries, self.clean.entries, strict=True):
            if noisy_clip.num_samples != clean_clip.num_samples:
                expected = f"{clean_clip.num_samples} samples like its clean partner"
                raise InputError(noisy_clip.name, f"{noisy_clip.num_samples} samples", expected)

    def item(self, index: int) -> Pair:
        """Return element `index`: the noisy part and the clean one, float32 [T, 1]."""
        clip = shuffled(self.seed, index, self.noisy.num_clips)
        num_samples = self.noisy.entries[clip].num_samples
        start = part_start(generator_at(self.seed, index), num_samples, self.segment_samples)
        noisy, clean = (
            side.read_padded(clip, start, self.segment_samples) for side in (self.noisy, self.clean)
        )
        return noisy, clean
