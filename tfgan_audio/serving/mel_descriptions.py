"""What exports of vocoders and of acoustic models say of themselves, the mels' definition too."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.serving.mel_checks import quiet_frame


@dataclass(frozen=True)
class VocoderDescription:
    """Facts that the runtime of a vocoder needs beside the graph.

    Args:
        features: What a mel is.
        frames_before: Frames before its own that a sample may depend on.
        frames_after: Frames after its own that a sample may depend on.

    Attributes:
        family: Family of the model.
        signature: The signature that runtimes run.
    """

    family: ClassVar[str] = "melgan"
    signature: ClassVar[str] = "vocode"

    features: MelFeatures
    frames_before: int
    frames_after: int

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return {**_content_of_mels(self.features), **_all_but_features(self)}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> VocoderDescription:
        """Read what `content` gave.

        Raises:
            ValueError: The features are not those of the fingerprint.
        """
        return cls(_features_of(content), content["frames_before"], content["frames_after"])


class VocoderStepDescription(VocoderDescription):
    """Facts that the runtime of a vocoder's step needs beside the graph.

    The step takes the next frames and those of the past, `history_frames` of them, quiet at first;
    what comes out is late by `frames_after`.
    """

    family = "melgan_step"
    signature = "step"

    @property
    def history_frames(self) -> int:
        """Frames that go into a step beside the new ones."""
        return self.frames_before + self.frames_after

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them, with those that a driver starts from."""
        latency_samples = self.frames_after * self.features.hop_samples
        start = np.tile(quiet_frame(self.features), [self.history_frames, 1])
        return {**super().content(), "latency_samples": latency_samples, "start": start.tolist()}


@dataclass(frozen=True)
class AcousticDescription:
    """Facts that the runtime of an acoustic model needs beside the graph.

    Args:
        features: What the mels are that it makes.
        symbols: What it reads, in the order of the ids; the first is the padding.
        speakers: Names of its speakers.
        languages: Codes of its languages.
        styles: Names of its emotions or styles.

    Attributes:
        family: Family of the model.
        signature: The signature that runtimes run.
    """

    family: ClassVar[str] = "acoustic"
    signature: ClassVar[str] = "synthesize"

    features: MelFeatures
    symbols: tuple[str, ...]
    speakers: tuple[str, ...]
    languages: tuple[str, ...]
    styles: tuple[str, ...]

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return {**_content_of_mels(self.features), **_all_but_features(self)}

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> AcousticDescription:
        """Read what `content` gave.

        Raises:
            ValueError: The features are not those of the fingerprint.
        """
        names = ("symbols", "speakers", "languages", "styles")
        return cls(_features_of(content), *(tuple(content[name]) for name in names))


def _content_of_mels(features: MelFeatures) -> dict[str, Any]:
    """Return the definition of a mel as JSON has it, some of it once more where others look."""
    return {
        "sample_rate_hz": features.sample_rate_hz,
        "hop_samples": features.hop_samples,
        "features_fingerprint": features.fingerprint(),
        "features": asdict(features),
    }


def _all_but_features(description: VocoderDescription | AcousticDescription) -> dict[str, Any]:
    """Return the other facts."""
    return {name: fact for name, fact in vars(description).items() if name != "features"}


def _features_of(content: dict[str, Any]) -> MelFeatures:
    """Read a definition of mels; a `ValueError` if it is not that of the fingerprint."""
    features = MelFeatures(**content["features"])
    if features.fingerprint() != content["features_fingerprint"]:
        raise ValueError("features of another fingerprint")
    return features
