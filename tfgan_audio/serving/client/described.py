"""What a served model of this package says of itself."""

from __future__ import annotations

from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.client import Client
from tfgan_audio.serving.description import Description, from_json, to_json

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


def version_described_as(client: Client, choice: Choice, description: Description) -> int:
    """Return the number of the version that serves now, which has to be of the same kind.

    Args:
        client: Client of the server.
        choice: The model.
        description: What an earlier version said of itself.

    Raises:
        InputError: That version is another kind of model.
        StatusError: What the server says.
    """
    found, version = described(client, choice)
    if found != description:
        seen, expected = to_json(found), to_json(description)
        raise InputError(f"{choice[0]} version {version}", seen, expected)
    return version
