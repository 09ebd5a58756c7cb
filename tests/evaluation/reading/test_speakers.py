"""The speaker encoder against the same network in Keras, its spectra against librosa."""

import importlib.util

import keras
import librosa
import numpy as np
import pytest

from tfgan_audio.audio.io import read_audio
from tfgan_audio.data.synthetic_reading import made_reading
from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.reading.speakers import SpeakerEncoder
from tfgan_audio.importers.resemblyzer import resemblyzer_weights


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """Drawn weights of the right shapes."""
    rng, weights, size = np.random.default_rng(2), {}, 40
    for layer in range(3):
        for name, shape in (
            ("weight_ih", (1024, size)),
            ("weight_hh", (1024, 256)),
            ("bias_ih", (1024,)),
            ("bias_hh", (1024,)),
        ):
            drawn = rng.uniform(-0.08, 0.08, shape)
            weights[f"lstm.{name}_l{layer}"] = drawn.astype(np.float32)
        size = 256
    weights["linear.weight"] = rng.uniform(-0.1, 0.1, (256, 256)).astype(np.float32)
    weights["linear.bias"] = rng.uniform(-0.1, 0.1, 256).astype(np.float32)
    return weights


def in_keras(weights: dict[str, np.ndarray], mels: np.ndarray) -> np.ndarray:
    """The network of the paper, in Keras."""
    hidden = inputs = keras.Input([None, 40])
    layers = [keras.layers.LSTM(256, return_sequences=index < 2) for index in range(3)]
    for layer in layers:
        hidden = layer(hidden)
    model = keras.Model(inputs, keras.layers.Dense(256, "relu")(hidden))
    values = []
    for index in range(3):
        matrices = [weights[f"lstm.weight_{kind}_l{index}"].T for kind in ("ih", "hh")]
        bias = weights[f"lstm.bias_ih_l{index}"] + weights[f"lstm.bias_hh_l{index}"]
        values += [*matrices, bias]
    model.set_weights([*values, weights["linear.weight"].T, weights["linear.bias"]])
    embedded = model.predict(mels, verbose=0)
    return embedded / np.linalg.norm(embedded, axis=1, keepdims=True)


def test_an_embedding_is_that_of_the_network(weights) -> None:
    waveform = 0.1 * np.random.default_rng(0).standard_normal(40_000).astype(np.float32)
    mel = librosa.feature.melspectrogram(
        y=waveform, sr=16_000, n_fft=400, hop_length=160, n_mels=40
    ).T
    # Parts of 160 frames, 77 apart, of which the last reaches the end by three quarters.
    parts = np.stack([mel[:160], mel[77:237]])
    embedded = in_keras(weights, parts).mean(axis=0)
    found = SpeakerEncoder(weights).embed(waveform)
    np.testing.assert_allclose(found, embedded / np.linalg.norm(embedded), atol=2e-4)
    assert np.linalg.norm(found) == pytest.approx(1.0)


def test_short_and_silent_recordings(weights) -> None:
    encoder = SpeakerEncoder(weights)
    short = np.random.default_rng(1).standard_normal(3000)
    assert encoder.similarity([short], [short]) == pytest.approx(1.0)
    with pytest.raises(InputError, match="speaker_similarity: got a silent estimate"):
        encoder.embed(np.zeros(16_000))


def test_the_weights_of_the_package_tell_voices_apart(tmp_path) -> None:
    if importlib.util.find_spec("resemblyzer") is None:
        pytest.skip("no package Resemblyzer")
    texts = ["The wooden boat is on the lake.", "Nobody knew what to say."] * 2
    speakers = ["synthetic-high", "synthetic-low"]
    folder = made_reading(tmp_path / "made", texts[:1] * 2 + texts[1:2] * 2, speakers=speakers)
    high, low = (
        [read_audio(path)[0][:, 0] for path in sorted((folder / speaker).glob("*.wav"))]
        for speaker in speakers
    )
    encoder = SpeakerEncoder(resemblyzer_weights())
    alike = [encoder.similarity(voice[:1], voice[1:]) for voice in (high, low)]
    assert min(alike) > encoder.similarity(high, low) + 0.1
