import importlib.util

import librosa
import numpy as np
import pytest

from tfgan_audio.audio.spectral import mel_spectrogram
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.frechet import frechet_distance
from tfgan_audio.evaluation.generation.musicnn import (
    FEATURES,
    build_musicnn,
    embed_musicnn,
    find_musicnn,
    load_musicnn,
)

_OUTPUTS = ("model/batch_normalization_10/batchnorm/add_1", "model/dense_1/BiasAdd")


@pytest.fixture
def installed():
    if importlib.util.find_spec("musicnn") is None:
        pytest.skip("needs: pip install --no-deps musicnn")


def published(log_mel):
    """Outputs of the graph that the package was trained with and ships beside its weights."""
    import tensorflow as tf

    meta = tf.compat.v1.MetaGraphDef()
    meta.ParseFromString((find_musicnn() / ".meta").read_bytes())
    for node in meta.graph_def.node:
        node.attr.pop("_output_shapes", None)  # stale ones, which the import would refuse
    graph_def = tf.compat.v1.graph_util.extract_sub_graph(meta.graph_def, list(_OUTPUTS))
    reader = tf.compat.v1.train.NewCheckpointReader(f"{find_musicnn()}/")
    feed = {
        f"{node.name}:0": reader.get_tensor(node.name)
        for node in graph_def.node
        if node.op == "VariableV2"
    }
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.import_graph_def(graph_def, name="")
        feed |= {"model/Placeholder:0": log_mel, "model/Placeholder_2:0": False}
        return session.run([f"{name}:0" for name in _OUTPUTS], feed)


def test_input_is_the_mel_spectrogram_of_librosa(rng):
    clip = rng.uniform(-0.5, 0.5, 16384).astype(np.float32)
    expected = librosa.feature.melspectrogram(
        y=clip, sr=16000, n_fft=512, hop_length=256, n_mels=96
    )
    found = mel_spectrogram(clip[None], FEATURES, in_double=False).numpy()[0].T
    assert found.shape == (96, 65)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


def test_network_has_as_many_weights_as_the_checkpoint_and_takes_any_length():
    network = build_musicnn()
    assert network.count_params() == 792_079
    for num_frames in (16, 187):
        vectors, logits = network(np.zeros((2, num_frames, 96), np.float32))
        assert vectors.shape == (2, 200) and logits.shape == (2, 50)


def test_absent_package_is_said_with_the_command(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="musicnn: .*pip install --no-deps musicnn"):
        find_musicnn()


@pytest.mark.slow
def test_network_equals_the_published_graph(installed, rng):
    log_mel = rng.uniform(0, 4, (2, 187, 96)).astype(np.float32)
    for found, expected in zip(load_musicnn()(log_mel), published(log_mel), strict=True):
        np.testing.assert_allclose(found, expected, atol=2e-5)


@pytest.mark.slow
def test_distance_tells_tones_from_noise(installed, tones, rng):
    """Measured with another implementation of it: 1.97 and 568 for such sounds."""
    noise = (0.1 * rng.normal(size=(300, 16384))).astype(np.float32)
    first, second, other = map(embed_musicnn, (tones(300, 16384), tones(300, 16384), noise))
    assert first.shape == (300, 200)
    assert frechet_distance(first, second) < 4
    assert frechet_distance(first, other) > 150
