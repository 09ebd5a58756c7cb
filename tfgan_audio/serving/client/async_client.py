"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfgan_audio.serving.client.base_client import DEFAULT_SIGNATURE, Arrays, BaseClient
from tfgan_audio.serving.client.calls import Call, Choice
from tfgan_audio.serving.client.padding import pad_batch, trim_batch
from tfgan_audio.serving.client.signatures import ServedModel
from tfgan_audio.serving.status import StatusError


class AsyncClient(BaseClient):
    """A client as `Client`, for asyncio; use it in one event loop.

    Args:
        address: "HOST:PORT" for gRPC, "http://HOST:PORT" for REST (in threads).
        timeout_seconds: Time for a request with all its tries.
        retry_seconds: How long a server that is UNAVAILABLE is tried again; nothing else is.

    Raises:
        InputError: No address, or times that are not above 0.
    """

    async def __aenter__(self) -> AsyncClient:
        """Return the client itself."""
        return self

    async def __aexit__(self, *unused: object) -> None:
        """Close the connection."""
        await self._carrier.close_async()

    async def states(
        self, model: str, version: int | None = None, label: str | None = None
    ) -> dict[int, str]:
        """As `Client.states`."""
        return await self._result(self._carrier.states(Choice(model, version, label)))

    async def served(
        self, model: str, version: int | None = None, label: str | None = None
    ) -> ServedModel:
        """As `Client.served`."""
        choice = Choice(model, version, label)
        self._known[choice] = await self._result(self._carrier.model(choice))
        return self._known[choice]

    async def predict(
        self,
        model: str,
        inputs: Mapping[str, Any],
        signature: str = DEFAULT_SIGNATURE,
        outputs: Sequence[str] = (),
        version: int | None = None,
        label: str | None = None,
    ) -> Arrays:
        """As `Client.predict`."""
        choice = Choice(model, version, label)
        served = self._known.get(choice) or await self.served(model, version, label)
        call = self._predict_call(choice, served, inputs, signature, outputs)
        try:
            return await self._result(call)
        except StatusError:
            self._known.pop(choice, None)  # another version may be there by now
            raise

    async def predict_batch(
        self,
        model: str,
        inputs: Mapping[str, Sequence[np.ndarray]],
        signature: str = DEFAULT_SIGNATURE,
        scale: int = 1,
        version: int | None = None,
        label: str | None = None,
    ) -> dict[str, list[np.ndarray]]:
        """As `Client.predict_batch`."""
        padded, lengths = pad_batch(inputs)
        arrays = await self.predict(model, padded, signature, version=version, label=label)
        return trim_batch(arrays, lengths, scale)

    async def _result(self, call: Call) -> Any:
        """Send a call, again where the server is unavailable, and return its result."""
        attempts = self._attempts()
        while True:
            try:
                return call.read(await self._carrier.send_async(call, attempts.seconds_left))
            except StatusError as error:
                await asyncio.sleep(attempts.pause_after(error))
