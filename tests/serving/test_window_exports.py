"""Exports of SEGANs that take windows: every runtime enhances as the Keras model does."""

import keras
import numpy as np
import pytest

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load
from tfgan_audio.models.segan import SEGAN
from tfgan_audio.serving.saved_model import export_saved_model, run_in_session
from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in
from tfgan_audio.serving.tflite import export_tflite

SMALL = {"slice_samples": 256, "kernel_size": 7}
KINDS = {
    "with latents": ("segan", {"encoder_channels": (2, 3, 4, 5), "latent_channels": 3}),
    "without": ("segan_plus", {"encoder_channels": (2, 3), "latent_channels": 0}),
}


@pytest.fixture(scope="module", params=KINDS)
def model(request) -> SEGAN:
    """A small model that is far from leaving its input as it is."""
    keras.utils.set_random_seed(4)
    variant, sizes = KINDS[request.param]
    channels = {"discriminator_channels": (3,) * len(sizes["encoder_channels"])}
    model = SEGAN(variant, **SMALL, **sizes, **channels)
    for weight in model.generator.trainable_weights:
        weight.assign(3.0 * weight)
    return model


@pytest.fixture(scope="module")
def version(model, tmp_path_factory):
    """Its SavedModel."""
    folder = tmp_path_factory.mktemp("windows") / "segan" / "1"
    assert 0 <= export_saved_model(model, folder)["max_difference"] <= 1e-5
    return folder


def offline(model: SEGAN, noisy: np.ndarray) -> np.ndarray:
    """What the model's own stream makes of a recording."""
    stream = model.stream()
    return np.concatenate([stream.process(noisy), stream.flush()])


def test_an_export_enhances_as_the_model(model, version, speechlike, tmp_path) -> None:
    export_tflite(model, tmp_path / "a.tflite")
    opened = [load(version), load(tmp_path / "a.tflite")]
    for num_samples in (1, 256, 3001):
        noisy = speechlike[:num_samples]
        expected = offline(model, noisy)
        for enhancer in opened:
            np.testing.assert_allclose(enhancer.enhance(noisy, 16000), expected, atol=1e-5)
    assert np.abs(expected - noisy).max() > 0.01


def test_windows_are_told_apart_by_their_index(model, version, rng) -> None:
    window = np.repeat(rng.uniform(-0.5, 0.5, [1, 256, 1]).astype(np.float32), 2, axis=0)
    has_latents = len(model.generator.inputs) == 2
    inputs = {"window": window} | ({"index": np.int32([0, 5])} if has_latents else {})
    first, other = run_in_session(version, "serving_default", inputs)["enhanced"]
    assert (np.abs(first - other).max() > 1e-4) == has_latents


def test_a_served_one(model, version, speechlike) -> None:
    with Server(models_in(version.parent), ServerOptions(grpc_port=0, rest_port=0)) as server:
        enhancer = load(f"grpc://{server.grpc_address}/segan")
        found = enhancer.enhance(speechlike[:1000], 16000)
        np.testing.assert_allclose(found, offline(model, speechlike[:1000]), atol=1e-5)
        with tga.serving.Client(server.grpc_address) as client:
            with pytest.raises(InputError, match="segan: got a segan_windows, expected a model"):
                tga.serving.remote_enhancer(client, "segan")
