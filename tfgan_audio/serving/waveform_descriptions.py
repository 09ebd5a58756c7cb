"""What exports of enhancers and of generators of sounds say of themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


class _PlainFacts:
    """Facts that JSON holds as they are, but for its lists, which are tuples here."""

    def content(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return asdict(self)

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Any:
        """Read what `content` gave."""
        return cls(**{name: _with_tuples(value) for name, value in content.items()})


@dataclass(frozen=True)
class EnhancerDescription(_PlainFacts):
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


@dataclass(frozen=True)
class WindowEnhancerDescription(_PlainFacts):
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


@dataclass(frozen=True)
class SoundDescription(_PlainFacts):
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


class WaveGANDescription(SoundDescription):
    """Those of a WaveGAN."""

    family = "wavegan"


class SpecGANDescription(SoundDescription):
    """Those of a SpecGAN."""

    family = "specgan"


def _with_tuples(value: Any) -> Any:
    """Return a value of JSON with tuples in place of lists."""
    return tuple(map(_with_tuples, value)) if isinstance(value, list) else value
