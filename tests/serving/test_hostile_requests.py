"""What no model can use is refused over both protocols, and the server answers as before."""

import http.client
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in

GOOD = np.random.default_rng(0).uniform(-0.5, 0.5, [1, 700, 1]).astype(np.float32)
BAD = {
    "a rank too few": (GOOD[0], "input noisy: got shape [700, 1], expected [?, ?, 1]"),
    "a rank too many": (GOOD[None], "input noisy: got shape [1, 1, 700, 1], expected [?, ?, 1]"),
    "a scalar": (GOOD[0, 0, 0], "input noisy: got shape [], expected [?, ?, 1]"),
    "two channels": (np.tile(GOOD, 2), "input noisy: got shape [1, 700, 2], expected [?, ?, 1]"),
    "NaN": (np.float32(np.nan) * GOOD, "noisy : Tensor had NaN values"),
    "infinity": (GOOD - np.float32(np.inf), "noisy : Tensor had Inf"),
    "no sample": (GOOD[:, :0], ""),
    "no recording": (GOOD[:0], ""),
    "another type": (np.full([1, 700, 1], b"text"), ""),
}


@pytest.fixture(scope="module")
def server(exported) -> Iterator[Server]:
    """A server of the small enhancer."""
    options = ServerOptions(grpc_port=0, rest_port=0)
    with Server(models_in(exported.saved_model.parent), options) as server:
        yield server


@pytest.fixture
def over_grpc(server) -> Iterator[Callable]:
    """Return a function that sends an array and returns an answer, or a code and a text."""
    with grpc.insecure_channel(server.grpc_address) as channel:
        stub = PredictionServiceStub(channel)

        def ask(noisy: np.ndarray | TensorProto) -> np.ndarray | tuple[str, str]:
            request = PredictRequest()
            request.model_spec.name = "segan"
            is_array = isinstance(noisy, np.ndarray | np.generic)
            request.inputs["noisy"].CopyFrom(tf.make_tensor_proto(noisy) if is_array else noisy)
            try:
                return tf.make_ndarray(stub.Predict(request, timeout=60).outputs["enhanced"])
            except grpc.RpcError as error:
                return error.code().name, error.details()

        yield ask


@pytest.fixture
def over_rest(server) -> Callable:
    """The same over REST."""

    def ask(noisy: np.ndarray) -> np.ndarray | tuple[int, str]:
        connection = http.client.HTTPConnection(urlsplit(server.rest_address).netloc, timeout=60)
        text = json.dumps(
            {"inputs": noisy.astype(str if noisy.dtype.kind == "S" else "f8").tolist()}
        )
        connection.request("POST", "/v1/models/segan:predict", text)
        response = connection.getresponse()
        content = json.loads(response.read())
        connection.close()
        if response.status == 200:
            return np.float32(content["outputs"])
        return response.status, content["error"]

    return ask


@pytest.mark.parametrize("fault", BAD)
def test_grpc_refuses_what_no_model_can_use(exported, over_grpc, fault: str) -> None:
    noisy, text = BAD[fault]
    code, seen = over_grpc(noisy)
    assert code == "INVALID_ARGUMENT" and text in seen
    np.testing.assert_allclose(over_grpc(GOOD)[0, :, 0], exported.offline(GOOD[0, :, 0]), atol=1e-5)


@pytest.mark.parametrize("fault", BAD)
def test_rest_refuses_what_no_model_can_use(exported, over_rest, fault: str) -> None:
    noisy, text = BAD[fault]
    status, seen = over_rest(noisy)
    assert status == 400 and text in seen
    np.testing.assert_allclose(over_rest(GOOD)[0, :, 0], exported.offline(GOOD[0, :, 0]), atol=1e-5)


@pytest.mark.parametrize("kind", [np.float64, np.int16, np.bool_])
def test_grpc_converts_no_types(exported, over_grpc, kind: type) -> None:
    code, seen = over_grpc(GOOD.astype(kind))
    assert code == "INVALID_ARGUMENT" and "float" in seen
    assert over_grpc(GOOD).shape == GOOD.shape


@pytest.mark.parametrize("num_samples", [2**29, 2**40])
def test_a_recording_of_2_gib_is_not_made_of_one_value(over_grpc, num_samples: int) -> None:
    """A message of a few bytes may claim any size: one value stands for all of its kind."""
    message = tf.make_tensor_proto(np.float32(0.5), shape=[1, 1, 1])
    message.tensor_shape.dim[1].size = num_samples
    assert over_grpc(message) == ("INVALID_ARGUMENT", "tensor parsing error: noisy")
    assert over_grpc(GOOD).shape == GOOD.shape


def test_a_body_of_2_gib_is_not_read(server, over_rest) -> None:
    connection = http.client.HTTPConnection(urlsplit(server.rest_address).netloc, timeout=60)
    connection.putrequest("POST", "/v1/models/segan:predict")
    connection.putheader("Content-Length", str(2**31))
    connection.endheaders(b'{"inputs": [')
    response = connection.getresponse()
    assert response.status == 429 and b"larger than max (2147483648 vs." in response.read()
    connection.close()
    assert over_rest(GOOD).shape == GOOD.shape
