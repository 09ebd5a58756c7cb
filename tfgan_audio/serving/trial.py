"""How an artefact does on real recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tfgan_audio.serving.verbs import Opened

Waveforms = list[np.ndarray]

_NUM_SOUNDS = 8


@dataclass(frozen=True)
class Trial:
    """Recordings to let a model work on, and how to judge what comes of it.

    Args:
        original: The model as it is in Keras, opened.
        recordings: Waveforms [T] in [-1, 1]; none for a generator of sounds, which needs none.
        sample_rate_hz: Their rate.
        judge: From what the original makes, what an artefact makes, each [T] waveforms, and their
            rate, to figures by name.
    """

    original: Opened
    recordings: Sequence[np.ndarray]
    sample_rate_hz: int
    judge: Callable[[Waveforms, Waveforms, int], dict[str, float]]
    _expected: Waveforms = field(default_factory=list, init=False)

    def results(self, opened: Opened) -> Waveforms:
        """Return what a model makes of the recordings, or the sounds that it makes without.

        Args:
            opened: The model: an enhancer, a vocoder, which makes them anew, or a generator.

        Shape:
            [T] each, at the model's rate; at that of the recordings for an enhancer.
        """
        if hasattr(opened, "generate"):
            return [sound.mean(axis=1) for sound in opened.generate(_NUM_SOUNDS)]
        if hasattr(opened, "vocode"):
            chunks = [
                opened.copy_chunks([one[:, None]], self.sample_rate_hz) for one in self.recordings
            ]
            return [np.concatenate(list(parts)) for parts in chunks]
        return [opened.enhance(one, self.sample_rate_hz) for one in self.recordings]

    def figures(self, opened: Opened) -> dict[str, float]:
        """Judge an artefact.

        Args:
            opened: The artefact.
        """
        if not self._expected:
            self._expected.extend(self.results(self.original))
        is_enhancer = hasattr(opened, "enhance")
        rate = self.sample_rate_hz if is_enhancer else opened.sample_rate_hz
        return self.judge(self._expected, self.results(opened), rate)
