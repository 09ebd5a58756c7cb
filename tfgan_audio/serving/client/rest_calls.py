"""Calls over REST, with neither TensorFlow nor gRPC."""

from __future__ import annotations

import asyncio
import functools
import http.client
import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.calls import Call, Choice
from tfgan_audio.serving.client.signatures import ServedModel, Signature, Tensor
from tfgan_audio.serving.decimals import short_decimals
from tfgan_audio.serving.description import SIGNATURE_KEY
from tfgan_audio.serving.status import StatusError, code_of_http_status

_TYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_STRING": "str"}


class RestCalls:
    """Makes calls and sends them over HTTP, one connection a thread.

    Args:
        address: As in "http://localhost:8501"; a path before `/v1` is kept.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host:
            raise InputError("address", address, "http://HOST:PORT")
        is_tls = parts.scheme == "https"
        connection = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
        self._connect = functools.partial(connection, host, port)
        self._prefix = parts.path.rstrip("/")
        self._local = threading.local()

    def predict(
        self, choice: Choice, key: str, arrays: Mapping[str, np.ndarray], outputs: Sequence[str]
    ) -> Call:
        """Return the call that runs a signature; REST computes all outputs of it."""
        values = {}
        for alias, array in arrays.items():
            if array.dtype.kind not in "fiub":
                raise InputError(alias, f"{array.dtype} over REST", "numbers, or gRPC")
            values[alias] = short_decimals(array)
        body = json.dumps({"signature_name": key, "inputs": values}).encode()

        def read(content: dict[str, Any]) -> dict[str, Any]:
            """Return the values of the outputs; of one there is no name."""
            result = content["outputs"]
            named = result if isinstance(result, dict) else {"": result}
            return {alias: np.asarray(value) for alias, value in named.items()}

        return Call(f"POST {self._path(choice)}:predict", body, read)

    def model(self, choice: Choice) -> Call:
        """Return the call that asks for the signatures."""
        return Call(f"GET {self._path(choice)}/metadata", b"", _read_model)

    def states(self, choice: Choice) -> Call:
        """Return the call that asks for the states of the versions."""
        return Call(f"GET {self._path(choice)}", b"", _read_states)

    def send(self, call: Call, timeout_seconds: float) -> Any:
        """Send a call and return the reply."""
        connection = getattr(self._local, "connection", None) or self._connect()
        self._local.connection = connection
        connection.timeout = timeout_seconds
        if connection.sock is not None:
            connection.sock.settimeout(timeout_seconds)
        method, path = call.method.split(" ", 1)
        try:
            connection.request(method, path, call.request, {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
        except TimeoutError:
            connection.close()
            raise StatusError(
                "DEADLINE_EXCEEDED", f"no answer in {timeout_seconds:.3g} s"
            ) from None
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise StatusError("UNAVAILABLE", str(error) or type(error).__name__) from None
        return _content(response.status, body)

    async def send_async(self, call: Call, timeout_seconds: float) -> Any:
        """Send a call in a thread and return the reply."""
        return await asyncio.to_thread(self.send, call, timeout_seconds)

    def close(self) -> None:
        """Close the connection of this thread."""
        if connection := getattr(self._local, "connection", None):
            connection.close()

    async def close_async(self) -> None:
        """Leave the connections to their threads."""

    def _path(self, choice: Choice) -> str:
        """Return the path of a model."""
        path = f"{self._prefix}/v1/models/{quote(choice.model, safe='')}"
        if choice.version is not None:
            path += f"/versions/{choice.version}"
        if choice.label is not None:
            path += f"/labels/{quote(choice.label, safe='')}"
        return path


def _content(status: int, body: bytes) -> dict[str, Any]:
    """Return the JSON of a reply, or raise what it says."""
    try:
        content = json.loads(body)
    except ValueError:
        content = {}
    if status == 200 and isinstance(content, dict):
        return content
    text = content.get("error", "") if isinstance(content, dict) else ""
    raise StatusError(code_of_http_status(status), text or f"HTTP status {status}")


def _read_model(content: dict[str, Any]) -> ServedModel:
    """Return the signatures of a reply."""
    definitions = content["metadata"]["signature_def"]["signature_def"]
    signatures = {
        key: Signature(
            {alias: _tensor(info) for alias, info in definition.get("inputs", {}).items()},
            {alias: _tensor(info) for alias, info in definition.get("outputs", {}).items()},
        )
        for key, definition in definitions.items()
        if not key.startswith("__")
    }
    description = definitions.get(SIGNATURE_KEY, {}).get("method_name", "")
    return ServedModel(int(content["model_spec"]["version"]), signatures, description)


def _read_states(content: dict[str, Any]) -> dict[int, str]:
    """Return the states of a reply, with the reason of a failure."""
    states = {}
    for entry in content["model_version_status"]:
        reason = entry.get("status", {}).get("error_message")
        name = entry["state"]
        states[int(entry["version"])] = f"{name}: {reason}" if reason else name
    return states


def _tensor(info: dict[str, Any]) -> Tensor:
    """Return type and shape of an input or output."""
    dtype = _TYPES.get(info["dtype"], info["dtype"].removeprefix("DT_").lower())
    shape = info.get("tensor_shape", {})
    if shape.get("unknown_rank"):
        return Tensor(dtype, None)
    sizes = (int(dimension["size"]) for dimension in shape.get("dim", []))
    return Tensor(dtype, tuple(None if size < 0 else size for size in sizes))
