"""The server as a whole: start, stop, swaps while it answers, and its limits."""

import gzip
import http.client
import shutil
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import grpc
import numpy as np
import pytest
import tensorflow as tf
from served_models import NUM_MELS, vocoded, write_vocoder
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub
from tensorflow_serving.config.model_server_config_pb2 import ModelConfigList, ModelServerConfig

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in, read_models_config
from tfgan_audio.serving.status import StatusError

MEL = np.random.default_rng(1).normal(size=[1, 5, NUM_MELS]).astype(np.float32)
QUICK = ServerOptions(grpc_port=0, rest_port=0, poll_seconds=0.02, num_retries=0)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Three versions of the vocoder, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    for number in (1, 2, 3):
        write_vocoder(folder / str(number), number)
    return folder


@pytest.fixture
def models(made, tmp_path) -> Path:
    """A folder with version 1 of one model."""
    shutil.copytree(made / "1", tmp_path / "models" / "vocoder" / "1")
    return tmp_path / "models"


def publish(made: Path, base_path: Path, number: int, broken: bool = False) -> None:
    """Publish a version in one move."""
    partial = base_path / f".{number}"
    shutil.copytree(made / str(min(number, 3)), partial)
    if broken:
        (partial / "variables" / "variables.index").write_bytes(b"cut")
    partial.rename(base_path / str(number))


def test_no_request_fails_while_versions_are_swapped(made, models) -> None:
    """Nor is one answered wrongly; a broken version changes nothing."""
    answers, faults, stopping = {1: 0, 2: 0, 3: 0}, [], threading.Event()

    def ask(address: str) -> None:
        with tga.serving.Client(address, retry_seconds=0.001) as client:
            while not stopping.is_set():
                try:
                    audio = client.predict("vocoder", {"mel": MEL})["audio"]
                    (number,) = (
                        n for n in answers if np.allclose(audio, vocoded(MEL, n), atol=1e-4)
                    )
                    answers[number] += 1
                except Exception as error:
                    faults.append(error)

    with Server(models_in(models), QUICK) as server:
        addresses = [server.grpc_address, server.rest_address, server.grpc_address]
        threads = [threading.Thread(target=ask, args=[address]) for address in addresses]
        for thread in threads:
            thread.start()
        with tga.serving.Client(server.grpc_address) as client:
            for number, broken in ((2, False), (3, False), (4, True)):
                publish(made, models / "vocoder", number, broken)
                end = "END" if broken else "AVAILABLE"
                while not client.states("vocoder").get(number, "").startswith(end):
                    time.sleep(0.05)
                if broken:  # the state tells why
                    assert len(client.states("vocoder")[number]) > len("END: ")
                time.sleep(0.2)
        stopping.set()
        for thread in threads:
            thread.join(60)
    assert not faults
    assert all(answers.values())


def test_a_list_of_models_is_replaced_over_the_wire(made, models, tmp_path) -> None:
    other = tmp_path / "other"
    shutil.copytree(made / "3", other / "3")
    with Server(models_in(models), QUICK) as server:
        with tga.serving.Client(server.grpc_address, 60.0) as client:
            client.reload(models_in(other))
            audio = client.predict("other", {"mel": MEL})["audio"]
            np.testing.assert_allclose(audio, vocoded(MEL, 3), atol=1e-4)
            with pytest.raises(StatusError, match=r"NOT_FOUND: .*Latest\(vocoder\)"):
                client.predict("vocoder", {"mel": MEL})
            missing = ModelConfigList()
            missing.config.add(
                name="more", base_path=str(tmp_path / "more"), model_platform="tensorflow"
            )
            with pytest.raises(StatusError, match="UNKNOWN: 1 servable.s. did not become"):
                client.reload(missing)
        with tga.serving.Client(server.rest_address) as client:
            with pytest.raises(InputError, match="expected one of gRPC"):
                client.reload(models_in(models))


