"""The gRPC API, row by row, as TensorFlow Serving is documented to answer."""

import contextlib

import grpc
import numpy as np
import pytest
import tensorflow as tf
from served_models import NUM_MELS, vocoded
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest, SignatureDefMap
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceStub
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

MEL = np.random.default_rng(1).normal(size=[2, 6, NUM_MELS]).astype(np.float32)
DEADLINE_SECONDS = 60


@pytest.fixture(scope="module")
def channel(grpc_address):
    """A connection that takes replies of any size."""
    with grpc.insecure_channel(grpc_address, [("grpc.max_receive_message_length", -1)]) as channel:
        yield channel


@pytest.fixture(scope="module")
def prediction(channel) -> PredictionServiceStub:
    """PredictionService."""
    return PredictionServiceStub(channel)


@pytest.fixture(scope="module")
def models(channel) -> ModelServiceStub:
    """ModelService."""
    return ModelServiceStub(channel)


def spec(name: str = "vocoder", signature: str = "", version=None, label: str = "") -> ModelSpec:
    """Name a model."""
    made = ModelSpec(name=name, signature_name=signature)
    if version is not None:
        made.version.value = version
    if label:
        made.version_label = label
    return made


def asking(spec_: ModelSpec | None = None, outputs=(), **inputs: object) -> PredictRequest:
    """Make a request of arrays."""
    request = PredictRequest(model_spec=spec() if spec_ is None else spec_, output_filter=outputs)
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return request


@contextlib.contextmanager
def refused(code: str, text: str, exact: bool = True):
    """Expect an answer of a code and a text."""
    with pytest.raises(grpc.RpcError) as caught:
        yield
    assert caught.value.code().name == code
    assert caught.value.details() == text if exact else text in caught.value.details()


def predict(stub: PredictionServiceStub, request: PredictRequest):
    """Send a request."""
    return stub.Predict(request, timeout=DEADLINE_SECONDS)


def audio(response) -> np.ndarray:
    """The output of the vocoder."""
    return tf.make_ndarray(response.outputs["audio"])


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        (spec(), 2),
        (spec(version=1), 1),
        (spec(version=2), 2),
        (spec(label="stable"), 1),
        (spec(label="canary"), 2),
        (spec("other"), 7),
    ],
)
def test_the_version_that_is_asked_for_answers(prediction, asked: ModelSpec, version: int) -> None:
    response = predict(prediction, asking(asked, mel=MEL))
    np.testing.assert_allclose(audio(response), vocoded(MEL, version), atol=1e-4)
    assert response.model_spec.name == asked.name
    assert response.model_spec.version.value == version
    assert response.model_spec.signature_name == "serving_default"


@pytest.mark.parametrize(
    ("asked", "code", "text"),
    [
        (spec(""), "INVALID_ARGUMENT", "ModelSpec has no name specified."),
        (spec("nobody"), "NOT_FOUND", "Servable not found for request: Latest(nobody)"),
        (spec(version=9), "NOT_FOUND", "Servable not found for request: Specific(vocoder, 9)"),
        (spec(version=0), "NOT_FOUND", "Servable not found for request: Specific(vocoder, 0)"),
        (spec(label="L"), "INVALID_ARGUMENT", "Unrecognized servable version label: L"),
        (spec(signature="foo"), "FAILED_PRECONDITION", 'Serving signature key "foo" not found.'),
    ],
)
def test_a_model_that_is_not_there(prediction, asked: ModelSpec, code: str, text: str) -> None:
    with refused(code, text):
        predict(prediction, asking(asked, mel=MEL))


def test_no_model_at_all(prediction, models) -> None:
    with refused("INVALID_ARGUMENT", "Missing ModelSpec"):
        predict(prediction, PredictRequest())
    with refused("INVALID_ARGUMENT", "Missing ModelSpec"):
        prediction.GetModelMetadata(GetModelMetadataRequest(metadata_field=["signature_def"]))
    with refused("INVALID_ARGUMENT", "Missing ModelSpec"):
        models.GetModelStatus(GetModelStatusRequest())


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        (
            {"mel": MEL, "b": MEL},
            "input size does not match signature: 2!=1 len({b,mel}) != len({mel})."
            " Sent extra: {b}. Missing but required: {}.",
        ),
        (
            {},
            "input size does not match signature: 0!=1 len({}) != len({mel})."
            " Sent extra: {}. Missing but required: {mel}.",
        ),
        (
            {"x": MEL},
            "Signature input alias: mel(feed name: serving_default_mel:0) not found in request and"
            " no default value provided. Inputs expected to be in the request {x}, or default"
            " input alias set: ",
        ),
    ],
)
def test_other_inputs_than_the_signature_has(prediction, inputs: dict, text: str) -> None:
    with refused("INVALID_ARGUMENT", text):
        predict(prediction, asking(**inputs))


