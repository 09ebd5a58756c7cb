"""The one definition of a mel spectrogram that data, layers, losses, metrics and exports share."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

from tfgan_audio.errors import InputError

Centring = Literal["centre", "half_hop", "none"]
Padding = Literal["reflect", "zeros"]

_CHOICES: dict[str, tuple[object, ...]] = {
    "centring": ("centre", "half_hop", "none"),
    "padding": ("reflect", "zeros"),
    "power": (1.0, 2.0),
    "mel_scale": ("slaney", "htk"),
    "mel_norm": ("slaney", "none"),
    "log_base": ("e", "10"),
}
_COUNTS = ("sample_rate_hz", "fft_samples", "hop_samples", "window_samples", "num_mels")


@dataclass(frozen=True)
class MelFeatures:
    """How a log-mel spectrogram is made from a waveform, every convention spelled out.

    ``log(max(filters @ (|STFT|^2 + magnitude_epsilon)^(power / 2), floor))``, then per bin
    ``(value - mean) / scale`` where these are given. The defaults are those of MelGAN.

    Args:
        sample_rate_hz: Rate of the waveform.
        fft_samples: Length of the Fourier transform.
        hop_samples: Distance between frames.
        window_samples: Length of the periodic Hann window, centred in ``fft_samples``.
        num_mels: Number of mel bins M.
        fmin_hz: Lower edge of the lowest filter.
        fmax_hz: Upper edge of the highest filter; None is half the sample rate.
        centring: "centre" pads ``fft_samples // 2`` on both sides, so that frame i is centred at
            sample ``i * hop_samples`` and there are ``1 + T // hop_samples`` frames; "half_hop"
            pads ``(fft_samples - hop_samples) / 2``, which centres frame i at
            ``(i + 0.5) * hop_samples`` and gives ``T // hop_samples`` frames; "none" pads nothing.
        padding: What is padded: the signal "reflect"-ed, or "zeros".
        power: 1 for magnitudes, 2 for powers.
        magnitude_epsilon: Added to the power before the root.
        mel_scale: "slaney" (linear below 1 kHz) or "htk".
        mel_norm: "slaney" (filters of equal area) or "none" (filters of peak 1).
        floor: Smallest mel value that the logarithm sees.
        log_base: "e" or "10".
        mean: Mean of every bin, M values, or None. Comes from the statistics of a training set.
        scale: Standard deviation of every bin, M values above 0, or None.
        normalised_elsewhere: Whether mels come normalised by a mean and scale that are not known.
            Then what is computed here of a waveform lacks that last step.

    Raises:
        InputError: A value is outside its range, or values contradict each other.

    Example:
        >>> features = MelFeatures.preset("hifigan", fmax_hz=None)
        >>> features.num_frames(22050), features.bin_hz[-1]
        (86, 11025.0)
    """

    sample_rate_hz: int = 22050
    fft_samples: int = 1024
    hop_samples: int = 256
    window_samples: int = 1024
    num_mels: int = 80
    fmin_hz: float = 0.0
    fmax_hz: float | None = None
    centring: Centring = "half_hop"
    padding: Padding = "reflect"
    power: float = 1.0
    magnitude_epsilon: float = 0.0
    mel_scale: Literal["slaney", "htk"] = "slaney"
    mel_norm: Literal["slaney", "none"] = "slaney"
    floor: float = 1e-5
    log_base: Literal["e", "10"] = "10"
    mean: tuple[float, ...] | None = None
    scale: tuple[float, ...] | None = None
    normalised_elsewhere: bool = False

    def __post_init__(self) -> None:
        for name in _COUNTS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InputError(name, repr(value), "a whole number above 0")
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                choices = ", ".join(map(repr, allowed))
                raise InputError(name, repr(getattr(self, name)), f"one of {choices}")
        self._check_transform()
        self._check_band()
        self._check_normalisation()

    def _check_transform(self) -> None:
        """Check window and padding against the length of the transform."""
        if self.window_samples > self.fft_samples:
            raise InputError(
                "window_samples", self.window_samples, f"at most fft_samples ({self.fft_samples})"
            )
        surplus = self.fft_samples - self.hop_samples
        if self.centring == "half_hop" and (surplus < 0 or surplus % 2):
            raise InputError(
                "hop_samples",
                self.hop_samples,
                f"an even distance to fft_samples ({self.fft_samples}) from below, "
                "as centring 'half_hop' pads half of it",
            )

    def _check_band(self) -> None:
        """Check the numbers with a range of their own."""
        for name in ("fmin_hz", "magnitude_epsilon"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise InputError(name, getattr(self, name), "a number from 0")
        if not 0.0 < self.floor < math.inf:
            raise InputError("floor", self.floor, "a number above 0")
        nyquist_hz = self.sample_rate_hz / 2
        if not self.fmin_hz < self.top_hz <= nyquist_hz:
            expected = f"above fmin_hz ({self.fmin_hz:g}), at most half the rate ({nyquist_hz:g})"
            raise InputError("fmax_hz", self.top_hz, expected)

    def _check_normalisation(self) -> None:
        """Check that mean and scale come together, one finite value per mel bin."""
        if (self.mean is None) != (self.scale is None):
            raise InputError("mean and scale", "one of them", "both or neither")
        if self.normalised_elsewhere and self.mean is not None:
            raise InputError("normalised_elsewhere", "true beside mean and scale", "false")
        for name in ("mean", "scale"):
            values = getattr(self, name)
            if values is None:
                continue
            values = tuple(float(value) for value in values)
            object.__setattr__(self, name, values)
            if len(values) != self.num_mels:
                raise InputError(name, f"{len(values)} values", f"{self.num_mels}, one per mel")
            if not all(map(math.isfinite, values)) or (name == "scale" and min(values) <= 0.0):
                raise InputError(name, "a value that is not usable", "finite values, scale above 0")

    @classmethod
    def preset(cls, name: str, **changes: Any) -> "MelFeatures":
        """Return a preset by name, some of its fields changed.

        Args:
            name: A key of `PRESETS`.
            **changes: Fields to replace.

        Raises:
            InputError: No preset has this name, or no field has a given name.
        """
        if name not in PRESETS:
            near = get_close_matches(name, PRESETS, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise InputError("mel preset", name, f"one of {', '.join(PRESETS)}{hint}")
        for field in changes:
            if field not in cls.__dataclass_fields__:
                raise InputError("mel feature field", field, ", ".join(cls.__dataclass_fields__))
        return replace(PRESETS[name], **changes)

    @classmethod
    def of(cls, features: "str | MelFeatures | Mapping[str, Any]") -> "MelFeatures":
        """Return the features that the name of a preset, features themselves or fields mean.

        Raises:
            InputError: No preset has this name, or fields out of range.
        """
        if isinstance(features, MelFeatures):
            return features
        return cls.preset(features) if isinstance(features, str) else cls(**features)

    @property
    def top_hz(self) -> float:
        """Upper edge of the highest filter, `fmax_hz` or half the sample rate."""
        return self.sample_rate_hz / 2 if self.fmax_hz is None else self.fmax_hz

    @property
    def pad_samples(self) -> int:
        """Samples padded on each side of the waveform."""
        if self.centring == "centre":
            return self.fft_samples // 2
        return (self.fft_samples - self.hop_samples) // 2 if self.centring == "half_hop" else 0

    @property
    def bin_hz(self) -> tuple[float, ...]:
        """Centre frequency of each of the ``fft_samples // 2 + 1`` bins of the transform."""
        step_hz = self.sample_rate_hz / self.fft_samples
        return tuple(k * step_hz for k in range(self.fft_samples // 2 + 1))

    def num_frames(self, num_samples: int) -> int:
        """Return the number of frames that ``num_samples`` samples give."""
        surplus = num_samples + 2 * self.pad_samples - self.fft_samples
        return max(0, 1 + surplus // self.hop_samples)

    def fingerprint(self) -> str:
        """Return 16 hex digits that are equal exactly where the features are.

        They do not depend on the process, on the order of the fields, on 80 against 80.0, or on
        whether half the sample rate is written out or None.
        """
        fields = {
            name: float(value) if isinstance(value, int | float) else value
            for name, value in asdict(replace(self, fmax_hz=self.top_hz)).items()
        }
        if not self.normalised_elsewhere:  # fingerprints are older than this field
            del fields["normalised_elsewhere"]
        text = json.dumps(fields, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_TACOTRON2 = MelFeatures(fmax_hz=8000.0, centring="centre", log_base="e")

PRESETS: Mapping[str, MelFeatures] = MappingProxyType(
    {
        "melgan_official": MelFeatures(),
        # The per-bin mean and scale belong to a training set; give them with `preset(...)`.
        "parallel_wavegan": MelFeatures(
            fmin_hz=80.0, fmax_hz=7600.0, centring="centre", floor=1e-10
        ),
        "hifigan": replace(_TACOTRON2, centring="half_hop", magnitude_epsilon=1e-9),
        "tacotron2": _TACOTRON2,
    }
)
"""Conventions of the common vocoders, all at 22.05 kHz with 80 mels:
descriptinc/melgan-neurips, kan-bayashi/ParallelWaveGAN (LJSpeech), jik876/hifi-gan and
NVIDIA/tacotron2. ParallelWaveGAN pairs F frames with exactly ``F * hop_samples`` samples of the
edge-padded waveform; see `tfgan_audio.audio.spectral.fit_to_frames`."""
