"""The REST API, row by row, as TensorFlow Serving is documented to answer."""

import gzip
import http.client
import importlib.util
import json
import subprocess
import sys
from urllib.parse import urlsplit

import numpy as np
import pytest
from served_models import NUM_MELS, vocoded

MEL = np.random.default_rng(1).normal(size=[2, 3, NUM_MELS]).astype(np.float32)
ROW = {"instances": MEL.tolist()}


@pytest.fixture
def ask(rest_address):
    """Return a function that sends a request and returns status and JSON."""
    connection = http.client.HTTPConnection(urlsplit(rest_address).netloc, timeout=60)

    def send(path: str, body: object = None, **headers: str) -> tuple[int, dict]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        method = "GET" if body is None else "POST"
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if path.lower().startswith("/v1") else {}

    yield send
    connection.close()


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/v1/models/vocoder:predict", 2),
        ("/V1/MODELS/vocoder:PREDICT", 2),
        ("/v1/models/vocoder/versions/1:predict", 1),
        ("/v1/models/vocoder/labels/stable:predict", 1),
        ("/v1/models/other:predict", 7),
    ],
)
def test_rows(ask, path: str, version: int) -> None:
    status, content = ask(path, ROW)
    assert status == 200 and list(content) == ["predictions"]
    np.testing.assert_allclose(content["predictions"], vocoded(MEL, version), atol=1e-4)


@pytest.mark.parametrize(
    "body",
    [
        {"instances": [{"mel": row} for row in MEL.tolist()]},
        {"signature_name": "serving_default", "instances": MEL.tolist(), "ignored": 1},
    ],
)
def test_rows_in_other_words(ask, body: dict) -> None:
    assert ask("/v1/models/vocoder:predict", body)[1] == ask("/v1/models/vocoder:predict", ROW)[1]


@pytest.mark.parametrize("inputs", [MEL.tolist(), {"mel": MEL.tolist()}])
def test_columns(ask, inputs: object) -> None:
    status, content = ask("/v1/models/vocoder:predict", {"inputs": inputs})
    assert status == 200 and list(content) == ["outputs"]
    np.testing.assert_allclose(content["outputs"], vocoded(MEL, 2), atol=1e-4)


def test_several_outputs_have_names(ask) -> None:
    named = {"left": [[1, 2]], "right": [[10, 20]]}
    body = {"signature_name": "mix", "inputs": named}
    expected = {"sum": [[11.0, 22.0]], "difference": [[-9.0, -18.0]]}
    assert ask("/v1/models/vocoder:predict", body) == (200, {"outputs": expected})
    body = {"signature_name": "mix", "instances": [{"left": [1, 2], "right": [10, 20]}]}
    expected = [{"sum": [11.0, 22.0], "difference": [-9.0, -18.0]}]
    assert ask("/v1/models/vocoder:predict", body) == (200, {"predictions": expected})


def test_texts_and_bytes(ask) -> None:
    body = {"signature_name": "spell", "inputs": ["aé", {"b64": "/wA="}]}
    status, content = ask("/v1/models/vocoder:predict", body)
    assert status == 200
    assert content["outputs"]["length"] == [3, 2]
    assert content["outputs"]["upper"][0] == "Aé"
    assert content["outputs"]["raw_bytes"] == [{"b64": "YcOp"}, {"b64": "/wA="}]


def test_floats_are_written_short_and_read_back_exactly(ask) -> None:
    body = {"signature_name": "mix", "inputs": {"left": [[0.1, 1e-30]], "right": [[0, 0]]}}
    assert ask("/v1/models/vocoder:predict", body)[1]["outputs"]["sum"] == [[0.1, 1e-30]]


def test_what_json_has_no_word_for(ask) -> None:
    body = b'{"signature_name": "mix", "inputs": {"left": [[NaN, Infinity]], "right": [[0, 0]]}}'
    status, content = ask("/v1/models/vocoder:predict", body)
    assert status == 200 and np.isnan(content["outputs"]["sum"][0][0])
    assert content["outputs"]["sum"][0][1] == np.inf


