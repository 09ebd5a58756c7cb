"""What a served model of this package says of itself."""

from __future__ import annotations

from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.client import Client
from tfgan_audio.serving.description import Description, from_json

Choice = tuple[str, int | None, str | None]
"""Name of a model; number of a version or None; its label or None. Without either, the latest."""


def described(client: Client, choice: Choice) -> tuple[Description, int]:
    """Ask a server for a model's description.

    Args:
        client: Client of the server.
        choice: The model.

    Returns:
        The description, and the number of the version that has it.

    Raises:
        InputError: A model of another program.
        StatusError: What the server says.
    """
    served = client.served(*choice)
    try:
        return from_json(served.description), served.version
    except (ValueError, TypeError, KeyError, AttributeError):
        seen = "no description in its signatures"
        raise InputError(choice[0], seen, "an export of tfgan-audio") from None
