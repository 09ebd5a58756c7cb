"""The client that waits for its replies."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.base_client import DEFAULT_SIGNATURE, Arrays, BaseClient
from tfgan_audio.serving.client.calls import Call, Choice
from tfgan_audio.serving.client.padding import pad_batch, trim_batch
from tfgan_audio.serving.client.signatures import ServedModel
from tfgan_audio.serving.status import StatusError


class Client(BaseClient):
    """A client of a model server, for any number of threads.

    Args:
        address: "HOST:PORT" for gRPC, "http://HOST:PORT" for REST.
        timeout_seconds: Time for a request with all its tries.
        retry_seconds: How long a server that is UNAVAILABLE is tried again; nothing else is.

    Raises:
        InputError: No address, or times that are not above 0.
    """

    def __enter__(self) -> Client:
        """Return the client itself."""
        return self

    def __exit__(self, *unused: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._carrier.close()

    def states(
        self, model: str, version: int | None = None, label: str | None = None
    ) -> dict[int, str]:
        """Return the states of a model's versions, with the reason of a failure.

        Args:
            model: Name of the model.
            version: One version only.
            label: The version of this label only.

        Raises:
            StatusError: What the server says.
        """
        return self._result(self._carrier.states(Choice(model, version, label)))

    def served(
        self, model: str, version: int | None = None, label: str | None = None
    ) -> ServedModel:
        """Ask for the signatures of a model.

        Args:
            model: Name of the model.
            version: Number; None for the latest.
            label: Label instead of a number.

        Raises:
            StatusError: What the server says.
        """
        choice = Choice(model, version, label)
        self._known[choice] = self._result(self._carrier.model(choice))
        return self._known[choice]

    def predict(
        self,
        model: str,
        inputs: Mapping[str, Any],
        signature: str = DEFAULT_SIGNATURE,
        outputs: Sequence[str] = (),
        version: int | None = None,
        label: str | None = None,
    ) -> Arrays:
        """Run a signature of a model.

        Args:
            model: Name of the model.
            inputs: Arrays by alias; checked against the signature before they are sent.
            signature: Key of the signature.
            outputs: Aliases of the outputs that are wanted; all where none is named.
            version: Number; None for the latest.
            label: Label instead of a number.

        Returns:
            Arrays by alias.

        Raises:
            InputError: Inputs or outputs that the signature does not have, or a value that does
                not fit.
            StatusError: What the server says.
        """
        choice = Choice(model, version, label)
        served = self._known.get(choice) or self.served(model, version, label)
        call = self._predict_call(choice, served, inputs, signature, outputs)
        try:
            return self._result(call)
        except StatusError:
            self._known.pop(choice, None)  # another version may be there by now
            raise

    def predict_batch(
        self,
        model: str,
        inputs: Mapping[str, Sequence[np.ndarray]],
        signature: str = DEFAULT_SIGNATURE,
        scale: int = 1,
        version: int | None = None,
        label: str | None = None,
    ) -> dict[str, list[np.ndarray]]:
        """Run a signature on things of several lengths, padded to one batch and trimmed again.

        Exact for models that do not look ahead, such as a causal enhancer.

        Args:
            model: Name of the model.
            inputs: Arrays [T, ...] of any lengths by alias; the same lengths for each alias.
            signature: Key of the signature.
            scale: Steps of an output for each step of an input, as the hop of a vocoder.
            version: Number; None for the latest.
            label: Label instead of a number.

        Raises:
            InputError: As `predict`, or lengths that do not agree.
            StatusError: What the server says.
        """
        padded, lengths = pad_batch(inputs)
        arrays = self.predict(model, padded, signature, version=version, label=label)
        return trim_batch(arrays, lengths, scale)

    def reload(self, models: Any) -> None:
        """Replace the server's list of models; over gRPC.

        Args:
            models: A `ModelConfigList`, as `server.model_configs` makes it.

        Raises:
            InputError: A client of the REST API, which has no such request.
            StatusError: What the server says.
        """
        if not hasattr(self._carrier, "reload"):
            raise InputError("address", self.address, "one of gRPC, as in localhost:8500")
        self._result(self._carrier.reload(models))
        self._known.clear()

    def _result(self, call: Call) -> Any:
        """Send a call, again where the server is unavailable, and return its result."""
        attempts = self._attempts()
        while True:
            try:
                return call.read(self._carrier.send(call, attempts.seconds_left))
            except StatusError as error:
                time.sleep(attempts.pause_after(error))
