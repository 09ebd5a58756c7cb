"""A served model of any family, used like a local one."""

from __future__ import annotations

import numpy as np

from tfgan_audio.serving.backends import opened
from tfgan_audio.serving.client.client import Client
from tfgan_audio.serving.client.described import described
from tfgan_audio.serving.client.remote_enhancer import remote_enhancer
from tfgan_audio.serving.description import EnhancerDescription
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.vocoder import Vocoder


def remote_model(
    client: Client, model: str, version: int | None = None, label: str | None = None
) -> Enhancer | Vocoder:
    """Return an object with the verb of a served model.

    What is long goes over the wire in parts, which join without a seam. Of a vocoder each request
    goes to the version that is chosen then.

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
    description, _ = described(client, choice)
    if isinstance(description, EnhancerDescription):
        return remote_enhancer(client, *choice)

    def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        signature = description.signature
        return client.predict(model, inputs, signature, version=version, label=label)

    return opened(description, run)
