"""A vocoder on a server equals the same one here."""

import dataclasses
import time

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import tfgan_audio as tga
from tfgan_audio.cli import main
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load_trained
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in


@pytest.fixture(scope="module")
def server(tiny_melgan, tmp_path_factory):
    """A server of the vocoder."""
    base_path = tmp_path_factory.mktemp("models") / "voice"
    export_saved_model(load_trained(tiny_melgan), base_path / "1")
    with Server(models_in(base_path), ServerOptions(grpc_port=0, rest_port=0)) as server:
        yield server


@pytest.fixture
def mel(rng) -> np.ndarray:
    """A mel that takes several requests."""
    return rng.uniform(-4.0, -1.0, [300, 8]).astype(np.float32)


@pytest.mark.parametrize("kind", ["grpc_address", "rest_address"])
def test_mels_whole_and_in_chunks(tiny_melgan, server, mel, kind: str) -> None:
    local = tga.load(tiny_melgan)
    with tga.serving.Client(getattr(server, kind), 120.0) as client:
        vocoder = tga.serving.remote_model(client, "voice")
        assert vocoder.features == local.features
        for part in (mel[:1], mel):
            np.testing.assert_allclose(vocoder.vocode(part), local.vocode(part), atol=1e-5)
        stream = vocoder.stream()
        parts = [stream.process(mel[n : n + 41]) for n in range(0, 82, 41)]
        streamed = np.concatenate([*parts, stream.flush()])
    np.testing.assert_allclose(streamed, local.vocode(mel[:82]), atol=1e-5)


def test_a_padded_batch(tiny_melgan, server, mel) -> None:
    """Each is what it is between quiet frames, and what it is padded with does not matter."""
    mels = [mel[:50], mel[50:61]]
    batch = np.full([2, 50, 8], 1e6, np.float32)
    for row, one in zip(batch, mels):
        row[: len(one)] = one
    inputs = {"mel": batch, "num_frames": np.array([50, 11], np.int32)}
    with tga.serving.Client(server.grpc_address, 120.0) as client:
        found = client.predict("voice", inputs, "vocode_padded")
    assert found["num_samples"].tolist() == [50 * 256, 11 * 256]
    local = tga.load(tiny_melgan)
    np.testing.assert_allclose(found["waveform"][0, :, 0], local.vocode(mels[0]), atol=1e-5)
    shorter = found["waveform"][1, :, 0]
    inside = slice(0, (11 - local.stream().latency_frames) * 256)
    np.testing.assert_allclose(shorter[inside], local.vocode(mels[1])[inside], atol=1e-5)
    assert not shorter[11 * 256 :].any()


def test_a_folder_of_mels_and_recordings(tiny_melgan, server, mel, rng, tmp_path) -> None:
    source, remote, local = (tmp_path / name for name in ("in", "remote", "local"))
    source.mkdir()
    np.save(source / "a.npy", mel[:40])
    soundfile.write(source / "b.flac", rng.uniform(-0.1, 0.1, 9000), 22050)
    calls = {remote: ["client", server.grpc_address, "voice"], local: ["vocode", str(tiny_melgan)]}
    for target, call in calls.items():
        done = CliRunner().invoke(main, [*call, str(source), str(target)])
        assert done.exit_code == 0, done.output
    for name in ("a.wav", "b.wav"):
        found, expected = (soundfile.read(folder / name)[0] for folder in (remote, local))
        np.testing.assert_allclose(found, expected, atol=2 / 32768)


def test_a_mel_goes_on_with_the_next_version_of_its_kind(tiny_melgan, mel, tmp_path) -> None:
    base_path, model = tmp_path / "voice", load_trained(tiny_melgan)
    export_saved_model(model, base_path / "1")
    options = ServerOptions(grpc_port=0, rest_port=0, poll_seconds=0.05)
    with Server(models_in(base_path), options) as server:
        with tga.serving.Client(server.grpc_address, 120.0) as client:
            vocoder = tga.serving.remote_model(client, "voice")
            expected = vocoder.vocode(mel[:9])
            swap(client, base_path, model, 2)
            np.testing.assert_allclose(vocoder.vocode(mel[:9]), expected, atol=1e-5)
            features = dataclasses.replace(model.features, fmax_hz=4000.0)
            config = {**model.get_config(), "features": dataclasses.asdict(features)}
            swap(client, base_path, type(model).from_config(config), 3)
            with pytest.raises(InputError, match="^voice version 3: got .*4000.0"):
                vocoder.vocode(mel[:9])


def swap(client, base_path, model, number: int) -> None:
    """Publish a version and wait until it is the only one."""
    export_saved_model(model, base_path / str(number))
    deadline = time.monotonic() + 60.0
    while client.states("voice").get(number - 1) != "END":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_raw_stream_is_none_for_a_vocoder(server) -> None:
    done = CliRunner().invoke(main, ["client", server.grpc_address, "voice", "-", "-"])
    assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1
    assert "IN: got -, expected mels or recordings" in done.stderr
