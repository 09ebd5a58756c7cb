"""What an artefact says of itself, so that loading needs nothing but its path."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tfgan_audio.errors import InputError

_NAME = "tfgan_audio.json"


@dataclass(frozen=True)
class Description:
    """Facts that a runtime needs beside the graph.

    Args:
        family: Family of the model, such as "segan".
        sample_rate_hz: Rate of its recordings.
        hop_samples: Samples of a streaming block.
        latency_samples: Samples by which a streaming step is late.
        history_shapes: [frames, width] of each history of the step, in order.
    """

    family: str
    sample_rate_hz: int
    hop_samples: int
    latency_samples: int
    history_shapes: tuple[tuple[int, int], ...]

    def to_json(self) -> str:
        """Return the description as JSON text."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Description:
        """Read what `to_json` wrote."""
        content = json.loads(text)
        shapes = tuple(tuple(shape) for shape in content.pop("history_shapes"))
        return cls(history_shapes=shapes, **content)


def write_into_saved_model(description: Description, folder: Path) -> None:
    """Put the description where TF Serving ignores it.

    Args:
        description: Description of the model.
        folder: SavedModel folder.
    """
    extra = folder / "assets.extra"
    extra.mkdir(exist_ok=True)
    (extra / _NAME).write_text(description.to_json())


def append_to_tflite(description: Description, path: Path) -> None:
    """Append the description to a TFLite file as a zip archive, which runtimes skip.

    Args:
        description: Description of the model.
        path: TFLite file.
    """
    with zipfile.ZipFile(path, "a") as archive:
        # A record of fixed date: exported again, a model gives the same file.
        archive.writestr(zipfile.ZipInfo(_NAME), description.to_json())


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
            return Description.from_json((path / "assets.extra" / _NAME).read_text())
        with zipfile.ZipFile(path) as archive:
            return Description.from_json(archive.read(_NAME).decode())
    except (OSError, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile):
        expected = "an export of tfgan-audio that is whole"
        raise InputError(path, "no description of the model", expected) from None
