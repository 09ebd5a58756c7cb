"""Spectra as images, against librosa's transform and moments in NumPy."""

import keras
import librosa
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.errors import InputError
from tfgan_audio.layers.log_spectrum import LogSpectrumImage

FFT, HOP, NUM_SAMPLES = 64, 32, 32 * 20


@pytest.fixture
def waveforms(rng) -> np.ndarray:
    """Six decaying noises of different levels."""
    levels = rng.uniform(0.02, 0.5, [6, 1]) * np.exp(-np.arange(NUM_SAMPLES) / 200.0)
    return (levels * rng.standard_normal([6, NUM_SAMPLES]))[..., None].astype(np.float32)


@pytest.fixture
def adapted(waveforms) -> LogSpectrumImage:
    """A layer that knows them."""
    layer = LogSpectrumImage(FFT, HOP)
    layer.build()
    layer.adapt(tf.data.Dataset.from_tensor_slices(waveforms).batch(4))
    return layer


def log_magnitudes(waveforms: np.ndarray) -> np.ndarray:
    """[B, F, K] by librosa, with zeros behind the end."""
    padded = np.pad(waveforms[..., 0], [(0, 0), (0, FFT - HOP)])
    spectrum = librosa.stft(padded, n_fft=FFT, hop_length=HOP, center=False)
    return np.log(np.abs(np.moveaxis(spectrum, 1, 2)) + 1e-6)


def test_images_and_moments(adapted, waveforms) -> None:
    values = log_magnitudes(waveforms)
    mean, deviation = values.mean(axis=(0, 1)), values.std(axis=(0, 1))
    np.testing.assert_allclose(adapted.mean, mean, atol=1e-5)
    np.testing.assert_allclose(adapted.deviation, deviation, rtol=1e-5)
    expected = np.clip((values - mean) / deviation / 3.0, -1.0, 1.0)[:, :, :-1, None]
    image = adapted(waveforms)
    np.testing.assert_allclose(image, expected, atol=1e-5)
    assert image.shape == (6, 20, FFT // 2, 1) == adapted.compute_output_shape(waveforms.shape)
    assert np.abs(expected).max() == 1.0 and 0.2 < expected.std() < 0.45


def test_the_way_back_has_the_same_spectra(adapted, waveforms) -> None:
    """Up to what was clipped, the highest frequency, and what no phase can give."""
    image = adapted(waveforms)
    found = adapted.waveforms(image, num_iterations=100).numpy()
    assert found.shape == waveforms.shape
    again = np.exp(log_magnitudes(found))[:, :, :-1]
    expected = np.exp(log_magnitudes(waveforms))[:, :, :-1]
    assert np.linalg.norm(again - expected) < 0.15 * np.linalg.norm(expected)
    # The wrong image gives other spectra, so the measure can tell.
    other = np.exp(log_magnitudes(adapted.waveforms(-image, 100).numpy()))[:, :, :-1]
    assert np.linalg.norm(other - expected) > 0.5 * np.linalg.norm(expected)


def test_the_highest_frequency_comes_back_as_its_mean(adapted, waveforms) -> None:
    """With zero phase one frame's spectrum can be read from the waveform of that frame alone."""
    image = adapted(waveforms)[:1, :1]
    frame = adapted.waveforms(tf.pad(image, [[0, 0], [0, 1], [0, 0], [0, 0]]), 0)
    assert frame.shape == (1, 2 * HOP, 1)
    layer = LogSpectrumImage(FFT, HOP)
    layer.build()
    layer.mean.assign(np.full(FFT // 2 + 1, -20.0))
    mean = layer.mean.numpy()
    mean[-1] = np.log(3.0)
    layer.mean.assign(mean)
    alternating = layer.waveforms(tf.zeros([1, 20, FFT // 2, 1]), 0)[0, FFT:-FFT, 0].numpy()
    assert np.all(np.sign(alternating[1:]) == -np.sign(alternating[:-1]))


def test_what_a_batch_tells_does_not_matter_only_the_data(adapted, waveforms) -> None:
    """Batches of other sizes, and labels beside the waveforms."""
    layer = LogSpectrumImage(FFT, HOP)
    layer.build()
    pairs = tf.data.Dataset.from_tensor_slices((waveforms, np.arange(6)))
    layer.adapt(pairs.batch(1))
    np.testing.assert_allclose(layer.mean, adapted.mean, rtol=1e-6)
    np.testing.assert_allclose(layer.deviation, adapted.deviation, rtol=1e-5)


def test_silence_and_nothing(adapted) -> None:
    layer = LogSpectrumImage(FFT, HOP)
    layer.build()
    silence = np.zeros([2, NUM_SAMPLES, 1], np.float32)
    layer.adapt(tf.data.Dataset.from_tensors(silence))
    assert np.isfinite(layer(silence)).all()
    assert np.isfinite(adapted(silence)).all()
    with pytest.raises(InputError, match="no examples"):
        layer.adapt(tf.data.Dataset.from_tensors(silence).take(0))


def test_moments_are_saved(tmp_path, adapted, waveforms) -> None:
    inputs = keras.Input([NUM_SAMPLES, 1])
    model = keras.Model(inputs, adapted(inputs))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(waveforms), model(waveforms))
    assert not model.trainable_weights
