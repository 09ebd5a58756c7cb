"""The REST API of TensorFlow Serving, version 1."""

from __future__ import annotations

import json
import logging
import re
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from google.protobuf.json_format import MessageToDict
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest, SignatureDefMap
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_pb2 import ModelSpec

from tfgan_audio.errors import InputError
from tfgan_audio.serving.server.grpc_services import metadata, model_status
from tfgan_audio.serving.server.json_predict import predict_json
from tfgan_audio.serving.server.manager import ModelManager
from tfgan_audio.serving.server.status_codes import status_of
from tfgan_audio.serving.status import StatusError

_LOG = logging.getLogger(__name__)
_GZIP = 31  # what zlib calls that format
_MODEL = r"/v1/models/([^/:]+)(?:/versions/(\d+)|/labels/([^/:]+))?"
_POST = re.compile(rf"{_MODEL}:(classify|regress|predict)", re.I)
_GET = re.compile(rf"{_MODEL}(/metadata)?", re.I)


class RestServer(ThreadingHTTPServer):
    """An HTTP server that knows the models.

    Args:
        address: Host and port.
        manager: The models.
        max_message_bytes: Largest body.
        timeout_seconds: Time for a request.
    """

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        manager: ModelManager,
        max_message_bytes: int,
        timeout_seconds: float,
    ) -> None:
        self.manager = manager
        self.max_message_bytes, self.timeout_seconds = max_message_bytes, timeout_seconds
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note a connection that broke, which is the client's affair."""
        _LOG.info("a connection from %s broke", client_address, exc_info=True)


def open_rest_server(
    manager: ModelManager,
    address: tuple[str, int],
    max_message_bytes: int,
    timeout_seconds: float,
) -> RestServer:
    """Return a server that is ready to `serve_forever`.

    Args:
        manager: The models.
        address: Host and port; port 0 takes a free one.
        max_message_bytes: Largest body.
        timeout_seconds: Time for a request.

    Raises:
        InputError: An address that is taken or not of this machine.
    """
    try:
        return RestServer(address, manager, max_message_bytes, timeout_seconds)
    except OSError as error:
        raise InputError(f"{address[0]}:{address[1]}", error.strerror, "a free port") from None


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: RestServer

    def do_GET(self) -> None:
        """Answer a request for states or signatures."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a request for a prediction."""
        self._answer()

    def log_message(self, form: str, *values: object) -> None:
        """Log as the rest of the package does."""
        _LOG.debug(form, *values)

    def _answer(self) -> None:
        """Send what was asked for, or why not."""
        try:
            body = self._body()
            if not self.path.lower().startswith("/v1/"):
                self._send(404, {"error": "Not Found"})
                return
            self._send(200, self._result(body))
        except Exception as error:
            status = status_of(error)
            self._send(status.http_status, {"error": status.wire_text})

    def _body(self) -> bytes:
        """Read the body, unpacked where it is packed."""
        length = self.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True  # where the body ends is not known
            raise StatusError("UNIMPLEMENTED", "Only bodies with a Content-Length are read")
        try:
            self._check_size(int(length))
        except StatusError:
            self.close_connection = True  # the body stays unread
            raise
        body = self.rfile.read(int(length))
        if self.headers.get("Content-Encoding", "").lower() != "gzip":
            return body
        unpacking = zlib.decompressobj(_GZIP)
        try:
            unpacked = unpacking.decompress(body, self.server.max_message_bytes + 1)
        except zlib.error as error:
            raise StatusError("INVALID_ARGUMENT", f"Failed to uncompress body: {error}") from None
        self._check_size(len(unpacked))
        if not unpacking.eof:
            raise StatusError("INVALID_ARGUMENT", "Failed to uncompress body: it is cut off")
        return unpacked

    def _check_size(self, num_bytes: int) -> None:
        """Refuse a body that is too large."""
        if num_bytes > self.server.max_message_bytes:
            text = f"Received message larger than max ({num_bytes} vs."
            raise StatusError("RESOURCE_EXHAUSTED", f"{text} {self.server.max_message_bytes})")

    def _result(self, body: bytes) -> dict[str, Any]:
        """Return what was asked for."""
        path, manager = self.path.partition("?")[0], self.server.manager
        if self.command == "POST" and (match := _POST.fullmatch(path)):
            if match[4].lower() != "predict":
                raise StatusError("UNIMPLEMENTED", f"{match[4]} is not served here; predict is")
            with manager.serving(_spec(match)) as servable:
                return predict_json(servable, body, self.server.timeout_seconds)
        if self.command == "GET" and (match := _GET.fullmatch(path)):
            return _metadata(manager, match) if match[4] else _status(manager, match)
        raise StatusError("INVALID_ARGUMENT", f"Malformed request: {self.command} {self.path}")

    def _send(self, status: int, content: dict[str, Any]) -> None:
        """Send JSON."""
        body = json.dumps(content, indent=None if status == 200 else 1).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _spec(match: re.Match[str]) -> ModelSpec:
    """Return the model that a path names."""
    spec = ModelSpec(name=match[1])
    if match[2]:
        if int(match[2]) >= 2**63:
            text = f"Failed to convert version: {match[2]} to numeric."
            raise StatusError("INVALID_ARGUMENT", text)
        spec.version.value = int(match[2])
    elif match[3]:
        spec.version_label = match[3]
    return spec


def _status(manager: ModelManager, match: re.Match[str]) -> dict[str, Any]:
    """Return the states of a model's versions."""
    response = model_status(manager, GetModelStatusRequest(model_spec=_spec(match)))
    entries = []
    for entry in MessageToDict(response, preserving_proto_field_name=True)["model_version_status"]:
        status = {"error_code": "OK", "error_message": "", **entry.get("status", {})}
        entries.append({**entry, "status": status})
    return {"model_version_status": entries}


def _metadata(manager: ModelManager, match: re.Match[str]) -> dict[str, Any]:
    """Return the signatures of a version."""
    request = GetModelMetadataRequest(model_spec=_spec(match), metadata_field=["signature_def"])
    response = metadata(manager, request)
    signatures = SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    spec = {"name": response.model_spec.name, "signature_name": ""}
    spec["version"] = str(response.model_spec.version.value)
    content = MessageToDict(signatures, preserving_proto_field_name=True, **_with_defaults())
    return {"model_spec": spec, "metadata": {"signature_def": content}}


def _with_defaults() -> dict[str, bool]:
    """Return what makes JSON name fields that have no value, as each protobuf calls it."""
    import inspect

    names = inspect.signature(MessageToDict).parameters
    new = "always_print_fields_with_no_presence"
    return {new if new in names else "including_default_value_fields": True}
