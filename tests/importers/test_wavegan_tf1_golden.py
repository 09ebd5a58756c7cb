"""The original WaveGAN, imported: outputs, losses, gradients and steps as its own code has them."""

import numpy as np
import pytest
import tensorflow as tf
from golden_step import (
    SEED,
    assert_gradients,
    assert_weights,
    discriminator_gradients,
    part,
)

from tfgan_audio.importers.checkpoints import import_checkpoint
from tfgan_audio.importers.wavegan_tf1 import discriminator_places, generator_places
from tfgan_audio.layers.phase_shuffle import PhaseShuffle
from tfgan_audio.losses.gradient_penalty import gradient_penalty
from tfgan_audio.models import adversarial_step
from tfgan_audio.models.wavegan import WaveGAN

pytestmark = pytest.mark.golden
OBJECTIVES = {"wgan": "wgan", "lsgan": "lsgan", "dcgan": "minimax"}
JUDGED = ("D_x", "D_G_z", "D_interp")


@pytest.fixture
def arrays(golden_dir) -> dict[str, np.ndarray]:
    """Inputs and outputs."""
    return dict(np.load(golden_dir / "wavegan_tf1" / "arrays.npz"))


@pytest.fixture
def steps(golden_dir) -> dict[str, np.ndarray]:
    """Gradients, and weights after a step, without phase shuffle."""
    return part(dict(np.load(golden_dir / "wavegan_tf1" / "grads.npz")), "ps0/")


@pytest.fixture
def model(golden_dir) -> WaveGAN:
    """The checkpoint."""
    return import_checkpoint("wavegan-tf1", golden_dir / "wavegan_tf1")


@pytest.fixture
def batch(arrays) -> dict[str, tf.Tensor]:
    """One batch as `unpack` gives it."""
    return {"real": tf.constant(arrays["in_x"])}


@pytest.fixture
def fake(arrays) -> tf.Tensor:
    """What the generator made for it."""
    return tf.constant(arrays["G_z"])


@pytest.fixture
def _same_mixture(arrays, monkeypatch) -> None:
    """Take the factors of the penalty's examples instead of drawing them; theirs weigh the fake."""
    alpha = tf.constant(1.0 - arrays["in_alpha"])
    monkeypatch.setattr(adversarial_step, "draw_for_examples", lambda *arguments: alpha)


def force_shifts(monkeypatch, shifts: list[int]) -> None:
    """Take shifts one after the other instead of drawing them."""
    waiting = iter(shifts)
    monkeypatch.setattr(
        PhaseShuffle, "draw", lambda layer, num_examples: tf.constant(next(waiting))
    )


def test_what_the_files_tell(model) -> None:
    assert model.sizes.base_channels == 4 and model.slice_samples == 16384
    assert model.objective.name == "wgan-gp" and model.objective.critic_steps == 5
    assert model.sizes.phase_shuffle == 2 and model.sample_rate_hz == 16000


def test_the_generator(model, arrays) -> None:
    peak = np.abs(arrays["G_z"]).max()
    for sounds in (model.generator(arrays["in_z"]).numpy(), model.render(arrays["in_z"])):
        np.testing.assert_allclose(sounds, arrays["G_z"], rtol=0, atol=1e-5 * peak)
        whole = np.clip(sounds * 32767.0, -32767.0, 32767.0).astype(np.int16)
        assert np.abs(whole.astype(int) - arrays["G_z_int16"]).max() <= 1


@pytest.mark.parametrize("shuffle", ["ps0", "ps2"])
def test_the_critic_and_its_penalty(model, arrays, batch, fake, monkeypatch, shuffle: str) -> None:
    """Scores, slopes and losses; three passes of four shifts each."""
    real, alpha = batch["real"], arrays["in_alpha"]
    training = shuffle == "ps2"
    mixed = real + alpha * (fake - real)
    for candidate, name in zip((real, fake, mixed), JUDGED, strict=True):
        if training:
            force_shifts(monkeypatch, list(arrays[f"ps2_shifts_{name}"]))
        scores = model.judge(candidate, batch, training)
        np.testing.assert_allclose(scores[:, 0], arrays[f"{shuffle}_{name}"], rtol=1e-5, atol=1e-5)
    for example, slope in enumerate(arrays[f"{shuffle}_slopes"]):
        if training:
            force_shifts(monkeypatch, list(arrays["ps2_shifts_D_interp"]))
        one = slice(example, example + 1)
        penalty = gradient_penalty(
            lambda x: model.judge(x, batch, training), real[one], fake[one], 1.0 - alpha[one]
        )
        assert np.sqrt(penalty) == pytest.approx(abs(slope - 1.0), abs=1e-5)


