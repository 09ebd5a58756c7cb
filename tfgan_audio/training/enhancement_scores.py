"""Scores of a trained enhancer on examples it has never seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tfgan_audio.audio.resampling import resample
from tfgan_audio.data.pipeline import Source
from tfgan_audio.evaluation.results import Scores
from tfgan_audio.evaluation.scoring import score_pairs
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ
from tfgan_audio.models.adversarial import AdversarialModel


@dataclass(frozen=True)
class EnhancementScores:
    """What an enhancer did to held-out recordings.

    Args:
        before: Scores of the noisy recordings.
        after: Scores of the enhanced ones.
        recordings: Name -> "noisy", "enhanced", "clean" -> waveform [T] at 16 kHz.
    """

    before: Scores
    after: Scores
    recordings: Mapping[str, Mapping[str, np.ndarray]]


def score_enhancer(
    model: AdversarialModel, source: Source, num_items: int, num_workers: int = 1
) -> EnhancementScores:
    """Enhance held-out examples and score them at 16 kHz, time-aligned, before and after.

    Args:
        model: Trained model.
        source: Held-out (noisy, clean) examples at the model's rate.
        num_items: Examples to score, at least 1.
        num_workers: Processes that score.

    Returns:
        Scores and recordings.
    """
    recordings = {}
    for index in range(num_items):
        noisy, clean = (part[0] for part in source.batch(index, 1))
        enhanced = model.enhance(noisy[None])[0]
        versions = {"noisy": noisy, "enhanced": np.clip(enhanced, -1, 1), "clean": clean}
        recordings[f"held-out-{index:02d}"] = {
            name: resample(waveform[:, 0], model.sample_rate_hz, SAMPLE_RATE_HZ)
            for name, waveform in versions.items()
        }
    # One call for both sides: the worker processes start but once.
    pairs = {
        f"{version}/{name}": (parts["clean"], parts[version])
        for name, parts in recordings.items()
        for version in ("noisy", "enhanced")
    }
    scores = score_pairs(pairs, num_workers=num_workers, progress=True)
    return EnhancementScores(_side(scores, "noisy"), _side(scores, "enhanced"), recordings)


def _side(scores: Scores, version: str) -> Scores:
    """Scores of one version under the names of the recordings."""
    prefix = f"{version}/"
    files = tuple(
        replace(file, name=file.name.removeprefix(prefix))
        for file in scores.files
        if file.name.startswith(prefix)
    )
    return replace(scores, files=files)