def test_an_input_with_a_default_may_be_left_out(prediction) -> None:
    asked = spec(signature="mix_ten")
    response = predict(prediction, asking(asked, left=np.float32([[1, 2]])))
    np.testing.assert_array_equal(tf.make_ndarray(response.outputs["sum"]), [[11, 12]])
    text = "input size does not match signature: 1!=2 len({right}) != len({left,right})."
    with refused("INVALID_ARGUMENT", f"{text} Sent extra: {{}}. Missing but required: {{left}}."):
        predict(prediction, asking(asked, right=np.float32([[1, 2]])))


def test_a_long_text_is_cut(prediction) -> None:
    text = f"Servable not found for request: Latest({2000 * 'a'})"
    with refused("NOT_FOUND", f"{text[:1024]}...TRUNCATED"):
        predict(prediction, asking(spec(2000 * "a"), mel=MEL))


def broken_tensors() -> dict:
    """Messages that say another thing with their shape than with their content."""
    tensors = {name: tf.make_tensor_proto(MEL) for name in ("short", "unknown", "negative")}
    tensors["short"].tensor_content = tensors["short"].tensor_content[:-4]
    tensors["unknown"].tensor_shape.unknown_rank = True
    tensors["negative"].tensor_shape.dim[0].size = -2
    tensors["untyped"] = tf.make_tensor_proto(MEL)
    tensors["untyped"].dtype = 0
    return tensors


@pytest.mark.parametrize("fault", ["short", "unknown", "negative", "untyped"])
def test_a_message_that_is_no_tensor(prediction, fault: str) -> None:
    request = asking()
    request.inputs["mel"].CopyFrom(broken_tensors()[fault])
    with refused("INVALID_ARGUMENT", "tensor parsing error: mel"):
        predict(prediction, request)


@pytest.mark.parametrize(
    ("outputs", "text"),
    [
        (
            ["nope"],
            "output tensor alias not found in signature: nope Outputs expected to be in the set"
            " {audio}.",
        ),
        (["audio", "audio"], "duplicate output tensor alias: audio"),
    ],
)
def test_outputs_that_the_signature_has_not(prediction, outputs: list[str], text: str) -> None:
    with refused("INVALID_ARGUMENT", text):
        predict(prediction, asking(outputs=outputs, mel=MEL))


@pytest.mark.parametrize("outputs", [[], ["sum"], ["difference", "sum"]])
def test_the_outputs_that_are_asked_for_come(prediction, outputs: list[str]) -> None:
    left, right = np.float32([[1, 2]]), np.float32([[10, 20]])
    request = asking(spec(signature="mix"), outputs, left=left, right=right)
    response = predict(prediction, request)
    assert set(response.outputs) == set(outputs or ["sum", "difference"])
    for alias, expected in {"sum": left + right, "difference": left - right}.items():
        if alias in response.outputs:
            np.testing.assert_array_equal(tf.make_ndarray(response.outputs[alias]), expected)


def test_values_come_as_a_list_not_as_bytes(prediction) -> None:
    """A client that reads one form only would fail at the real server."""
    message = predict(prediction, asking(mel=MEL)).outputs["audio"]
    assert not message.tensor_content and len(message.float_val) == 12


@pytest.mark.parametrize(
    ("mel", "seen"),
    [(MEL.astype(np.float64), "double"), (MEL.astype(np.int32), "int32"), ([b"a"], "string")],
)
def test_another_type_is_not_converted(prediction, mel, seen: str) -> None:
    mel = np.broadcast_to(mel, MEL.shape) if seen == "string" else mel
    text = f"Expects arg[0] to be float but {seen} is provided"
    with refused("INVALID_ARGUMENT", text, exact=False):
        predict(prediction, asking(mel=mel))


@pytest.mark.parametrize("shape", [[6, NUM_MELS], [NUM_MELS], [], [1, 1, 6, NUM_MELS]])
def test_another_rank_is_refused_where_the_real_server_may_die(
    embedded, prediction, grpc_address, shape: list[int]
) -> None:
    if grpc_address != embedded.grpc_address:
        pytest.skip("ends a real server that has oneDNN on")
    text = f"input mel: got shape {shape}, expected [?, ?, {NUM_MELS}]"
    with refused("INVALID_ARGUMENT", text):
        predict(prediction, asking(mel=np.zeros(shape, np.float32)))
    assert predict(prediction, asking(mel=MEL)).outputs