def test_a_packed_body(ask) -> None:
    body = gzip.compress(json.dumps(ROW).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    status, content = ask("/v1/models/vocoder:predict", body, **headers)
    assert (status, content) == ask("/v1/models/vocoder:predict", ROW)


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/v1/models/nobody:predict", 404, "Servable not found for request: Latest(nobody)"),
        (
            "/v1/models/vocoder/versions/9:predict",
            404,
            "Servable not found for request: Specific(vocoder, 9)",
        ),
        ("/v1/models/vocoder/labels/L:predict", 400, "Unrecognized servable version label: L"),
        ("/v1/models/vocoder:guess", 400, "Malformed request: POST /v1/models/vocoder:guess"),
        ("/v1/models/vocoder", 400, "Malformed request: POST /v1/models/vocoder"),
        (
            f"/v1/models/vocoder/versions/{2**63}:predict",
            400,
            f"Failed to convert version: {2**63} to numeric.",
        ),
    ],
)
def test_a_path_that_leads_nowhere(ask, path: str, status: int, text: str) -> None:
    assert ask(path, ROW) == (status, {"error": text})


def test_outside_of_the_api_there_is_nothing(ask) -> None:
    assert ask("/elsewhere")[0] == 404
    assert ask("/v1/models/vocoder/metadata/more") == (
        400,
        {"error": "Malformed request: GET /v1/models/vocoder/metadata/more"},
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"signature_name": "foo", **ROW},
            'Serving signature name: "foo" not found in signature def',
        ),
        ({}, "Missing 'inputs' or 'instances' key"),
        ({"signature_name": 3, **ROW}, "'signature_name' key must be a string value."),
        ({"inputs": 1, "instances": [1]}, "expecting only one of 'inputs' or 'instances' keys"),
        ({"instances": 1}, "Excepting 'instances' to be an list/array"),
        ({"instances": []}, "No values in 'instances' array"),
        ({"inputs": {"lem": 1}}, "Missing named input: mel in 'inputs' object."),
        ({"instances": [{"lem": 1}]}, "JSON object: does not have named input: lem"),
        (
            {"signature_name": "mix", "instances": [1]},
            "instances is a plain list, but expecting list of objects as multiple input tensors",
        ),
        (
            {"signature_name": "mix", "inputs": [1]},
            "inputs is a plain value/list, but expecting an object as multiple input tensors",
        ),
        (
            {"signature_name": "mix", "instances": [{"left": [1]}]},
            "keys must be equal to: left,right",
        ),
        ({"instances": [[1], {"mel": 1}]}, "Expecting value/list but got object at item 1"),
        ({"instances": [{"mel": 1}, [1]]}, "Expecting object but got list at item 1"),
        (
            {"inputs": [[[1, 2], [3]]]},
            "Encountered list at unexpected size: 1 at level: 2 expected size: 2",
        ),
        ({"inputs": [[1, [2]]]}, "Encountered list at unexpected level: 2 expected < 2"),
        ({"inputs": [[[1], 2]]}, "found at incorrect level: 3 in the JSON DOM. Expected at"),
        ({"inputs": [[["a"]]]}, 'JSON Value: "a" Type: String is not of expected type: float'),
        ({"inputs": [[[True]]]}, "JSON Value: true Type: True is not of expected type: float"),
        ({"inputs": [[[None]]]}, "JSON Value: null Type: Null is not of expected type: float"),
        ({"inputs": [[[1e39]]]}, "to float without loss of precision."),
        (
            {"signature_name": "slow", "inputs": [1.5]},
            "JSON Value: 1.5 Type: Number is not of expected type: int64",
        ),
        ({"signature_name": "spell", "inputs": [{"b64": "?"}]}, "Unable to base64 decode"),
        (
            {"signature_name": "halve", "inputs": [1]},
            "Failed to write JSON value for tensor type: half",
        ),
        (b"", "JSON Parse error: "),
        (b"{", "JSON Parse error: "),
        (b"\xff", "JSON Parse error: "),
        (b"[1]", "Is not object"),
    ],
)
def test_a_body_that_does_not_fit(ask, body: object, text: str) -> None:
    status, content = ask("/v1/models/vocoder:predict", body)
    assert status == 400 and text in content["error"], content
    assert ask("/v1/models/vocoder:predict", ROW)[0] == 200


def test_what_is_not_implemented(ask) -> None:
    body = {"signature_name": "widen", "inputs": [1]}
    status, content = ask("/v1/models/vocoder:predict", body)
    assert status == 501 and content["error"].endswith("to type: half"), content


