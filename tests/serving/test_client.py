"""The client, over both APIs."""

import asyncio
import contextlib
import socket
import threading
import time
from concurrent import futures

import grpc
import numpy as np
import pytest
from served_models import NUM_MELS, vocoded
from tensorflow_serving.apis.prediction_service_pb2_grpc import (
    PredictionServiceServicer,
    add_PredictionServiceServicer_to_server,
)

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.serving.client.signatures import Signature, Tensor
from tfgan_audio.serving.status import StatusError

MEL = np.random.default_rng(1).normal(size=[2, 6, NUM_MELS]).astype(np.float32)


@pytest.fixture(scope="module", params=["grpc", "rest"])
def address(request, embedded) -> str:
    """Where the embedded server is reached, by either API."""
    return embedded.grpc_address if request.param == "grpc" else embedded.rest_address


@pytest.fixture
def client(address):
    """A client of it."""
    with tga.serving.Client(address, timeout_seconds=60.0) as client:
        yield client


@pytest.mark.parametrize(
    ("choice", "version"), [({}, 2), ({"version": 1}, 1), ({"label": "stable"}, 1)]
)
def test_predictions(client, choice: dict, version: int) -> None:
    outputs = client.predict("vocoder", {"mel": MEL}, **choice)
    assert set(outputs) == {"audio"} and outputs["audio"].dtype == np.float32
    np.testing.assert_allclose(outputs["audio"], vocoded(MEL, version), atol=1e-4)


def test_states_and_signatures(client) -> None:
    assert client.states("vocoder") == {1: "AVAILABLE", 2: "AVAILABLE"}
    assert client.states("vocoder", version=1) == {1: "AVAILABLE"}
    served = client.served("vocoder", label="stable")
    assert served.version == 1 and served.description == ""
    assert served.signatures["mix"] == Signature(
        {"left": Tensor("float32", (None, None)), "right": Tensor("float32", (None, None))},
        {"sum": Tensor("float32", (None, None)), "difference": Tensor("float32", (None, None))},
    )


def test_chosen_outputs(client) -> None:
    inputs = {"left": [[1.0]], "right": [[0.25]]}
    outputs = client.predict("vocoder", inputs, "mix", outputs=["difference"])
    assert outputs == {"difference": np.float32([[0.75]])}


def test_a_large_reply(client) -> None:
    outputs = client.predict("vocoder", {"size": np.int32(1_500_000)}, "large")
    assert outputs["ones"].shape == (1, 1_500_000) and outputs["ones"].min() == 1.0


def test_things_of_several_lengths_in_one_request(client) -> None:
    """What is behind the end is silence to the one and nothing to the other, which is the same."""
    lengths = (1, 6, 3)
    mels = [MEL[0, :length] for length in lengths]
    batch = client.predict_batch("vocoder", {"mel": mels}, version=1)["audio"]
    assert [audio.shape for audio in batch] == [(length, 1) for length in lengths]
    for mel, audio in zip(mels, batch):
        np.testing.assert_allclose(audio, vocoded(mel[None])[0], atol=1e-4)


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ({"mel": MEL[0]}, rf"mel: got shape \[6, 4\], expected float32 \[\?, \?, {NUM_MELS}\]"),
        ({"mel": MEL[:, :, 1:]}, r"mel: got shape \[2, 6, 3\], expected float32 \[\?, \?, 4\]"),
        ({"mel": MEL.astype(np.int16)}, r"mel: got int16 \[2, 6, 4\], expected float32"),
        ({"mel": MEL > 0}, r"mel: got bool \[2, 6, 4\], expected float32"),
        ({"mel": MEL[:, :0]}, r"mel: got shape \[2, 0, 4\], expected .*, not empty"),
        ({"mel": np.full_like(MEL, np.nan)}, "mel: got NaN or infinity, expected finite values"),
        ({"mel": [[1.0], [1.0, 2.0]]}, "mel: got lists of unequal lengths"),
        ({"lem": MEL}, "inputs of vocoder serving_default: got lem, expected mel"),
        ({}, "inputs of vocoder serving_default: got none, expected mel"),
        (
            {"mel": np.broadcast_to(np.float32(0), [1, 2**27, NUM_MELS])},
            "mel: got 2.0 GiB, expected less than 2 GiB",
        ),
    ],
)
def test_what_does_not_fit_is_not_sent(client, inputs: dict, text: str) -> None:
    with pytest.raises(InputError, match=text):
        client.predict("vocoder", inputs)


def test_names_that_the_model_has_not(client) -> None:
    with pytest.raises(InputError, match="signature of vocoder: got foo, expected halve or large"):
        client.predict("vocoder", {"mel": MEL}, "foo")
    with pytest.raises(InputError, match="outputs of vocoder serving_default: got x, expected aud"):
        client.predict("vocoder", {"mel": MEL}, outputs=["x"])
    with pytest.raises(InputError, match="version: got 1 beside the label stable"):
        client.predict("vocoder", {"mel": MEL}, version=1, label="stable")


def test_precision_is_converted(client) -> None:
    outputs = client.predict("vocoder", {"mel": MEL.astype(np.float64)}, version=1)
    np.testing.assert_allclose(outputs["audio"], vocoded(MEL), atol=1e-4)


@pytest.mark.parametrize(
    ("model", "version", "text"),
    [("nobody", None, r"Latest\(nobody\)"), ("vocoder", 9, r"Specific\(vocoder, 9\)")],
)
def test_the_servers_word_is_passed_on(client, model: str, version: int, text: str) -> None:
    with pytest.raises(StatusError, match=f"NOT_FOUND: Servable not found for request: {text}"):
        client.predict(model, {"mel": MEL}, version=version)


