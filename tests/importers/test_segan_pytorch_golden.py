"""SEGAN+, imported: outputs, losses, gradients and a step as its own code has them."""

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
from tfgan_audio.importers.segan_pytorch_places import discriminator_places, generator_places
from tfgan_audio.models import adversarial_step
from tfgan_audio.models.segan import SEGAN

pytestmark = pytest.mark.golden
PASSES = ("real", "fake", "fake_for_G")


@pytest.fixture
def arrays(golden_dir) -> dict[str, np.ndarray]:
    """Inputs and outputs, [B, T, C] where theirs are [B, C, T]."""
    arrays = dict(np.load(golden_dir / "segan_pytorch" / "arrays.npz"))
    return {name: a.transpose(0, 2, 1) if a.ndim == 3 else a for name, a in arrays.items()}


@pytest.fixture
def steps(golden_dir) -> dict[str, np.ndarray]:
    """Gradients, and weights after a step."""
    return dict(np.load(golden_dir / "segan_pytorch" / "train_step.npz"))


@pytest.fixture
def model(golden_dir) -> SEGAN:
    """The checkpoint."""
    return import_checkpoint("segan-pytorch", golden_dir / "segan_pytorch")


@pytest.fixture
def batch(arrays) -> dict[str, tf.Tensor]:
    """One batch as `unpack` gives it."""
    return {"noisy": tf.constant(arrays["in_noisy"]), "real": tf.constant(arrays["in_clean"])}


@pytest.fixture
def latent(arrays) -> tf.Tensor:
    """Latents of a training step."""
    return tf.constant(arrays["train_z"])


def set_shifts(model: SEGAN, passes: list[np.ndarray]) -> None:
    """Let the shifts of some passes be those that were drawn then."""
    layers = [layer for layer in model.discriminator.layers if layer.name.startswith("shift_")]
    for index, layer in enumerate(layers):
        layer.draw = iter([int(shifts[index]) for shifts in passes]).__next__


def test_both_networks(model, arrays, batch) -> None:
    enhanced = model.generator([batch["noisy"], tf.constant(arrays["in_z"])])
    peak = np.abs(arrays["G_eval"]).max()
    np.testing.assert_allclose(enhanced, arrays["G_eval"], rtol=0, atol=1e-5 * peak)
    for name, candidate in (("clean", batch["real"]), ("G", tf.constant(arrays["G_eval"]))):
        scores = model.discriminator([candidate, batch["noisy"]])
        expected = arrays[f"D_eval_noshift_{name}_noisy"]
        np.testing.assert_allclose(scores, expected, rtol=5e-5)


def test_hidden_layers(model, arrays, batch) -> None:
    pair = {"noisy": batch["noisy"][:1], "clean": batch["real"][:1]}
    expected = part(arrays, "G_hidden_")
    names = {"enc": "encoder", "dec": "decoder"}
    outputs = [
        model.generator.get_layer(f"{names[name[:3]]}_{name[4:]}_activation").output
        for name in expected
    ]
    found = keras.Model(model.generator.inputs, outputs)(
        [pair["noisy"], tf.constant(arrays["in_z"][:1])]
    )
    judged = part(arrays, "D_hidden_h_")
    outputs = [model.discriminator.get_layer(f"activation_{index}").output for index in judged]
    found += keras.Model(model.discriminator.inputs, outputs)([pair["clean"], pair["noisy"]])
    for values, wanted in zip(found, [*expected.values(), *judged.values()], strict=True):
        np.testing.assert_allclose(values, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def test_a_pass_with_shifts(model, arrays, batch) -> None:
    """Theirs shift when they judge, too, but normalise by the running moments."""
    set_shifts(model, [arrays["D_eval_shift_shifts"]])
    for layer in model.discriminator.layers:
        layer.trainable = not layer.name.startswith("norm_")
    scores = model.discriminator([batch["real"], batch["noisy"]], training=True)
    np.testing.assert_allclose(scores, arrays["D_eval_shift_clean_noisy"], rtol=5e-5)


def test_a_step_that_moves_nothing(model, arrays, batch, latent, steps) -> None:
    """Losses and gradients; and running moments after the three passes."""
    set_shifts(model, [arrays[f"train_shifts_{name}"] for name in PASSES])
    fake = model.generator([batch["noisy"], latent], training=True)
    gradients = discriminator_gradients(model, batch, fake)
    variables = model.discriminator.trainable_variables
    judge_places = discriminator_places(model.discriminator)
    assert_gradients(variables, gradients, judge_places, part(steps, "grad_D_total/"), 1e-3)
    gradients = generator_gradients(model, batch, latent)
    variables, places = model.generator.trainable_variables, generator_places(model.generator)
    assert_gradients(variables, gradients, places, part(steps, "grad_g_loss/"), 1e-3)
    moments = part(arrays, "noupdate_D_")
    assert len([name for name in moments if "running" in name]) == 10
    for name, expected in moments.items():
        if "running" in name:
            np.testing.assert_allclose(judge_places[name].variable, expected, rtol=5e-5, atol=1e-7)


def test_one_step(model, arrays, batch, latent, steps) -> None:
    """The generator learns from the discriminator that has just been updated."""
    set_shifts(model, [arrays[f"train_shifts_{name}"] for name in PASSES])
    model.synthesize = lambda batch, seed, training: model.generator(
        [batch["noisy"], latent], training=training
    )
    logs = adversarial_step.train_step(model, batch)
    judged = arrays["onestep_d_real_loss"] + arrays["onestep_d_fake_loss"]
    np.testing.assert_allclose(logs["d_loss"], judged, rtol=5e-5)
    np.testing.assert_allclose(logs["g_adversarial"], arrays["onestep_g_adv_loss"], rtol=5e-5)
    np.testing.assert_allclose(logs["g_waveform_l1"], arrays["onestep_g_l1_loss"], rtol=5e-5)
    np.testing.assert_allclose(logs["g_loss"], arrays["onestep_g_loss"], rtol=5e-5)
    for places, letter, gradients in (
        (discriminator_places(model.discriminator), "D", "grad_D_total/"),
        (generator_places(model.generator), "G", "used_in_step_G/"),
    ):
        after = part(steps, f"after_step_{letter}/")
        clear = part(steps, gradients)
        known = {name: values for name, values in after.items() if name in clear}
        assert len(known) > 20
        assert_weights(places, known, clear, 2e-6)


def test_a_file_in_the_published_way(model, arrays) -> None:
    """Windows side by side, one latent for all."""
    samples = 2 / 65535 * (arrays["file_int16"].astype(np.float64) - 32767) + 1
    enhanced = model.enhance(
        samples.astype(np.float32)[None, :, None], overlap=0.0, latents=arrays["file_z"]
    )
    expected = arrays["file_output"]
    peak = np.abs(expected).max()
    np.testing.assert_allclose(enhanced[0, :, 0], expected, rtol=0, atol=1e-5 * peak)


@pytest.mark.parametrize("name", ["weights_EOE_G-Generator-3.ckpt", "."])
def test_whatever_the_path_names(golden_dir, model, name: str) -> None:
    other = import_checkpoint("segan-pytorch", golden_dir / "segan_pytorch" / name)
    for one, another in zip(model.weights, other.weights, strict=True):
        np.testing.assert_array_equal(one, another)