def test_another_fixed_size_is_refused(prediction) -> None:
    with refused("INVALID_ARGUMENT", "", exact=False):
        predict(prediction, asking(mel=MEL[:, :, 1:]))
    assert predict(prediction, asking(mel=MEL)).outputs


def test_odd_values_leave_the_server_at_work(prediction) -> None:
    """What is not a fault of form is computed: NaN stays NaN, and of nothing nothing comes."""
    response = predict(prediction, asking(mel=np.full_like(MEL, np.nan)))
    assert np.isnan(audio(response)).all()
    assert audio(predict(prediction, asking(mel=MEL[:, :0]))).size == 0
    assert np.isfinite(audio(predict(prediction, asking(mel=MEL)))).all()


def test_a_reply_of_more_than_4_mib(prediction, grpc_address) -> None:
    request = asking(spec(signature="large"), size=np.int32(3_000_000))
    response = predict(prediction, request)
    assert tf.make_ndarray(response.outputs["ones"]).sum() == 3_000_000
    with grpc.insecure_channel(grpc_address) as channel:  # with the limit of 4 MiB that is usual
        with refused("RESOURCE_EXHAUSTED", "message larger than max", exact=False):
            predict(PredictionServiceStub(channel), request)


def test_a_request_of_more_than_4_mib(prediction) -> None:
    mel = np.ones([1, 500_000, NUM_MELS], np.float32)
    assert audio(predict(prediction, asking(mel=mel))).shape == (1, 500_000, 1)


def test_a_deadline_ends_the_work(prediction) -> None:
    request = asking(spec(signature="slow"), steps=np.int64([10**9]))
    with pytest.raises(grpc.RpcError) as caught:
        prediction.Predict(request, timeout=0.5)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert predict(prediction, asking(mel=MEL)).outputs


def test_metadata_tells_the_signatures(prediction) -> None:
    request = GetModelMetadataRequest(model_spec=spec(), metadata_field=["signature_def"])
    response = prediction.GetModelMetadata(request)
    assert response.model_spec.version.value == 2 and not response.model_spec.signature_name
    signatures = SignatureDefMap()
    assert response.metadata["signature_def"].Unpack(signatures)
    definition = signatures.signature_def["serving_default"]
    sizes = [dim.size for dim in definition.inputs["mel"].tensor_shape.dim]
    assert sizes == [-1, -1, NUM_MELS] and definition.inputs["mel"].dtype == tf.float32
    assert list(definition.outputs) == ["audio"]
    assert "__saved_model_init_op" in signatures.signature_def


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ([], "GetModelMetadataRequest must specify at least one metadata_field"),
        (["weights"], "Metadata field weights is not supported"),
        (["signature_def", "weights"], "Metadata field weights is not supported"),
    ],
)
def test_metadata_of_other_kinds_is_refused(prediction, fields: list[str], text: str) -> None:
    with refused("INVALID_ARGUMENT", text):
        prediction.GetModelMetadata(
            GetModelMetadataRequest(model_spec=spec(), metadata_field=fields)
        )


@pytest.mark.parametrize(
    ("asked", "versions"),
    [(spec(), [2, 1]), (spec(version=1), [1]), (spec(label="canary"), [2]), (spec("other"), [7])],
)
def test_states(models, asked: ModelSpec, versions: list[int]) -> None:
    response = models.GetModelStatus(GetModelStatusRequest(model_spec=asked))
    entries = response.model_version_status
    assert [entry.version for entry in entries] == versions
    assert {(entry.state, entry.status.error_code) for entry in entries} == {(30, 0)}


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (spec(version=9), "Could not find version 9 of model vocoder"),
        (spec("nobody"), "Could not find any versions of model nobody"),
    ],
)
def test_states_of_what_is_not_there(models, asked: ModelSpec, text: str) -> None:
    with refused("NOT_FOUND", text):
        models.GetModelStatus(GetModelStatusRequest(model_spec=asked))


def test_a_list_of_models_that_is_none(models) -> None:
    with refused("INVALID_ARGUMENT", "ModelConfigList", exact=False):
        models.HandleReloadConfigRequest(ReloadConfigRequest())
    request = ReloadConfigRequest()
    for _ in range(2):
        request.config.model_config_list.config.add(
            name="twice", base_path="/nowhere", model_platform="tensorflow"
        )
    text = "Illegal to list model twice multiple times in config list"
    with refused("INVALID_ARGUMENT", text):
        models.HandleReloadConfigRequest(request)
