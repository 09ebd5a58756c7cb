"""An enhancer on a server equals the same one here, also where it is swapped."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from small_segan import make_model

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in
from tfgan_audio.serving.status import StatusError

QUICK = ServerOptions(grpc_port=0, rest_port=0, poll_seconds=0.05)


@pytest.fixture
def base_path(exported, tmp_path) -> Path:
    """The folder of a model with its first version."""
    shutil.copytree(exported.saved_model, tmp_path / "segan" / "1")
    return tmp_path / "segan"


@pytest.fixture
def server(base_path):
    """A server of it."""
    with Server(models_in(base_path), QUICK) as server:
        yield server


@pytest.mark.parametrize("kind", ["grpc_address", "rest_address"])
@pytest.mark.parametrize(("num_samples", "rate"), [(1, 16000), (70_001, 16000), (30_000, 44100)])
def test_recordings(exported, server, rng, kind: str, num_samples: int, rate: int) -> None:
    noisy = rng.uniform(-0.5, 0.5, [num_samples, 2]).astype(np.float32)
    with tga.serving.Client(getattr(server, kind), 120.0) as client:
        enhanced = tga.serving.remote_enhancer(client, "segan").enhance(noisy, rate)
    local = load(exported.saved_model).enhance(noisy, rate)
    np.testing.assert_allclose(enhanced, local, atol=1e-5)


def test_a_batch_of_several_lengths(exported, server, rng) -> None:
    recordings = [rng.uniform(-0.5, 0.5, n).astype(np.float32) for n in (1, 5000, 777)]
    with tga.serving.Client(server.grpc_address, 120.0) as client:
        inputs = {"noisy": [recording[:, None] for recording in recordings]}
        batch = client.predict_batch("segan", inputs, "enhance")["enhanced"]
    for recording, enhanced in zip(recordings, batch):
        np.testing.assert_allclose(enhanced[:, 0], exported.offline(recording), atol=1e-5)


def test_a_stream_goes_on_with_the_next_version(exported, server, base_path, speechlike) -> None:
    """Up to the swap it is what the old network makes of the whole, and after it the new one."""
    newer = make_model(seed=9)
    hop = 256
    with tga.serving.Client(server.grpc_address, 120.0) as client:
        stream = tga.serving.remote_enhancer(client, "segan").stream()
        first = stream.process(speechlike[: 30 * hop])
        export_saved_model(newer, base_path / "2")
        while client.states("segan") != {2: "AVAILABLE", 1: "END"}:
            pass
        rest = [stream.process(speechlike[30 * hop :]), stream.flush()]
    old = exported.offline(speechlike)
    new = newer.generator(speechlike[None, :, None]).numpy()[0, :, 0]
    expected = np.concatenate([old[: len(first)], new[len(first) :]])
    assert np.abs(old - new).max() > 0.01 and len(first) == 29 * hop
    np.testing.assert_allclose(np.concatenate([first, *rest]), expected, atol=1e-5)


def test_a_new_stream_takes_the_new_version(server, base_path, speechlike) -> None:
    newer = make_model(seed=9)
    with tga.serving.Client(server.grpc_address, 120.0) as client:
        enhancer = tga.serving.remote_enhancer(client, "segan")
        enhancer.enhance(speechlike[:1000], 16000)
        export_saved_model(newer, base_path / "2")
        while client.states("segan") != {2: "AVAILABLE", 1: "END"}:
            pass
        enhanced = enhancer.enhance(speechlike[:1000], 16000)
    expected = newer.generator(speechlike[None, :1000, None]).numpy()[0, :, 0]
    np.testing.assert_allclose(enhanced, expected, atol=1e-5)


def test_what_is_no_enhancer_of_this_package(embedded) -> None:
    with tga.serving.Client(embedded.grpc_address) as client:
        with pytest.raises(InputError, match="vocoder: got no description in its signatures"):
            tga.serving.remote_enhancer(client, "vocoder")
        with pytest.raises(StatusError, match="NOT_FOUND"):
            tga.serving.remote_enhancer(client, "nobody")
