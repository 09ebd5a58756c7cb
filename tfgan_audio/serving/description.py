"""What an artefact says of itself, so that loading needs nothing but its path."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.serving.mel_checks import quiet_frame

_NAME = "tfgan_audio.json"
SIGNATURE_KEY = "__tfgan_audio"


@dataclass(frozen=True)
class EnhancerDescription:
    """Facts that the runtime of an enhancer needs beside the graph.

    Args:
        sample_rate_hz: Rate of its recordings.
        hop_samples: Samples of a streaming block.
        latency_samples: Samples by which a streaming step is late.
        history_shapes: [frames, width] of each history of the step, in order.

    Attributes:
        family: Family of the model.
        signature: The signature that runtimes run.
    """

    family: ClassVar[str] = "segan"
    signature: ClassVar[str] = "step"

    sample_rate_hz: int
    hop_samples: int
    latency_samples: int
    history_shapes: tuple[tuple[int, int], ...]

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return asdict(self)

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> EnhancerDescription:
        """Read what `content` gave."""
        shapes = tuple(tuple(shape) for shape in content["history_shapes"])
        return cls(**{**content, "history_shapes": shapes})


@dataclass(frozen=True)
class WindowEnhancerDescription:
    """Facts that the runtime of an enhancer of windows needs beside the graph.

    Args:
        sample_rate_hz: Rate of its recordings.
        window_samples: Length of a window.
        overlap: Share of a window that it has in common with the next.
        pre_emphasis: Coefficient of the filter before the network.
        has_latents: Whether the network hears noise too, which follows from a window's index.

    Attributes:
        family: Family of the model.
        signature: The signature that runtimes run.
        seed: What that noise follows from beside the index, as in the model's own streams.
    """

    family: ClassVar[str] = "segan_windows"
    signature: ClassVar[str] = "enhance_window"
    seed: ClassVar[int] = 0

    sample_rate_hz: int
    window_samples: int
    overlap: float
    pre_emphasis: float
    has_latents: bool

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return asdict(self)

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> WindowEnhancerDescription:
        """Read what `content` gave."""
        return cls(**content)


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
        """Return the facts as JSON has them, some of the features once more where others look."""
        return {
            "sample_rate_hz": self.features.sample_rate_hz,
            "hop_samples": self.features.hop_samples,
            "frames_before": self.frames_before,
            "frames_after": self.frames_after,
            "features_fingerprint": self.features.fingerprint(),
            "features": asdict(self.features),
        }

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> VocoderDescription:
        """Read what `content` gave.

        Raises:
            ValueError: The features are not those of the fingerprint.
        """
        features = MelFeatures(**content["features"])
        if features.fingerprint() != content["features_fingerprint"]:
            raise ValueError("features of another fingerprint")
        return cls(features, content["frames_before"], content["frames_after"])


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
class SoundDescription:
    """Facts that the runtime of a generator of sounds needs beside the graph.

    Args:
        latent_dim: Width of the latent.
        slice_samples: Length of a sound.
        sample_rate_hz: Rate of the sounds.
        num_channels: Their channels.
        label_names: Names of the classes in their order; none for a model without labels.

    Attributes:
        family: Family of the model.
    """

    family: ClassVar[str]

    latent_dim: int
    slice_samples: int
    sample_rate_hz: int
    num_channels: int
    label_names: tuple[str, ...]

    @property
    def signature(self) -> str:
        """The signature that runtimes run: of latents, and of shares of the classes if any."""
        return "generate_mixed" if self.label_names else "generate"

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return asdict(self)

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> SoundDescription:
        """Read what `content` gave."""
        return cls(**{**content, "label_names": tuple(content["label_names"])})


class WaveGANDescription(SoundDescription):
    """Those of a WaveGAN."""

    family = "wavegan"


class SpecGANDescription(SoundDescription):
    """Those of a SpecGAN."""

    family = "specgan"


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
        """Return the facts as JSON has them, some of the features once more where others look."""
        return {
            "sample_rate_hz": self.features.sample_rate_hz,
            "hop_samples": self.features.hop_samples,
            "features_fingerprint": self.features.fingerprint(),
            **asdict(self),
        }

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> AcousticDescription:
        """Read what `content` gave.

        Raises:
            ValueError: The features are not those of the fingerprint.
        """
        features = MelFeatures(**content["features"])
        if features.fingerprint() != content["features_fingerprint"]:
            raise ValueError("features of another fingerprint")
        names = ("symbols", "speakers", "languages", "styles")
        return cls(features, *(tuple(content[name]) for name in names))


Description = (
    EnhancerDescription
    | WindowEnhancerDescription
    | VocoderDescription
    | SoundDescription
    | AcousticDescription
)
KINDS = {
    kind.family: kind
    for kind in (
        EnhancerDescription,
        WindowEnhancerDescription,
        VocoderDescription,
        VocoderStepDescription,
        WaveGANDescription,
        SpecGANDescription,
        AcousticDescription,
    )
}
"""Descriptions by family."""


def write_into_saved_model(description: Description, folder: Path) -> None:
    """Put the description where TF Serving ignores it, and where it tells it to clients.

    That is a file, and the method name of a signature that has neither inputs nor outputs: of all
    that an export holds, a client gets to see the signatures only.

    Args:
        description: Description of the model.
        folder: SavedModel folder.
    """
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    extra = folder / "assets.extra"
    extra.mkdir(exist_ok=True)
    (extra / _NAME).write_text(to_json(description))
    graph_file = folder / "saved_model.pb"
    saved_model = SavedModel.FromString(graph_file.read_bytes())
    for meta_graph in saved_model.meta_graphs:
        meta_graph.signature_def[SIGNATURE_KEY].method_name = to_json(description)
    graph_file.write_bytes(saved_model.SerializeToString())


def append_to_tflite(description: Description, path: Path) -> None:
    """Append the description to a TFLite file as a zip archive, which runtimes skip.

    Args:
        description: Description of the model.
        path: TFLite file.
    """
    with zipfile.ZipFile(path, "a") as archive:
        # A record of fixed date: exported again, a model gives the same file.
        archive.writestr(zipfile.ZipInfo(_NAME), to_json(description))


def read_description(path: Path) -> Description:
    """Read the description of an artefact.

    Args:
        path: SavedModel folder or TFLite file.

    Returns:
        What was written into it.

    Raises:
        InputError: There is none: another program made the artefact, or it is cut off.
    """
    try:
        if path.is_dir():
            return from_json((path / "assets.extra" / _NAME).read_text())
        with zipfile.ZipFile(path) as archive:
            return from_json(archive.read(_NAME).decode())
    except (OSError, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile):
        expected = "an export of tfgan-audio that is whole"
        raise InputError(path, "no description of the model", expected) from None


def to_json(description: Description) -> str:
    """Return a description as JSON text.

    Args:
        description: Description of the model.
    """
    content = {"family": description.family, **description.content()}
    return json.dumps(content, indent=2) + "\n"


def from_json(text: str) -> Description:
    """Read what `to_json` wrote.

    Args:
        text: JSON of one object.

    Raises:
        ValueError: Another text.
        KeyError: Facts are missing.
    """
    content = json.loads(text)
    return KINDS[content.pop("family")].from_content(content)
