"""Calls over gRPC."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
    ModelVersionStatus,
)
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest, ReloadConfigResponse
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from tfgan_audio.serving.client.calls import Call, Choice
from tfgan_audio.serving.client.signatures import ServedModel, Signature, Tensor
from tfgan_audio.serving.description import SIGNATURE_KEY
from tfgan_audio.serving.status import StatusError

_OPTIONS = [
    ("grpc.max_receive_message_length", -1),  # 4 MiB otherwise, which is 65 s at 16 kHz
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_retries", 0),  # only large messages would be left out of them
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
]


class GrpcCalls:
    """Makes calls and sends them over gRPC.

    Args:
        address: Host and port, as in "localhost:8500".
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._channel = self._stubs = None
        self._opening = threading.Lock()  # threads may share a client
        self._async_channel = self._async_stubs = None

    def predict(
        self, choice: Choice, key: str, arrays: Mapping[str, np.ndarray], outputs: Sequence[str]
    ) -> Call:
        """Return the call that runs a signature."""
        request = PredictRequest(model_spec=_spec(choice), output_filter=outputs)
        request.model_spec.signature_name = key
        for alias, array in arrays.items():
            request.inputs[alias].CopyFrom(tf.make_tensor_proto(array))
        return Call("Predict", request, _read_prediction)

    def model(self, choice: Choice) -> Call:
        """Return the call that asks for the signatures."""
        request = GetModelMetadataRequest(
            model_spec=_spec(choice), metadata_field=["signature_def"]
        )
        return Call("GetModelMetadata", request, _read_model)

    def states(self, choice: Choice) -> Call:
        """Return the call that asks for the states of the versions."""
        request = GetModelStatusRequest(model_spec=_spec(choice))
        return Call("GetModelStatus", request, _read_states)

    def reload(self, config: Any) -> Call:
        """Return the call that replaces the list of models."""
        request = ReloadConfigRequest()
        request.config.model_config_list.CopyFrom(config)
        return Call("HandleReloadConfigRequest", request, _read_reload)

    def send(self, call: Call, timeout_seconds: float) -> Any:
        """Send a call and return the reply."""
        with self._opening:
            if self._channel is None:
                self._channel = grpc.insecure_channel(self._address, options=_OPTIONS)
                self._stubs = _stubs(self._channel)
        try:
            return getattr(self._stubs, call.method)(call.request, timeout=timeout_seconds)
        except grpc.RpcError as error:
            raise StatusError(error.code().name, error.details()) from None

    async def send_async(self, call: Call, timeout_seconds: float) -> Any:
        """Send a call and return the reply."""
        if self._async_channel is None:
            self._async_channel = grpc.aio.insecure_channel(self._address, options=_OPTIONS)
            self._async_stubs = _stubs(self._async_channel)
        try:
            method = getattr(self._async_stubs, call.method)
            return await method(call.request, timeout=timeout_seconds)
        except grpc.RpcError as error:
            raise StatusError(error.code().name, error.details()) from None

    def close(self) -> None:
        """Close the connection."""
        if self._channel is not None:
            self._channel.close()

    async def close_async(self) -> None:
        """Close the connection."""
        if self._async_channel is not None:
            await self._async_channel.close()


class _Stubs:
    """The methods of both services."""


def _stubs(channel: Any) -> _Stubs:
    """Return the methods of both services, by name."""
    stubs = _Stubs()
    for stub in (PredictionServiceStub(channel), ModelServiceStub(channel)):
        vars(stubs).update(vars(stub))
    return stubs


def _spec(choice: Choice) -> ModelSpec:
    """Return a choice as a message."""
    spec = ModelSpec(name=choice.model)
    if choice.version is not None:
        spec.version.value = choice.version
    if choice.label is not None:
        spec.version_label = choice.label
    return spec


def _read_prediction(response: PredictResponse) -> dict[str, np.ndarray]:
    """Return the arrays of a reply."""
    return {alias: tf.make_ndarray(message) for alias, message in response.outputs.items()}


def _read_model(response: GetModelMetadataResponse) -> ServedModel:
    """Return the signatures of a reply."""
    definitions = SignatureDefMap()
    response.metadata["signature_def"].Unpack(definitions)
    signatures = {
        key: _signature(definition)
        for key, definition in definitions.signature_def.items()
        if not key.startswith("__")
    }
    # Looked up in this way, a key that is missing would be added.
    has_description = SIGNATURE_KEY in definitions.signature_def
    definition = definitions.signature_def[SIGNATURE_KEY] if has_description else SignatureDef()
    return ServedModel(response.model_spec.version.value, signatures, definition.method_name)


def _read_states(response: GetModelStatusResponse) -> dict[int, str]:
    """Return the states of a reply, with the reason of a failure."""
    states = {}
    for entry in response.model_version_status:
        name, reason = ModelVersionStatus.State.Name(entry.state), entry.status.error_message
        states[entry.version] = f"{name}: {reason}" if reason else name
    return states


def _read_reload(response: ReloadConfigResponse) -> None:
    """Raise what a reply says of a reload that failed."""
    if response.status.error_code:
        code = next(c for c in grpc.StatusCode if c.value[0] == response.status.error_code)
        raise StatusError(code.name, response.status.error_message)


def _signature(definition: SignatureDef) -> Signature:
    """Return a signature."""
    return Signature(
        {alias: _tensor(info) for alias, info in definition.inputs.items()},
        {alias: _tensor(info) for alias, info in definition.outputs.items()},
    )


def _tensor(info: TensorInfo) -> Tensor:
    """Return type and shape of an input or output."""
    dtype = tf.as_dtype(info.dtype)
    name = "str" if dtype == tf.string else dtype.name
    if info.tensor_shape.unknown_rank:
        return Tensor(name, None)
    sizes = (dimension.size for dimension in info.tensor_shape.dim)
    return Tensor(name, tuple(None if size < 0 else size for size in sizes))