def test_a_long_text_is_cut(ask) -> None:
    text = f"Servable not found for request: Latest({2000 * 'a'})"
    status, content = ask(f"/v1/models/{2000 * 'a'}:predict", ROW)
    assert (status, content) == (404, {"error": f"{text[:1024]}...TRUNCATED"})


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(json.dumps(ROW).encode())[:-9]])
def test_a_packed_body_that_is_damaged(ask, body: bytes) -> None:
    status, content = ask("/v1/models/vocoder:predict", body, **{"Content-Encoding": "gzip"})
    assert status == 400 and "uncompress" in content["error"], content


def test_deep_nesting_leaves_the_server_at_work(ask) -> None:
    assert ask("/v1/models/vocoder:predict", b'{"inputs": ' + 100_000 * b"[")[0] == 400
    assert ask("/v1/models/vocoder:predict", ROW)[0] == 200


def test_another_rank_is_refused(embedded, ask, rest_address) -> None:
    if rest_address != embedded.rest_address:
        pytest.skip("ends a real server that has oneDNN on")
    status, content = ask("/v1/models/vocoder:predict", {"inputs": MEL[0].tolist()})
    text = f"input mel: got shape [3, {NUM_MELS}], expected [?, ?, {NUM_MELS}]"
    assert (status, content) == (400, {"error": text})


@pytest.mark.parametrize(
    ("path", "versions"),
    [
        ("/v1/models/vocoder", ["2", "1"]),
        ("/v1/models/vocoder/versions/1", ["1"]),
        ("/v1/models/vocoder/labels/canary", ["2"]),
    ],
)
def test_states(ask, path: str, versions: list[str]) -> None:
    ready = {"state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    expected = [{"version": version, **ready} for version in versions]
    assert ask(path) == (200, {"model_version_status": expected})


def test_states_of_what_is_not_there(ask) -> None:
    text = "Could not find version 9 of model vocoder"
    assert ask("/v1/models/vocoder/versions/9") == (404, {"error": text})
    text = "Could not find any versions of model nobody"
    assert ask("/v1/models/nobody") == (404, {"error": text})


def test_metadata(ask) -> None:
    status, content = ask("/v1/models/vocoder/versions/1/metadata")
    assert status == 200
    assert content["model_spec"] == {"name": "vocoder", "signature_name": "", "version": "1"}
    definition = content["metadata"]["signature_def"]["signature_def"]["serving_default"]
    mel = definition["inputs"]["mel"]
    assert mel["dtype"] == "DT_FLOAT" and mel["name"] == "serving_default_mel:0"
    assert [dim["size"] for dim in mel["tensor_shape"]["dim"]] == ["-1", "-1", str(NUM_MELS)]
    assert definition["method_name"] == "tensorflow/serving/predict"


INDEPENDENT = """
import sys
import numpy as np
import ovmsclient

grpc_address, rest_address = sys.argv[1:]
mel = np.random.default_rng(1).normal(size=[2, 3, 4]).astype(np.float32)
for client in (
    ovmsclient.make_grpc_client(grpc_address),
    ovmsclient.make_http_client(rest_address.removeprefix("http://")),
):
    status = client.get_model_status("vocoder", 1)
    assert status[1]["state"] == "AVAILABLE", status
    first, second = (client.predict({"mel": mel}, "vocoder", version) for version in (1, 2))
    assert np.allclose(2 * first, second, atol=1e-5) and first.shape == (2, 3, 1)
    try:
        client.predict({"mel": mel}, "vocoder", 9)
    except ovmsclient.tfs_compat.base.errors.ModelNotFoundError as error:
        assert "Servable not found for request: Specific(vocoder, 9)" in str(error)
    else:
        raise AssertionError("version 9 answered")
metadata = ovmsclient.make_grpc_client(grpc_address).get_model_metadata("other", 7)
assert metadata["model_version"] == 7, metadata
assert metadata["inputs"]["mel"]["shape"] == [-1, -1, 4], metadata
assert metadata["outputs"]["audio"]["dtype"] == "DT_FLOAT", metadata
print("all asked")
"""


def test_an_independent_client_understands_it(grpc_address, rest_address) -> None:
    """In a process of its own, as it brings messages of the same names; it names a version.

    Of metadata over REST it expects other spellings than those of TensorFlow Serving.
    """
    if importlib.util.find_spec("ovmsclient") is None:
        pytest.skip("needs ovmsclient")
    command = [sys.executable, "-c", INDEPENDENT, grpc_address, rest_address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.stdout == "all asked\n", done.stderr