def test_too_large_a_request_is_refused(models) -> None:
    options = ServerOptions(grpc_port=0, rest_port=0, max_message_bytes=10_000)
    with Server(models_in(models), options) as server:
        for address in (server.grpc_address, server.rest_address):
            with tga.serving.Client(address) as client:
                with pytest.raises(StatusError, match="RESOURCE_EXHAUSTED: .*larger than max"):
                    client.predict("vocoder", {"mel": np.ones([1, 9000, NUM_MELS], np.float32)})
                assert client.predict("vocoder", {"mel": MEL})["audio"].shape == (1, 5, 1)


def test_a_packed_body_that_grows_too_large_is_refused(models) -> None:
    body = gzip.compress(b'{"instances": ' + bytes(10**7).replace(b"\0", b" ") + b"[1]}")
    options = ServerOptions(grpc_port=0, rest_port=0, max_message_bytes=10**6)
    assert len(body) < 10**5
    with Server(models_in(models), options) as server:
        address = urlsplit(server.rest_address).netloc
        connection = http.client.HTTPConnection(address, timeout=30)
        headers = {"Content-Encoding": "gzip"}
        connection.request("POST", "/v1/models/vocoder:predict", body, headers)
        assert connection.getresponse().status == 429
        connection.close()


@pytest.mark.parametrize(
    "header", [("Content-Length", "-1"), ("Content-Length", "a"), ("Transfer-Encoding", "chunked")]
)
def test_a_body_of_unknown_length_is_not_waited_for(embedded, header: tuple[str, str]) -> None:
    connection = http.client.HTTPConnection(urlsplit(embedded.rest_address).netloc, timeout=30)
    connection.putrequest("POST", "/v1/models/vocoder:predict")
    connection.putheader(*header)
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 501 and b"Content-Length" in response.read()
    connection.close()


def test_time_for_rest_runs_out(models) -> None:
    options = ServerOptions(grpc_port=0, rest_port=0, rest_timeout_seconds=0.3)
    with Server(models_in(models), options) as server:
        address = urlsplit(server.rest_address).netloc
        connection = http.client.HTTPConnection(address, timeout=30)
        body = b'{"signature_name": "slow", "inputs": [1000000000000]}'
        connection.request("POST", "/v1/models/vocoder:predict", body)
        assert connection.getresponse().status == 504
        connection.close()


def test_a_body_that_claims_2_gib_is_not_waited_for(embedded) -> None:
    connection = http.client.HTTPConnection(urlsplit(embedded.rest_address).netloc, timeout=30)
    connection.putrequest("POST", "/v1/models/vocoder:predict")
    connection.putheader("Content-Length", str(2**31))
    connection.endheaders()
    assert connection.getresponse().status == 429
    connection.close()


def test_a_message_that_claims_more_than_it_holds(embedded) -> None:
    """A few bytes that stand for 4 TiB of zeros."""
    request = PredictRequest()
    request.model_spec.name = "vocoder"
    request.inputs["mel"].CopyFrom(tf.make_tensor_proto(MEL))
    request.inputs["mel"].ClearField("tensor_content")
    request.inputs["mel"].tensor_shape.dim[1].size = 2**38
    with grpc.insecure_channel(embedded.grpc_address) as channel:
        with pytest.raises(grpc.RpcError, match="tensor parsing error: mel"):
            PredictionServiceStub(channel).Predict(request, timeout=60)


def test_bytes_instead_of_values_where_wanted(models) -> None:
    options = ServerOptions(grpc_port=0, rest_port=0, as_content=True)
    with Server(models_in(models), options) as server:
        request = PredictRequest()
        request.model_spec.name = "vocoder"
        request.inputs["mel"].CopyFrom(tf.make_tensor_proto(MEL))
        with grpc.insecure_channel(server.grpc_address) as channel:
            message = PredictionServiceStub(channel).Predict(request, timeout=60).outputs["audio"]
    assert not message.float_val and len(message.tensor_content) == 20


