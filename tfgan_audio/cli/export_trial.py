"""What an export is tried on, and how what it makes is judged."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfgan_audio.errors import InputError

if TYPE_CHECKING:
    from tfgan_audio.serving.trial import Trial

_MOST_RECORDINGS = 8
_MOST_SECONDS = 10


def make_trial(run: str, data: str | None) -> Trial | None:
    """Return what an export of a model is tried on; None for speech without recordings.

    Args:
        run: The model.
        data: Folder of recordings, such as a user's: noisy ones for an enhancer, speech for a
            vocoder. A generator of sounds needs none.

    Raises:
        InputError: No recordings in the folder, recordings for a model that has no use for them, or
            the packages that judge speech are missing.
    """
    from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
    from tfgan_audio.evaluation.speech_metrics import DNSMOS_PACKAGES, require_packages
    from tfgan_audio.loading import load
    from tfgan_audio.serving.trial import Trial

    original = load(run)
    is_tried = hasattr(original, "enhance") or hasattr(original, "vocode")
    if data is not None and not is_tried:
        raise InputError("--data", data, "nothing for models other than a SEGAN or MelGAN")
    if hasattr(original, "generate"):
        return Trial(original, [], original.sample_rate_hz, _distance)
    if data is None:
        return None
    require_packages("--data", DNSMOS_PACKAGES)
    return Trial(original, _recordings(Path(data)), SAMPLE_RATE_HZ, _change_of_dnsmos)


def _recordings(folder: Path) -> list[np.ndarray]:
    """Read the first seconds of the first recordings of a folder."""
    from tfgan_audio.audio.io import find_audio, read_audio
    from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ

    paths = find_audio(folder)[:_MOST_RECORDINGS]
    most = _MOST_SECONDS * SAMPLE_RATE_HZ
    return [read_audio(path, SAMPLE_RATE_HZ, mono=True)[0][:most, 0] for path in paths]


def _change_of_dnsmos(
    expected: list[np.ndarray], found: list[np.ndarray], sample_rate_hz: int
) -> dict[str, float]:
    """Return how much better speech sounds than that of Keras."""
    from tfgan_audio.audio.resampling import resample
    from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
    from tfgan_audio.evaluation.speech_metrics import dnsmos

    def score(made: list[np.ndarray]) -> float:
        parts = (resample(one, sample_rate_hz, SAMPLE_RATE_HZ) for one in made)
        return float(np.mean([dnsmos(one)["dnsmos_ovrl"] for one in parts]))

    found_score = score(found)
    return {"dnsmos_ovrl": found_score, "dnsmos_ovrl_change": found_score - score(expected)}


def _distance(
    expected: list[np.ndarray], found: list[np.ndarray], sample_rate_hz: int
) -> dict[str, float]:
    """Return how far the spectra of sounds are from those of Keras, silent ones left out."""
    from tfgan_audio.evaluation.signal_metrics import lsd

    distances = []
    for pair in zip(expected, found, strict=True):
        with contextlib.suppress(InputError):
            distances.append(lsd(*pair))
    return {"lsd": float(np.mean(distances))} if distances else {}