@pytest.mark.usefixtures("_same_mixture")
@pytest.mark.parametrize("shuffle", ["ps0", "ps2"])
def test_losses(model, arrays, batch, fake, monkeypatch, shuffle: str) -> None:
    training = shuffle == "ps2"
    force_shifts(monkeypatch, [shift for name in JUDGED for shift in arrays[f"ps2_shifts_{name}"]])
    terms, _ = adversarial_step._discriminator_terms(model, batch, fake, SEED, training)
    penalty = 10.0 * arrays[f"{shuffle}_gradient_penalty"]
    np.testing.assert_allclose(terms["d_loss"], arrays[f"{shuffle}_D_loss"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(terms["d_penalty"], penalty, rtol=1e-5, atol=1e-5)
    force_shifts(monkeypatch, list(arrays["ps2_shifts_D_G_z"]))
    loss = adversarial_step._generator_terms(model, batch, fake, (), training)["g_loss"]
    np.testing.assert_allclose(loss, arrays[f"{shuffle}_G_loss"], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("theirs", OBJECTIVES)
def test_losses_of_the_other_objectives(model, arrays, batch, fake, theirs: str) -> None:
    model.compile(objective=OBJECTIVES[theirs])
    judged, _ = adversarial_step._discriminator_terms(model, batch, fake, SEED, training=False)
    terms = adversarial_step._generator_terms(model, batch, fake, (), training=False)
    expected = part(arrays, f"ps0_loss_{theirs}_")
    np.testing.assert_allclose(judged["d_loss"], expected["D_loss"], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(terms["g_loss"], expected["G_loss"], rtol=1e-5, atol=1e-5)
    assert model.objective.critic_steps == 5


@pytest.mark.usefixtures("_same_mixture")
def test_step_of_the_critic(model, arrays, batch, fake, steps, monkeypatch) -> None:
    places = discriminator_places(model.discriminator)
    variables, expected = model.discriminator.trainable_variables, part(steps, "grad_D_loss/")
    monkeypatch.setattr(PhaseShuffle, "draw", lambda layer, num_examples: tf.constant(0))
    gradients = discriminator_gradients(model, batch, fake)
    assert_gradients(variables, gradients, places, expected, 1e-4)
    adversarial_step._update_discriminator(model, batch, SEED, fake)
    assert_weights(places, part(steps, "after_D_step/"), expected, 1e-6)


def test_step_of_the_generator(model, arrays, batch, steps) -> None:
    places = generator_places(model.generator)
    variables, expected = model.generator.trainable_variables, part(steps, "grad_G_loss/")
    with tf.GradientTape() as tape:
        made = model.generator(arrays["in_z"], training=True)
        loss = adversarial_step._generator_terms(model, batch, made, (), False)["g_loss"]
    gradients = tape.gradient(loss, variables)
    assert_gradients(variables, gradients, places, expected, 1e-4)
    model.generator_optimizer.apply(gradients, variables)
    assert_weights(places, part(steps, "after_G_step/"), expected, 1e-6)


def test_slope_of_the_critic(model, arrays, batch, fake) -> None:
    with tf.GradientTape() as tape:
        mixed = batch["real"] + arrays["in_alpha"] * (fake - batch["real"])
        tape.watch(mixed)
        total = tf.reduce_sum(model.judge(mixed, batch, training=False))
    expected = arrays["gp_input_gradient"]
    peak = np.abs(expected).max()
    np.testing.assert_allclose(tape.gradient(total, mixed), expected, rtol=0, atol=1e-4 * peak)
