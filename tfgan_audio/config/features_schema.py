"""The section that says how mel spectrograms are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Literal

from tfgan_audio.audio.features import PRESETS, Centring, MelFeatures, Padding
from tfgan_audio.config.ranges import check

_FROM_DATA = ("sample_rate_hz", "mean", "scale")


@dataclass(frozen=True, kw_only=True)
class MelFeaturesConfig:
    """A known convention of mel spectrograms, and what is different from it.

    Null is what the convention has; the rate is that of the data. What each key means is told by
    `audio.features.MelFeatures`.

    Args:
        preset: The convention.
        fft_samples: Length of the Fourier transform.
        hop_samples: Distance between frames.
        window_samples: Length of the window.
        num_mels: Number of mel bins.
        fmin_hz: Lower edge of the lowest filter.
        fmax_hz: Upper edge of the highest filter.
        centring: What the middle of a frame is.
        padding: What is padded at the ends.
        power: 1 for magnitudes, 2 for powers.
        magnitude_epsilon: Added to the power before the root.
        mel_scale: Scale of the filters.
        mel_norm: Norm of the filters.
        floor: Smallest value that the logarithm sees.
        log_base: Base of the logarithm.
        standardize: Whether each bin is brought to mean 0 and deviation 1 over the recordings to
            train on, which `prepare` measures.
        mean: Mean of every bin, of a model that was trained elsewhere; null otherwise.
        scale: Deviation of every bin, beside `mean`.
        normalised_elsewhere: Whether a model that was trained elsewhere takes mels normalised by a
            mean and scale that are not known.
    """

    preset: Literal["melgan_official", "parallel_wavegan", "hifigan", "tacotron2"] = (
        "melgan_official"
    )
    fft_samples: int | None = None
    hop_samples: int | None = None
    window_samples: int | None = None
    num_mels: int | None = None
    fmin_hz: float | None = None
    fmax_hz: float | None = None
    centring: Centring | None = None
    padding: Padding | None = None
    power: float | None = None
    magnitude_epsilon: float | None = None
    mel_scale: Literal["slaney", "htk"] | None = None
    mel_norm: Literal["slaney", "none"] | None = None
    floor: float | None = None
    log_base: Literal["e", "10"] | None = None
    standardize: bool = False
    mean: tuple[float, ...] | None = None
    scale: tuple[float, ...] | None = None
    normalised_elsewhere: bool = False

    def __post_init__(self) -> None:
        """Refuse two sources of statistics."""
        given = self.mean is not None or self.scale is not None or self.normalised_elsewhere
        expected = "false beside mean, scale or normalised_elsewhere"
        check("standardize", "true", not (self.standardize and given), expected)

    @classmethod
    def of(cls, features: MelFeatures) -> MelFeaturesConfig:
        """Describe a definition by the nearest convention.

        Args:
            features: The definition.

        Returns:
            A section whose `features_at(features.sample_rate_hz)` are these features.
        """
        changes = {preset: _changes(features, preset) for preset in PRESETS}
        nearest = min(changes, key=lambda preset: len(changes[preset]))
        return cls(preset=nearest, mean=features.mean, scale=features.scale, **changes[nearest])

    def features_at(self, sample_rate_hz: int) -> MelFeatures:
        """Return the definition that this section stands for, without what `prepare` measures.

        Args:
            sample_rate_hz: Rate of the waveforms.

        Raises:
            InputError: Values that contradict each other.
        """
        changes = asdict(self) | {"sample_rate_hz": sample_rate_hz}
        preset, _ = changes.pop("preset"), changes.pop("standardize")
        given = {key: value for key, value in changes.items() if value is not None}
        return MelFeatures.preset(preset, **given)


def _changes(features: MelFeatures, preset: str) -> dict[str, object]:
    """Fields in which a definition differs from a convention at the same rate."""
    names = [field.name for field in fields(MelFeatures) if field.name not in _FROM_DATA]
    changes = {
        name: getattr(features, name)
        for name in names
        if getattr(features, name) != getattr(PRESETS[preset], name)
    }
    # Null is what the convention has, so half the rate is written out.
    return changes | ({"fmax_hz": features.top_hz} if "fmax_hz" in changes else {})