def test_stopping_does_not_wait_for_endless_work(models) -> None:
    with Server(models_in(models), QUICK) as server:
        request = PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = "vocoder", "slow"
        request.inputs["steps"].CopyFrom(tf.make_tensor_proto(np.int64([10**12])))
        channel = grpc.insecure_channel(server.grpc_address)
        future = PredictionServiceStub(channel).Predict.future(request)
        time.sleep(0.5)
        start = time.monotonic()
    assert time.monotonic() - start < 60
    assert future.exception().code() != grpc.StatusCode.OK
    channel.close()


def test_a_server_that_has_stopped_is_unavailable(models) -> None:
    """A connection that outlives it tells clients to try again, not that there is no such model."""
    with Server(models_in(models), QUICK) as server:
        client = tga.serving.Client(server.rest_address, retry_seconds=0.01)
        assert client.predict("vocoder", {"mel": MEL})["audio"].shape == (1, 5, 1)
    with client, pytest.raises(StatusError, match="^UNAVAILABLE: "):
        client.predict("vocoder", {"mel": MEL})


def test_nothing_listens_when_a_model_does_not_load(made, models) -> None:
    shutil.rmtree(models / "vocoder" / "1")
    publish(made, models / "vocoder", 1, broken=True)
    with pytest.raises(InputError, match=r"models: got 1 servable\(s\) did not become available"):
        with Server(models_in(models), QUICK):
            pass


@pytest.mark.parametrize("kind", ["grpc_port", "rest_port"])
def test_a_port_that_is_taken(models, kind: str) -> None:
    with socket.create_server(("localhost", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"grpc_port": 0, "rest_port": 0, kind: port}
        with pytest.raises(InputError, match=f"localhost:{port}: got .*, expected a free port"):
            with Server(models_in(models), ServerOptions(**ports)):
                pass


def test_one_model_or_several_in_a_folder(made, models, monkeypatch) -> None:
    publish(made, models / "vocoder", 2)
    shutil.copytree(made / "1", models / "another" / "5")
    (models / "empty").mkdir()
    found = {model.name: model.base_path for model in models_in(models).config}
    assert found == {name: str(models / name) for name in ("another", "vocoder")}
    (model,) = models_in(models / "vocoder").config
    assert (model.name, model.base_path) == ("vocoder", str(models / "vocoder"))
    monkeypatch.chdir(models)
    (model,) = models_in("vocoder", "renamed").config
    assert (model.name, model.base_path) == ("renamed", str(models / "vocoder"))


@pytest.mark.parametrize(
    ("inner", "name", "text"),
    [
        ("vocoder/1", None, "got a version of a model, expected the folder of its versions: .*"),
        ("vocoder/1/variables", None, "got no version of a model, expected numbered versions"),
        ("nowhere", None, "nowhere: got nothing there"),
        ("vocoder/1/saved_model.pb", None, "got a file, expected a folder of models"),
        (".", "denoiser", "name: got denoiser, expected the folder of the versions of one model"),
    ],
)
def test_folders_without_models(models, inner: str, name: str, text: str) -> None:
    with pytest.raises(InputError, match=text):
        models_in(models / inner, name)


def test_a_models_config(models) -> None:
    config = ModelServerConfig(model_config_list=models_in(models))
    config.model_config_list.config[0].version_labels["stable"] = 1
    (models / "models.config").write_text(str(config))
    assert read_models_config(models / "models.config") == config.model_config_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "a models.config in the text form of protobuf"),
        ("", "model_config_list with at least one config"),
        ('model_config_list { config { name: "a" base_path: "b" } }', "what TensorFlow Serving"),
    ],
)
def test_a_models_config_that_is_none(tmp_path, text: str, expected: str) -> None:
    (tmp_path / "models.config").write_text(text)
    with pytest.raises(InputError, match=f"models.config: got .*, expected {expected}"):
        read_models_config(tmp_path / "models.config")
