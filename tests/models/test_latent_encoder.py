"""The encoder's view of sounds and what it learns from."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.latents import draw_latents
from tfgan_audio.models.latent_encoder import LatentEncoder
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.models.wavegan import WaveGAN

SIZES = {"slice_samples": 256, "strides": (4, 4), "base_channels": 2, "latent_dim": 3}


def lively(model):
    """A model of random weights large enough for its sounds to differ, and those of labels."""
    for weight in model.generator.trainable_weights:
        # The vectors of labels begin at zero.
        drawn = weight if np.any(weight) else keras.random.uniform(weight.shape, -0.2, 0.2, seed=1)
        weight.assign(4.0 * drawn)
    return model


@pytest.fixture
def wavegan() -> WaveGAN:
    """A small model of two channels."""
    keras.utils.set_random_seed(0)
    return lively(WaveGAN(num_channels=2, **SIZES))


def test_a_latent_has_no_distance_to_the_sound_it_makes(wavegan) -> None:
    encoder = LatentEncoder(wavegan)
    latents = tf.constant(draw_latents(4, 3, seed=1))
    made = tf.constant(wavegan.render(latents))
    assert float(encoder.spectral_distance(made, None, latents)) < 1e-5
    assert float(encoder.spectral_distance(made, None, -latents)) > 0.01


def test_phases_hardly_matter_but_channels_do(wavegan) -> None:
    encoder = LatentEncoder(wavegan)
    times = np.arange(256)[:, None]
    tone = np.sin(2 * np.pi * times / [8.0, 16.0] + [0.3, 0.9])[None].astype(np.float32)
    shifted = np.sin(2 * np.pi * times / [8.0, 16.0] + [2.0, 1.5])[None].astype(np.float32)

    def distance(other: np.ndarray) -> float:
        inside = slice(1, -1)  # where no frame reaches beyond the slice
        images = [encoder.image(tf.constant(each))[:, inside] for each in (tone, other)]
        return float(tf.reduce_mean(tf.abs(images[0] - images[1])))

    assert distance(shifted) < 0.2 * distance(tone[..., ::-1])


def test_latents_lie_inside_the_cube_that_generators_are_trained_on(wavegan, rng) -> None:
    encoder = LatentEncoder(wavegan)
    for weight in encoder.network.trainable_weights:
        weight.assign(50.0 * weight)
    latents = encoder(tf.constant(rng.normal(size=[5, 256, 2]), tf.float32)).numpy()
    assert latents.shape == (5, 3)
    assert 0.9 < np.abs(latents).max() <= np.float32(0.995)


def test_losses_compare_latents_spectra_and_lengths(wavegan, rng) -> None:
    encoder = LatentEncoder(wavegan)
    waveform = tf.constant(rng.normal(0.0, 0.1, [4, 256, 2]), tf.float32)
    drawn = tf.constant(draw_latents(4, 3, seed=2))
    losses = {
        name: float(value) for name, value in encoder.losses_on(waveform, None, drawn).items()
    }
    found = encoder(tf.constant(wavegan.render(drawn))).numpy()
    assert losses["latent"] == pytest.approx(np.mean((found - drawn) ** 2), rel=1e-4)
    latent = encoder(waveform)
    distance = encoder.spectral_distance(waveform, None, latent)
    assert losses["spectrum"] == pytest.approx(float(distance), rel=1e-5)
    # The mean of three squares of uniform numbers has the mean 1/3 and the variance 4/135.
    unlikeliness = np.mean((np.mean(latent.numpy() ** 2, axis=1) - 1 / 3) ** 2) / (4 / 135)
    assert losses["length"] == pytest.approx(0.01 * unlikeliness, rel=1e-4)


def test_drawn_latents_are_of_likely_lengths() -> None:
    model = SimpleNamespace(latent_dim=50)
    drawn = LatentEncoder.draw(model, 4000, (0, 1)).numpy()
    unlikeliness = np.mean((np.mean(drawn**2, axis=1) - 1 / 3) ** 2) / (4 / 45 / 50)
    assert unlikeliness == pytest.approx(1.0, abs=0.1)


def test_labels_reach_the_generator(rng) -> None:
    keras.utils.set_random_seed(0)
    model = lively(WaveGAN(num_classes=2, **SIZES))
    encoder = LatentEncoder(model)
    latents = tf.constant(draw_latents(2, 3, seed=1))
    made = tf.constant(model.render(latents, [0, 1]))
    right = encoder.spectral_distance(made, tf.constant([0, 1]), latents)
    assert (
        float(right) < 1e-5 < float(encoder.spectral_distance(made, tf.constant([1, 0]), latents))
    )


def test_adapting_gives_recordings_of_any_channel_unit_variance(wavegan, rng) -> None:
    recordings = rng.normal(0.0, 0.2, [64, 256, 2]).astype(np.float32)
    encoder = LatentEncoder(wavegan)
    encoder.adapt(tf.data.Dataset.from_tensor_slices(recordings).batch(16))
    image = encoder.image(tf.constant(recordings)).numpy()
    # Beyond three deviations the image is clipped.
    np.testing.assert_allclose(image.mean(axis=(0, 1)), 0.0, atol=0.02)
    np.testing.assert_allclose(image.std(axis=(0, 1)), 1 / 3, atol=0.03)


def test_a_specgan_is_seen_by_its_own_spectrum(rng) -> None:
    keras.utils.set_random_seed(0)
    model = lively(SpecGAN(latent_dim=3, base_channels=1))
    recordings = rng.normal(0.0, 0.2, [2, 16384, 1]).astype(np.float32)
    dataset = tf.data.Dataset.from_tensors(recordings)
    model.adapt(dataset)
    moments = model.spectrum.mean.numpy()
    encoder = LatentEncoder(model, base_channels=1)
    encoder.adapt(dataset.map(lambda waveform: 3.0 * waveform))
    np.testing.assert_array_equal(model.spectrum.mean, moments)
    expected = model.represent(tf.constant(recordings))
    np.testing.assert_array_equal(encoder.image(tf.constant(recordings)), expected)
    latents = tf.constant(draw_latents(2, 3, seed=1))
    distance = encoder.spectral_distance(tf.constant(recordings), None, latents)
    difference = np.abs(model.generator(latents) - expected).mean()
    assert float(distance) == pytest.approx(difference, rel=1e-5)
