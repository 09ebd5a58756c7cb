"""SpecGAN: its networks against plain operators, and its way from waveforms and back."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_family import dataset_of, state_of

from tfgan_audio.errors import InputError
from tfgan_audio.models.specgan import SpecGAN

NUM_SAMPLES = 16384


@pytest.fixture
def model() -> SpecGAN:
    """A small model with drawn weights, biases too."""
    keras.utils.set_random_seed(1)
    model = SpecGAN(base_channels=2, latent_dim=5)
    draws = np.random.default_rng(2)
    for variable in model.trainable_weights:
        if len(variable.shape) == 1:
            variable.assign(draws.normal(0.0, 0.1, variable.shape))
    return model


@pytest.fixture
def plucks(rng) -> np.ndarray:
    """Eight decaying tones."""
    seconds = np.arange(NUM_SAMPLES) / 16000.0
    tones = np.sin(2.0 * np.pi * rng.uniform(200.0, 2000.0, [8, 1]) * seconds)
    noise = 0.01 * rng.standard_normal([8, NUM_SAMPLES])
    return ((0.5 * tones + noise) * np.exp(-4.0 * seconds))[..., None].astype(np.float32)


def adapted(model: SpecGAN, sounds: np.ndarray) -> SpecGAN:
    """The model with the moments of sounds."""
    model.adapt(tf.data.Dataset.from_tensor_slices(sounds).batch(4))
    return model


def test_both_networks_are_those_of_the_paper(model, rng) -> None:
    """Five transposed convolutions of stride 2 from 4 by 4, and five back."""
    weights = {weight.path: weight.value for weight in model.trainable_weights}
    latent = tf.constant(rng.uniform(-1, 1, [3, 5]), tf.float32)
    hidden = latent @ weights["project/kernel"] + weights["project/bias"]
    hidden = tf.reshape(hidden, [3, 4, 4, 32])
    for i, (size, channels) in enumerate([(8, 16), (16, 8), (32, 4), (64, 2), (128, 1)]):
        kernel, shape = weights[f"up_{i}/kernel"], [3, size, size, channels]
        assert kernel.shape[:2] == (5, 5)
        hidden = tf.nn.conv2d_transpose(tf.nn.relu(hidden), kernel, shape, 2, "SAME")
        hidden += weights[f"up_{i}/bias"]
    image = tf.tanh(hidden)
    np.testing.assert_allclose(model.generator(latent), image, atol=1e-6)
    hidden = image
    for i in range(5):
        hidden = tf.nn.conv2d(hidden, weights[f"down_{i}/kernel"], 2, "SAME")
        hidden += weights[f"down_{i}/bias"]
        assert hidden.shape[1:] == (64 // 2**i, 64 // 2**i, 2 * 2**i)
        hidden = tf.maximum(hidden, 0.2 * hidden)
    flat = tf.reshape(hidden, [3, -1])
    score = flat @ weights["score/kernel"] + weights["score/bias"]
    np.testing.assert_allclose(model.discriminator(image), score, atol=1e-6)


def test_at_the_published_width_it_has_the_published_layers() -> None:
    model = SpecGAN()
    widths = [1024, 512, 256, 128, 64, 1]
    pairs = list(zip(widths[:-1], widths[1:]))
    generator = 101 * 16 * 1024 + sum(25 * a * b + b for a, b in pairs)
    backwards = [1, 64, 128, 256, 512, 1024]
    critic = sum(25 * a * b + b for a, b in zip(backwards[:-1], backwards[1:])) + 16 * 1024 + 1
    counts = [
        sum(math.prod(weight.shape) for weight in network.trainable_weights)
        for network in (model.generator, model.discriminator)
    ]
    assert counts == [generator, critic]


def test_sounds_survive_as_images(model, plucks) -> None:
    """From waveforms to what the critic sees, and back to nearly the same spectra."""
    image = adapted(model, plucks).represent(plucks)
    assert image.shape == (8, 128, 128, 1)
    assert np.abs(image).max() <= 1.0 and 0.2 < np.std(image) < 0.4
    for index in (0, 5):
        found = model.to_waveforms(image[index : index + 1], num_iterations=100)[0]
        assert found.shape == (NUM_SAMPLES, 1)
        distances = np.abs(image - model.represent(found[None])).mean(axis=(1, 2, 3))
        assert distances.argmin() == index
        assert distances[index] < 0.5 * np.delete(distances, index).min()
        level = np.linalg.norm(found) / np.linalg.norm(plucks[index])
        assert 0.8 < level < 1.2


def test_more_iterations_change_what_is_rendered(model, plucks) -> None:
    adapted(model, plucks)
    latents = np.random.default_rng(0).uniform(-1, 1, [2, 5])
    default = model.render(latents)
    np.testing.assert_array_equal(model.render(latents, num_iterations=16), default)
    assert np.abs(model.render(latents, num_iterations=0) - default).max() > 1e-3


def test_training_needs_the_moments(model, plucks) -> None:
    model.compile(critic_steps=2, run_eagerly=True)
    dataset = dataset_of(plucks, batch_size=2)
    with pytest.raises(InputError, match="no moments of the training data, expected adapt before"):
        model.fit(dataset, verbose=0)
    adapted(model, plucks).fit(dataset, verbose=0)
    assert model.generator_optimizer.iterations.numpy() == 2


def test_a_loaded_model_goes_on_as_the_saved_one(tmp_path, plucks) -> None:
    model = SpecGAN(base_channels=1, latent_dim=5, num_classes=2, label_names=("low", "high"))
    adapted(model, plucks).compile(critic_steps=2, seed=3, run_eagerly=True)
    dataset = dataset_of(plucks, np.arange(8, dtype=np.int32) % 2, batch_size=2)
    model.fit(dataset, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    assert loaded.get_compile_config() == model.get_compile_config()
    assert loaded.label_names == ("low", "high") and loaded.sample_rate_hz == 16000
    latents = np.random.default_rng(0).uniform(-1, 1, [2, 5])
    np.testing.assert_array_equal(loaded.render(latents, 1), model.render(latents, 1))
    for each in (model, loaded):
        each.fit(dataset, verbose=0)
    np.testing.assert_array_equal(state_of(loaded), state_of(model))


@pytest.mark.parametrize("name", ["gain", "polarity"])
def test_spectra_have_neither_gain_nor_polarity(model, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got an unknown augmentation, expected one of"):
        model.compile(augment=[name])


@pytest.mark.parametrize("name", ["latent_dim", "base_channels", "kernel_size", "num_classes"])
def test_wrong_sizes(name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got -1, expected a whole number"):
        SpecGAN(**{name: -1})
