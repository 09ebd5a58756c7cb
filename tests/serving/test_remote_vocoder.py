"""A vocoder on a server equals the same one here."""

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import tfgan_audio as tga
from tfgan_audio.cli import main
from tfgan_audio.serving.saved_model import export_saved_model
from tfgan_audio.serving.server.embedded import Server, ServerOptions
from tfgan_audio.serving.server.model_configs import models_in


@pytest.fixture(scope="module")
def server(tiny_melgan, tmp_path_factory):
    """A server of the vocoder."""
    base_path = tmp_path_factory.mktemp("models") / "voice"
    export_saved_model(tga.loading.load_trained(tiny_melgan), base_path / "1")
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


def test_a_raw_stream_is_none_for_a_vocoder(server) -> None:
    done = CliRunner().invoke(main, ["client", server.grpc_address, "voice", "-", "-"])
    assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1
    assert "IN: got -, expected mels or recordings" in done.stderr
