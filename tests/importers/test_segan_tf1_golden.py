"""The original SEGAN, imported: outputs, losses, gradients and a step as its own code has them."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from golden_step import (
    assert_gradients,
    assert_weights,
    discriminator_gradients,
    generator_gradients,
    part,
)

from tfgan_audio.importers.checkpoints import import_checkpoint
from tfgan_audio.importers.segan_tf1 import discriminator_places, generator_places
from tfgan_audio.models import adversarial_step
from tfgan_audio.models.segan import SEGAN

pytestmark = pytest.mark.golden


@pytest.fixture
def arrays(golden_dir) -> dict[str, np.ndarray]:
    """Inputs and outputs."""
    return dict(np.load(golden_dir / "segan_tf1" / "arrays.npz"))


@pytest.fixture
def steps(golden_dir) -> dict[str, np.ndarray]:
    """Gradients, and weights after a step."""
    return dict(np.load(golden_dir / "segan_tf1" / "grads.npz"))


@pytest.fixture
def model(golden_dir) -> SEGAN:
    """The checkpoint."""
    return import_checkpoint("segan-tf1", golden_dir / "segan_tf1")


@pytest.fixture
def batch(arrays) -> dict[str, tf.Tensor]:
    """One batch as `unpack` gives it."""
    return {
        "noisy": tf.constant(arrays["in_noisy_preemph"][..., None]),
        "real": tf.constant(arrays["in_clean_preemph"][..., None]),
    }


def test_both_networks(model, arrays, batch) -> None:
    enhanced = model.generator([batch["noisy"], tf.constant(arrays["in_z"])])
    peak = np.abs(arrays["G"]).max()
    np.testing.assert_allclose(enhanced, arrays["G"], rtol=0, atol=1e-5 * peak)
    logits = model.discriminator([batch["real"], batch["noisy"]])
    np.testing.assert_allclose(logits, arrays["d_real_logits"], rtol=5e-5)
    logits = model.judge(tf.constant(arrays["G"]), batch, training=True)
    np.testing.assert_allclose(logits, arrays["d_fake_logits"], rtol=5e-5)


def test_losses(model, arrays, batch) -> None:
    fake = tf.constant(arrays["G"])
    seed = tf.constant([0, 0])
    judged, _ = adversarial_step._discriminator_terms(model, batch, fake, seed, training=True)
    terms = adversarial_step._generator_terms(model, batch, fake, (), training=True)
    np.testing.assert_allclose(judged["d_loss"], arrays["d_loss"], rtol=5e-5)
    np.testing.assert_allclose(terms["g_adversarial"], arrays["g_adv_loss"], rtol=5e-5)
    np.testing.assert_allclose(terms["g_waveform_l1"], arrays["g_l1_loss"], rtol=5e-5)
    np.testing.assert_allclose(terms["g_loss"], arrays["g_loss"], rtol=5e-5)


def test_step_of_the_discriminator(model, arrays, batch, steps) -> None:
    fake, places = tf.constant(arrays["G"]), discriminator_places(model.discriminator)
    variables, expected = model.discriminator.trainable_variables, part(steps, "grad_d_loss/")
    gradients = discriminator_gradients(model, batch, fake)
    assert_gradients(variables, gradients, places, expected, 2e-3)
    model.discriminator_optimizer.apply(gradients, variables)
    assert_weights(places, part(steps, "after_D_step/"), expected, 5e-6)


def test_step_of_the_generator(model, arrays, batch, steps) -> None:
    places = generator_places(model.generator)
    variables, expected = model.generator.trainable_variables, part(steps, "grad_g_loss/")
    gradients = generator_gradients(model, batch, tf.constant(arrays["in_z"]))
    assert_gradients(variables, gradients, places, expected, 2e-3)
    model.generator_optimizer.apply(gradients, variables)
    assert_weights(places, part(steps, "after_G_step/"), expected, 5e-6)


def test_a_file_in_the_published_way(model, arrays) -> None:
    """Windows side by side, each with a latent of its own."""
    enhanced = model.enhance(
        arrays["file_normalised"][None, :, None], overlap=0.0, latents=arrays["file_chunk_z_row0"]
    )
    expected = arrays["file_clean_output"]
    peak = np.abs(expected).max()
    np.testing.assert_allclose(enhanced[0, :, 0], expected, rtol=0, atol=1e-5 * peak)


@pytest.mark.parametrize("name", ["SEGAN-41700", "SEGAN-41700.index", "."])
def test_whatever_the_path_names(golden_dir, model, name: str) -> None:
    other = import_checkpoint("segan-tf1", golden_dir / "segan_tf1" / name)
    for one, another in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(one, another)
    assert keras.ops.shape(other.generator.inputs[0])[1] == 16384
