"""What an artefact says of itself, so that loading needs nothing but its path."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tfgan_audio.errors import InputError
from tfgan_audio.serving.mel_descriptions import (
    AcousticDescription,
    VocoderDescription,
    VocoderStepDescription,
)
from tfgan_audio.serving.waveform_descriptions import (
    EnhancerDescription,
    SoundDescription,
    SpecGANDescription,
    WaveGANDescription,
    WindowEnhancerDescription,
)

_NAME = "tfgan_audio.json"
SIGNATURE_KEY = "__tfgan_audio"

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