def test_time_runs_out(embedded, address) -> None:
    with tga.serving.Client(address, timeout_seconds=60.0) as client:
        client.served("vocoder")
        client._timeout_seconds = 0.5
        with pytest.raises(StatusError, match="DEADLINE_EXCEEDED"):
            client.predict("vocoder", {"steps": np.int64([10**8])}, "slow")


@pytest.mark.parametrize("scheme", ["", "http://"])
def test_nobody_there_is_tried_again_for_a_while(scheme: str) -> None:
    with contextlib.closing(socket.create_server(("localhost", 0))) as taken:
        port = taken.getsockname()[1]
    start = time.monotonic()
    with tga.serving.Client(f"{scheme}localhost:{port}", retry_seconds=0.5) as client:
        with pytest.raises(StatusError, match="UNAVAILABLE: "):
            client.states("vocoder")
    assert 0.1 < time.monotonic() - start < 10


@pytest.mark.parametrize(
    "address", ["", "localhost", "localhost:", ":8500", "ftp://a:1", "http://"]
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(InputError, match="address: got .*, expected"):
        tga.serving.Client(address)


class _Moody(PredictionServiceServicer):
    """Fails a number of times with a code."""

    def __init__(self, code: grpc.StatusCode, num_failures: int) -> None:
        self.code, self.num_failures, self.num_calls = code, num_failures, 0

    def GetModelMetadata(self, request, context):
        self.num_calls += 1
        if self.num_calls <= self.num_failures:
            context.abort(self.code, "in a mood")
        context.abort(grpc.StatusCode.NOT_FOUND, "answered at last")


@contextlib.contextmanager
def moody(code: grpc.StatusCode, num_failures: int):
    """Run such a server."""
    service, server = _Moody(code, num_failures), grpc.server(futures.ThreadPoolExecutor(1))
    add_PredictionServiceServicer_to_server(service, server)
    port = server.add_insecure_port("localhost:0")
    server.start()
    yield service, f"localhost:{port}"
    server.stop(None).wait()


def test_unavailable_is_tried_again() -> None:
    with moody(grpc.StatusCode.UNAVAILABLE, 3) as (service, address):
        with tga.serving.Client(address) as client:
            with pytest.raises(StatusError, match="NOT_FOUND: answered at last"):
                client.served("vocoder")
        assert service.num_calls == 4


@pytest.mark.parametrize(
    "code", ["INTERNAL", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "UNKNOWN"]
)
def test_nothing_else_is_tried_again(code: str) -> None:
    with moody(grpc.StatusCode[code], 3) as (service, address):
        with tga.serving.Client(address) as client:
            with pytest.raises(StatusError, match=f"{code}: in a mood"):
                client.served("vocoder")
        assert service.num_calls == 1


def test_a_server_that_starts_late_is_waited_for(tmp_path) -> None:
    with contextlib.closing(socket.create_server(("localhost", 0))) as taken:
        port = taken.getsockname()[1]
    server = grpc.server(futures.ThreadPoolExecutor(1))
    add_PredictionServiceServicer_to_server(_Moody(grpc.StatusCode.OK, 0), server)

    def start() -> None:
        server.add_insecure_port(f"localhost:{port}")
        server.start()

    timer = threading.Timer(0.7, start)
    timer.start()
    with tga.serving.Client(f"localhost:{port}", 60.0, retry_seconds=50.0) as client:
        with pytest.raises(StatusError, match="NOT_FOUND: answered at last"):
            client.served("vocoder")
    server.stop(None).wait()


def test_many_threads_share_a_client(client) -> None:
    mels = [MEL[:1, : 1 + index % 6] * index for index in range(12)]
    with futures.ThreadPoolExecutor(4) as pool:
        replies = pool.map(lambda mel: client.predict("vocoder", {"mel": mel}, version=1), mels)
        for mel, outputs in zip(mels, replies):
            np.testing.assert_allclose(outputs["audio"], vocoded(mel), atol=1e-4)


def test_asyncio(address) -> None:
    async def run() -> None:
        async with tga.serving.AsyncClient(address, timeout_seconds=60.0) as client:
            assert await client.states("other") == {7: "AVAILABLE"}
            mels = [MEL * index for index in range(1, 5)]
            asked = (client.predict("vocoder", {"mel": mel}, version=1) for mel in mels)
            for mel, outputs in zip(mels, await asyncio.gather(*asked)):
                np.testing.assert_allclose(outputs["audio"], vocoded(mel), atol=1e-4)
            batch = await client.predict_batch("vocoder", {"mel": [MEL[0, :2], MEL[1]]}, version=1)
            assert [len(audio) for audio in batch["audio"]] == [2, 6]
            with pytest.raises(StatusError, match="NOT_FOUND"):
                await client.predict("nobody", {"mel": MEL})
            with pytest.raises(InputError, match="mel: got shape"):
                await client.predict("vocoder", {"mel": MEL[0]})

    asyncio.run(run())


def test_asyncio_tries_again() -> None:
    async def run(address: str) -> None:
        async with tga.serving.AsyncClient(address) as client:
            with pytest.raises(StatusError, match="NOT_FOUND: answered at last"):
                await client.served("vocoder")

    with moody(grpc.StatusCode.UNAVAILABLE, 2) as (service, address):
        asyncio.run(run(address))
        assert service.num_calls == 3
