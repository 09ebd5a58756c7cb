"""A run that starts from a trained model has its weights, and nothing that does not fit."""

import keras
import numpy as np
import pytest

import tfgan_audio as tga
from tfgan_audio.errors import InputError
from tfgan_audio.loading import load_trained
from tfgan_audio.training.first_weights import take_weights
from tfgan_audio.training.run import train

SIZES = {"channels": 4, "dilations": (1,), "discriminator_channels": 2}


def small_segan(**changes) -> keras.Model:
    return tga.SEGAN(variant="causal", **{**SIZES, **changes})


def small_wavegan(names: tuple[str, ...] = ()) -> keras.Model:
    sizes = {"slice_samples": 256, "strides": (4, 4), "base_channels": 2}
    return tga.WaveGAN(**sizes, num_classes=len(names), label_names=names)


@pytest.mark.parametrize("make", [small_segan, lambda: small_wavegan(("kick", "snare"))])
def test_both_networks_get_the_weights(make, tmp_path) -> None:
    trained, model = make(), make()
    trained.save(tmp_path / "trained.keras")
    take_weights(model, tmp_path / "trained.keras")
    for name in ("generator", "discriminator"):
        pairs = zip(getattr(model, name).weights, getattr(trained, name).weights, strict=True)
        for one, other in pairs:
            np.testing.assert_array_equal(one, other)


def test_a_model_with_labels_begins_as_one_without(tmp_path) -> None:
    trained, model = small_wavegan(), small_wavegan(("kick", "snare"))
    trained.save(tmp_path / "trained.keras")
    take_weights(model, tmp_path / "trained.keras")
    rng = np.random.default_rng(5)
    latents, sounds = rng.uniform(-1, 1, (2, 100)), rng.uniform(-1, 1, (2, 256, 1))
    made = trained.render(latents)
    assert np.ptp(made) > 0
    for label in (0, 1):
        np.testing.assert_allclose(model.render(latents, label), made, atol=1e-6)
        scores = model.discriminator([sounds, np.full(2, label)], training=False)
        expected = trained.discriminator(sounds, training=False)
        np.testing.assert_allclose(scores, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("trained", "model", "message"),
    [
        (small_segan, small_wavegan, "got a SEGAN, expected a WaveGAN as in the run"),
        (
            lambda: small_wavegan(("kick", "snare")),
            lambda: small_wavegan(("snare", "kick")),
            "label names kick, snare, expected snare, kick as in the run",
        ),
        (lambda: small_wavegan(("kick", "snare")), small_wavegan, "kick, snare, expected none"),
        (small_segan, lambda: small_segan(channels=8), r"got a model whose .* is \[.*, expected"),
        (small_segan, lambda: small_segan(dilations=(1, 2)), r"got a model w.*, expected"),
    ],
)
def test_what_does_not_fit_is_refused(trained, model, message: str, tmp_path) -> None:
    trained().save(tmp_path / "trained.keras")
    model = model()
    before = model.get_weights()
    with pytest.raises(InputError, match=message):
        take_weights(model, tmp_path / "trained.keras")
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_starts_from_another_ones_model(config, finished_run, tmp_path) -> None:
    idle = [f"optimizer.{name}_learning_rate=1e-12" for name in ("generator", "discriminator")]
    steps = (
        "train.num_steps=1",
        "train.validate_every_steps=1",
        f"train.start_from={finished_run}",
    )
    train(config(*idle, *steps), tmp_path / "run")
    pairs = zip(
        load_trained(tmp_path / "run").get_weights(),
        load_trained(finished_run).get_weights(),
        strict=True,
    )
    for one, other in pairs:
        np.testing.assert_allclose(one, other, atol=1e-6)
