"""Exports refuse by themselves what no signature can use, and answer as before afterwards."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tiny_vocoders import make_melgan

from tfgan_audio.models.wavegan import WaveGAN
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.server.predict import predict
from tfgan_audio.serving.server.servable import Servable
from tfgan_audio.serving.status import StatusError

MEL, LATENTS = np.zeros([1, 5, 6], np.float32), np.zeros([1, 5], np.float32)
INPUTS = {
    ("segan", "enhance"): {"noisy": np.zeros([1, 700, 1], np.float32)},
    ("voice", "vocode"): {"mel": MEL},
    ("voice", "vocode_padded"): {"mel": MEL, "num_frames": np.int32([5])},
    ("drums", "generate"): {"latents": LATENTS, "labels": np.int32([1])},
    ("drums", "generate_mixed"): {"latents": LATENTS, "shares": np.float32([[0, 1, 0]])},
}
CHANGES = {
    "NaN": (lambda array: array + np.float32(np.nan), "{name} : Tensor had NaN values"),
    "infinity": (lambda array: array - np.float32(np.inf), "{name} : Tensor had Inf"),
    "an empty batch": (lambda array: array[:0], "{name}: empty"),
    "another type": (lambda array: array.astype(np.float64), "float but double is provided"),
    "another rank": (lambda array: array[0], "input {name}: got shape"),
}


@pytest.fixture(scope="module")
def served(exported, tmp_path_factory):
    """A model of each family."""
    folder = tmp_path_factory.mktemp("served")
    wavegan = WaveGAN(
        slice_samples=256, strides=(4, 4), base_channels=4, latent_dim=5, num_classes=3
    )
    export_saved_model(make_melgan("full band", upsample_factors=(4, 4)), folder / "voice")
    export_saved_model(wavegan, folder / "drums")
    folders = {"segan": exported.saved_model, **{n: folder / n for n in ("voice", "drums")}}
    servables = {name: Servable(name, 1, path) for name, path in folders.items()}
    yield servables
    for servable in servables.values():
        servable.close()


def answer(servable: Servable, signature: str, inputs: dict[str, np.ndarray]) -> dict:
    """What a server answers."""
    request = PredictRequest()
    request.model_spec.signature_name = signature
    for name, array in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
    outputs = predict(servable, request).outputs
    return {name: tf.make_ndarray(message) for name, message in outputs.items()}


@pytest.mark.parametrize("fault", CHANGES)
@pytest.mark.parametrize(("model", "signature"), INPUTS)
def test_what_no_signature_can_use(served, model: str, signature: str, fault: str) -> None:
    inputs, servable = INPUTS[model, signature], served[model]
    name, (change, text) = next(iter(inputs)), CHANGES[fault]
    before = answer(servable, signature, inputs)
    with pytest.raises(StatusError) as error:
        answer(servable, signature, {**inputs, name: change(inputs[name])})
    assert error.value.code == "INVALID_ARGUMENT"
    assert text.format(name=name) in error.value.text
    for key, value in answer(servable, signature, inputs).items():
        np.testing.assert_array_equal(value, before[key])


@pytest.mark.parametrize(("model", "signature"), list(INPUTS)[:3])
def test_nothing_is_not_enhanced(served, model: str, signature: str) -> None:
    inputs = INPUTS[model, signature]
    name = next(iter(inputs))
    with pytest.raises(StatusError, match=f"INVALID_ARGUMENT: .*{name}: empty"):
        answer(served[model], signature, {**inputs, name: inputs[name][:, :0]})


@pytest.mark.parametrize("label", [-1, 3])
def test_labels_that_the_model_has_not(served, label: int) -> None:
    inputs = {"latents": LATENTS, "labels": np.int32([label])}
    with pytest.raises(StatusError, match="INVALID_ARGUMENT: .*labels: expected 0 to 2"):
        answer(served["drums"], "generate", inputs)
