"""One request to a model server, whatever carries it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.serving.status import StatusError

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 2.0


@dataclass(frozen=True)
class Choice:
    """A model, and which of its versions.

    Args:
        model: Name.
        version: Number; None for the latest.
        label: Label instead of a number.
    """

    model: str
    version: int | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        """Refuse a version and a label at once."""
        if self.version is not None and self.label is not None:
            seen = f"{self.version} beside the label {self.label}"
            raise InputError("version", seen, "a version or a label")


@dataclass(frozen=True)
class Call:
    """A request that is ready to be sent.

    Args:
        method: What to call.
        request: What to send.
        read: Makes the result of the reply.
    """

    method: str
    request: Any
    read: Callable[[Any], Any]


class Carrier(Protocol):
    """Makes calls and sends them; a failure is a `StatusError`."""

    def predict(
        self, choice: Choice, key: str, arrays: Mapping[str, np.ndarray], outputs: Sequence[str]
    ) -> Call:
        """Return the call that runs a signature."""

    def model(self, choice: Choice) -> Call:
        """Return the call that asks for the signatures; its result is a `ServedModel`."""

    def states(self, choice: Choice) -> Call:
        """Return the call that asks for the states of the versions."""

    def send(self, call: Call, timeout_seconds: float) -> Any:
        """Send a call and return the reply."""

    async def send_async(self, call: Call, timeout_seconds: float) -> Any:
        """Send a call and return the reply."""

    def close(self) -> None:
        """Close the connections."""

    async def close_async(self) -> None:
        """Close the connections."""


class Attempts:
    """The time that one request has, and the pauses between its tries.

    Only UNAVAILABLE is tried again: the server is starting, or its queue is full. Everything else
    would fail again.

    Args:
        timeout_seconds: Time for the request, its tries and their pauses.
        retry_seconds: Time after which a failed try is the last.
    """

    def __init__(self, timeout_seconds: float, retry_seconds: float) -> None:
        self._start = time.monotonic()
        self._timeout_seconds, self._retry_seconds = timeout_seconds, retry_seconds
        self._pause_seconds = _FIRST_PAUSE_SECONDS

    @property
    def seconds_left(self) -> float:
        """What is left of the time, as the deadline of a try."""
        return max(0.001, self._timeout_seconds - (time.monotonic() - self._start))

    def pause_after(self, error: StatusError) -> float:
        """Return the seconds to wait before the next try.

        Args:
            error: Why the last one failed.

        Raises:
            StatusError: The same, where there is to be no other try.
        """
        pause, self._pause_seconds = (
            self._pause_seconds * random.uniform(0.5, 1.0),
            min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS),
        )
        spent = time.monotonic() - self._start + pause
        if error.code != "UNAVAILABLE" or spent > min(self._retry_seconds, self._timeout_seconds):
            raise error
        return pause
