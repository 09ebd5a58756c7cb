"""MelGANs opened for use: exact offline, in a stream and whatever they were trained in."""

import warnings

import keras
import numpy as np
import pytest
from tiny_vocoders import KINDS, make_melgan

import tfgan_audio as tga
from tfgan_audio.errors import InputError


@pytest.mark.parametrize("kind", KINDS)
def test_any_chunking_equals_the_network_on_the_whole(kind: str, rng, tmp_path) -> None:
    model = make_melgan(kind)
    model.save(tmp_path / "model.keras")
    vocoder = tga.load(tmp_path / "model.keras")
    assert vocoder.features == model.features and vocoder.sample_rate_hz == 8000
    before, behind = model.receptive_frames
    for num_frames in (1, 2, 5, before + 1, 150, 1100):
        mel = rng.uniform(-4.5, -1.5, [num_frames, 6]).astype(np.float32)
        expected = model.generator(mel[None]).numpy()[0, :, 0]
        assert len(expected) == num_frames * model.hop_samples and expected.std() > 0.005
        np.testing.assert_allclose(vocoder.vocode(mel), expected, atol=1e-5, rtol=0)
        if num_frames > 200:
            continue
        stream = vocoder.stream()
        assert stream.latency_samples == behind * model.hop_samples
        for sizes in ([1], [7], [0, 1, *rng.integers(0, 20, 30)]):
            parts, position = [], 0
            while position < num_frames:
                size = sizes[len(parts) % len(sizes)]
                parts.append(stream.process(mel[position : position + size]))
                position += size
            found = np.concatenate([*parts, stream.flush()])
            np.testing.assert_allclose(found, expected, atol=1e-5, rtol=0)


def test_a_model_trained_in_bfloat16_computes_in_float32(tmp_path, rng) -> None:
    mel = rng.uniform(-4.5, -1.5, [20, 6]).astype(np.float32)
    exact = make_melgan("full band")
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        trained = make_melgan("full band")
        trained.set_weights(exact.get_weights())
        trained.save(tmp_path / "model.keras")
        found = tga.load(tmp_path / "model.keras").vocode(mel)
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        rough = np.array(trained.generator(mel[None]))[0, :, 0]
    finally:
        keras.config.set_dtype_policy("float32")
    expected = exact.generator(mel[None]).numpy()[0, :, 0]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.abs(rough - expected).max() > 1e-5


def test_a_vocoder_does_nothing_else(tmp_path) -> None:
    make_melgan("full band").save(tmp_path / "model.keras")
    path = tmp_path / "model.keras"
    for verb, able in (("enhance", "a SEGAN"), ("generate", "a WaveGAN or SpecGAN")):
        with pytest.raises(InputError) as error:
            tga.loading.load(path, verb)
        assert str(error.value) == f"{path}: got a model that cannot {verb}, expected {able}"


def test_one_graph_serves_every_length(tmp_path, rng) -> None:
    """Tracing anew for each length would take seconds a call."""
    make_melgan("full band").save(tmp_path / "model.keras")
    vocoder = tga.load(tmp_path / "model.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # TensorFlow warns of repeated tracing
        for num_frames in range(1, 12):
            mel = rng.uniform(-4.5, -1.5, [num_frames, 6]).astype(np.float32)
            assert len(vocoder.vocode(mel)) == 16 * num_frames
