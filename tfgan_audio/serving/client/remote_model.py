"""A served model of any family, used like a local one."""

from __future__ import annotations

import re

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.client import Client
from tfgan_audio.serving.client.described import described, version_described_as
from tfgan_audio.serving.client.remote_enhancer import remote_enhancer
from tfgan_audio.serving.status import StatusError
from tfgan_audio.serving.verbs import Opened, opened
from tfgan_audio.serving.waveform_descriptions import EnhancerDescription

_ADDRESS = re.compile(
    r"(?:grpc://([^/]+)|(https?://[^/]+))(?:/v1/models)?"
    r"/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?"
)


def open_served(address: str) -> Opened:
    """Open a served model by its address, so that it is used like one on the disk.

    Args:
        address: "grpc://HOST:PORT/NAME" or, as the REST API has it,
            "http://HOST:PORT/v1/models/NAME"; with "/versions/N" or "/labels/L" behind it where it
            is not to be the latest.

    Raises:
        InputError: No such address, nobody who answers there, or a model of another program.
    """
    found = _ADDRESS.fullmatch(address)
    if not found:
        expected = "grpc://HOST:PORT/NAME or http://HOST:PORT/v1/models/NAME"
        raise InputError("address", address, expected)
    grpc_address, rest_address, name, version, label = found.groups()
    client = Client(grpc_address or rest_address)
    try:
        return remote_model(client, name, None if version is None else int(version), label)
    except StatusError as error:
        raise InputError(address, error, "a served model") from None


def remote_model(
    client: Client, model: str, version: int | None = None, label: str | None = None
) -> Opened:
    """Return an object with the verb of a served model.

    What is long goes over the wire in parts, which join without a seam, and each sound of a
    generator by itself. All go to one version; where that one is unloaded, to the next, if it is of
    the same kind.

    Args:
        client: Client of the server.
        model: Name of the model.
        version: Number; None for the latest.
        label: Label instead of a number.

    Raises:
        InputError: A model of another program.
        StatusError: What the server says.
    """
    choice = (model, version, label)
    description, served_version = described(client, choice)
    if isinstance(description, EnhancerDescription):
        return remote_enhancer(client, *choice)

    def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        nonlocal served_version
        try:
            return client.predict(model, inputs, description.signature, version=served_version)
        except StatusError as error:
            if error.code != "NOT_FOUND":
                raise
        served_version = version_described_as(client, choice, description)
        return client.predict(model, inputs, description.signature, version=served_version)

    return opened(description, run)
