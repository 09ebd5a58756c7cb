"""What a client does before and after it sends, whether it waits or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.calls import Attempts, Call, Carrier, Choice
from tfgan_audio.serving.client.signatures import ServedModel, Tensor

Arrays = dict[str, np.ndarray]
DEFAULT_SIGNATURE = "serving_default"


class BaseClient:
    """What both clients share: the carrier, and what is known of the models.

    Args:
        address: "HOST:PORT" for gRPC, "http://HOST:PORT" for REST.
        timeout_seconds: Time for a request with all its tries.
        retry_seconds: How long a server that is UNAVAILABLE is tried again.

    Raises:
        InputError: No address, or times that are not above 0.
    """

    def __init__(
        self, address: str, timeout_seconds: float = 30.0, retry_seconds: float = 10.0
    ) -> None:
        if not timeout_seconds > 0.0:
            raise InputError("timeout_seconds", timeout_seconds, "a time above 0")
        self.address = address
        self._timeout_seconds, self._retry_seconds = timeout_seconds, retry_seconds
        self._carrier = _carrier(address)
        self._known: dict[Choice, ServedModel] = {}

    def _attempts(self) -> Attempts:
        """Return the tries of a request."""
        return Attempts(self._timeout_seconds, self._retry_seconds)

    def _predict_call(
        self,
        choice: Choice,
        served: ServedModel,
        inputs: Mapping[str, Any],
        key: str,
        outputs: Sequence[str],
    ) -> Call:
        """Return the call of a prediction whose inputs fit, and whose reply is as the gRPC one."""
        arrays = served.fitting(choice.model, key, inputs)
        expected = served.signatures[key].outputs
        if unknown := sorted(set(outputs) - set(expected)):
            expected_names = " or ".join(sorted(expected))
            raise InputError(f"outputs of {choice.model} {key}", unknown[0], expected_names)
        call = self._carrier.predict(choice, key, arrays, outputs)

        def read(reply: Any) -> Arrays:
            """Name, type and shape the arrays; REST tells little of that."""
            found = call.read(reply)
            if set(found) == {""}:
                found = {next(iter(expected)): found[""]}
            wanted = outputs or found
            return {alias: _as_said(found[alias], expected[alias]) for alias in wanted}

        return Call(call.method, call.request, read)


def _carrier(address: str) -> Carrier:
    """Return what carries calls to an address."""
    if address.startswith(("http://", "https://")):
        from tfgan_audio.serving.client.rest_calls import RestCalls

        return RestCalls(address)
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in address:
        raise InputError("address", address, "HOST:PORT for gRPC or http://HOST:PORT for REST")
    from tfgan_audio.serving.client.grpc_calls import GrpcCalls

    return GrpcCalls(address)


def _as_said(array: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Return an array in the type of the signature; an empty one has lost axes as JSON."""
    if tensor.dtype == "str":
        return array
    array = np.asarray(array, tensor.dtype)
    if not array.size and tensor.shape is not None and array.ndim < len(tensor.shape):
        rest = (size or 0 for size in tensor.shape[array.ndim :])
        return array.reshape(*array.shape, *rest)
    return array
