"""What a server knows of one version of a model."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from tfgan_audio.serving.server.servable import Servable
from tfgan_audio.serving.status import StatusError


class State(enum.IntEnum):
    """States of a version, by the numbers of TensorFlow Serving."""

    LOADING = 20
    AVAILABLE = 30
    UNLOADING = 40
    END = 50


@dataclass
class Version:
    """One version, from its first load on.

    Args:
        number: Its number.
        state: Where it is in its life.
        servable: What answers; None unless the state is AVAILABLE.
        error: Why the last load failed.
        num_failures: Loads that have failed.
        next_try: When to load it, on the monotonic clock.
        num_users: Requests that are being answered.
        may_return: Whether its folder has been away, so that it counts as new.
    """

    number: int
    state: State = State.LOADING
    servable: Servable | None = None
    error: StatusError | None = None
    num_failures: int = 0
    next_try: float = 0.0
    num_users: int = 0
    may_return: bool = False

    def started(self, servable: Servable) -> None:
        """Begin to answer.

        Args:
            servable: What answers from now on.
        """
        self.state, self.servable, self.error = State.AVAILABLE, servable, None

    def failed(self, error: StatusError, is_last: bool, next_try: float) -> None:
        """Note a load that failed.

        Args:
            error: Why.
            is_last: Whether to leave it at that.
            next_try: When to try again otherwise.
        """
        self.error, self.next_try = error, next_try
        self.num_failures += 1
        self.state = State.END if is_last else State.LOADING

    def stopped(self) -> Servable:
        """Answer no further request, and return what is to be closed."""
        servable, self.servable = self.servable, None
        self.state = State.UNLOADING
        return servable
