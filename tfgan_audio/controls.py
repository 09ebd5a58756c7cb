"""How a sentence is to be read: by whom, how fast, how high and how loud."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name

_SEMITONES = 12.0
_LIMITS = {"pace": (0.1, 10.0), "pitch_semitones": (-48.0, 48.0), "energy_db": (-60.0, 60.0)}


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Pace, pitch and energy, for the whole sentence or for each symbol of it.

    Args:
        pace: Speed relative to the natural one, 0.1 to 10; 2 is twice as fast.
        pitch_semitones: What is added to the pitch, -48 to 48.
        energy_db: What is added to the level, in decibels, -60 to 60.
    """

    pace: float | Sequence[float] = 1.0
    pitch_semitones: float | Sequence[float] = 0.0
    energy_db: float | Sequence[float] = 0.0

    def curves(self, num_symbols: int, energy_per_db: float) -> list[np.ndarray]:
        """Return pace, pitch in octaves and energy as a network reads them, each [N].

        Args:
            num_symbols: N.
            energy_per_db: Energy of one decibel.

        Raises:
            InputError: Another number of values, or one out of range.
        """
        curves = []
        for name in ("pace", "pitch_semitones", "energy_db"):
            values = np.asarray(getattr(self, name), np.float32)
            least, most = (np.float32(limit) for limit in _LIMITS[name])
            is_right = bool(np.all((least <= values) & (values <= most)))  # false for NaN
            if values.shape not in ((), (num_symbols,)):
                expected = f"one number, or one for each of {num_symbols} symbols"
                raise InputError(name, f"shape {list(values.shape)}", expected)
            if not is_right:
                wrong = values[~((least <= values) & (values <= most))].flat[0]
                raise InputError(name, f"{wrong:g}", f"{least:g} to {most:g}")
            curves.append(np.broadcast_to(values, [num_symbols]))
        pace, semitones, level_db = curves
        return [pace, semitones / _SEMITONES, level_db * np.float32(energy_per_db)]


def condition_weights(
    name: str, given: str | Mapping[str, float] | None, known: Sequence[str]
) -> np.ndarray:
    """Return the part that each speaker or style has.

    Args:
        name: What is mixed, such as `speaker`.
        given: One name, or names with their weights, which are scaled to sum to 1; None is the
            first that is known.
        known: All names.

    Shape:
        float32 [len(known)].

    Raises:
        InputError: An unknown name, or weights that are negative or all zero.

    Example:
        >>> condition_weights("speaker", {"b": 3, "a": 1}, ["a", "b", "c"]).tolist()
        [0.25, 0.75, 0.0]
    """
    parts = {known[0] if given is None else given: 1.0} if not isinstance(given, Mapping) else given
    for part in parts:
        if part not in known:
            raise unknown_name(str(part), name, known)
    weights = np.array([parts.get(one, 0.0) for one in known], np.float32)
    if not np.isfinite(weights).all() or weights.min() < 0.0 or not weights.any():
        raise InputError(name, dict(parts), "weights of at least 0, one of them above")
    return weights / weights.sum()


def energy_per_db(features: MelFeatures) -> float:
    """Return by how much one decibel raises the mean of a frame's log-mels.

    Args:
        features: Definition of the mels.

    Example:
        >>> round(20 * energy_per_db(MelFeatures.preset("melgan_official")), 6)
        1.0
    """
    decades = features.power / 20.0
    log_units = decades * (math.log(10.0) if features.log_base == "e" else 1.0)
    return log_units * (float(np.mean(1.0 / np.array(features.scale))) if features.scale else 1.0)
