"""The gRPC API of TensorFlow Serving: PredictionService and ModelService."""

from __future__ import annotations

import socket
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
)
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest, ReloadConfigResponse
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.model_service_pb2_grpc import (
    ModelServiceServicer,
    add_ModelServiceServicer_to_server,
)
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse
from tensorflow_serving.apis.prediction_service_pb2_grpc import (
    PredictionServiceServicer,
    add_PredictionServiceServicer_to_server,
)

from tfgan_audio.errors import InputError
from tfgan_audio.serving.server.manager import ModelManager
from tfgan_audio.serving.server.predict import predict
from tfgan_audio.serving.server.status_codes import status_of
from tfgan_audio.serving.status import StatusError


class PredictionService(PredictionServiceServicer):
    """Predict and GetModelMetadata; Classify, Regress and MultiInference are UNIMPLEMENTED.

    Args:
        manager: The models.
        as_content: Write outputs as bytes rather than as lists of values.
    """

    def __init__(self, manager: ModelManager, as_content: bool = False) -> None:
        self._manager, self._as_content = manager, as_content

    def Predict(self, request: PredictRequest, context: grpc.ServicerContext) -> PredictResponse:
        """Run a signature."""

        def answer() -> PredictResponse:
            with self._manager.serving(_spec(request)) as servable:
                seconds = context.time_remaining()
                return predict(servable, request, seconds, self._as_content)

        return _answered(context, answer)

    def GetModelMetadata(
        self, request: GetModelMetadataRequest, context: grpc.ServicerContext
    ) -> GetModelMetadataResponse:
        """Tell the signatures of a model."""
        return _answered(context, lambda: metadata(self._manager, request))


class ModelService(ModelServiceServicer):
    """GetModelStatus and HandleReloadConfigRequest.

    Args:
        manager: The models.
    """

    def __init__(self, manager: ModelManager) -> None:
        self._manager = manager

    def GetModelStatus(
        self, request: GetModelStatusRequest, context: grpc.ServicerContext
    ) -> GetModelStatusResponse:
        """Tell the states of a model's versions."""
        return _answered(context, lambda: model_status(self._manager, request))

    def HandleReloadConfigRequest(
        self, request: ReloadConfigRequest, context: grpc.ServicerContext
    ) -> ReloadConfigResponse:
        """Replace the list of models."""
        response = ReloadConfigResponse()

        def answer() -> ReloadConfigResponse:
            if request.config.WhichOneof("config") != "model_config_list":
                text = "ServerModelConfig type not supported by HandleReloadConfigRequest."
                raise StatusError("INVALID_ARGUMENT", f"{text} Only ModelConfigList is supported")
            self._manager.reload(request.config.model_config_list)
            return response

        return _answered(context, answer)


def metadata(manager: ModelManager, request: GetModelMetadataRequest) -> GetModelMetadataResponse:
    """Return the signatures of a model.

    Args:
        manager: The models.
        request: The version, and "signature_def" as the one field there is.

    Raises:
        StatusError: No such version, or another field.
    """
    spec = _spec(request)
    if not request.metadata_field:
        text = "GetModelMetadataRequest must specify at least one metadata_field"
        raise StatusError("INVALID_ARGUMENT", text)
    for field in request.metadata_field:
        if field != "signature_def":
            raise StatusError("INVALID_ARGUMENT", f"Metadata field {field} is not supported")
    signatures, response = SignatureDefMap(), GetModelMetadataResponse()
    with manager.serving(spec) as servable:
        for key, definition in servable.model.signatures.items():
            signatures.signature_def[key].CopyFrom(definition)
            signatures.signature_def[key].ClearField("defaults")
        response.model_spec.name = servable.name
        response.model_spec.version.value = servable.version
    response.metadata["signature_def"].Pack(signatures)
    return response


def model_status(manager: ModelManager, request: GetModelStatusRequest) -> GetModelStatusResponse:
    """Return the states of a model's versions.

    Args:
        manager: The models.
        request: The model, or one version of it.

    Raises:
        StatusError: No such model or version.
    """
    response = GetModelStatusResponse()
    for number, version in manager.states(_spec(request)).items():
        entry = response.model_version_status.add(version=number, state=int(version.state))
        if version.error is not None and version.state == version.state.END:
            entry.status.error_code = _number(version.error.code)
            entry.status.error_message = version.error.text
    return response


def open_grpc_server(
    manager: ModelManager,
    address: tuple[str, int],
    max_message_bytes: int,
    num_threads: int,
    as_content: bool = False,
) -> tuple[grpc.Server, int]:
    """Return a server that is ready to start, and its port.

    Args:
        manager: The models.
        address: Host and port; port 0 takes a free one.
        max_message_bytes: Largest request.
        num_threads: Requests that are worked on at a time.
        as_content: Write outputs as bytes rather than as lists of values.

    Raises:
        InputError: An address that is taken or not of this machine.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(num_threads),
        options=[
            ("grpc.max_receive_message_length", max_message_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),
        ],
    )
    add_PredictionServiceServicer_to_server(PredictionService(manager, as_content), server)
    add_ModelServiceServicer_to_server(ModelService(manager), server)
    host, port = address
    try:  # of a name gRPC takes all addresses, and is content with those that are free
        return server, server.add_insecure_port(f"{socket.gethostbyname(host)}:{port}")
    except (OSError, RuntimeError):
        seen = "an address that is taken, or not of this machine"
        raise InputError(f"{host}:{port}", seen, "a free port") from None


def _spec(request: Any) -> ModelSpec:
    """Return the model that a request is for."""
    if not request.HasField("model_spec"):
        raise StatusError("INVALID_ARGUMENT", "Missing ModelSpec")
    return request.model_spec


def _number(code: str) -> int:
    """Return the number of a gRPC code."""
    return grpc.StatusCode[code].value[0]


def _answered(context: grpc.ServicerContext, answer: Callable[[], Any]) -> Any:
    """Return an answer, or end the call with a code and a text."""
    try:
        return answer()
    except Exception as error:
        status = status_of(error)
        context.abort(grpc.StatusCode[status.code], status.wire_text)
