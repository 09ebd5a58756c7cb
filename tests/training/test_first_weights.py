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


def small_reader(symbols: str, **names) -> keras.Model:
    sizes = {"width": 8, "feed_forward_channels": 8, "num_heads": 1}
    return tga.AcousticModel(["<pad>", *symbols], **sizes, **names)


def test_an_acoustic_model_takes_along_what_it_knows_by_name(tmp_path) -> None:
    trained = small_reader("abc", speakers=("anna", "ben"), languages=("en", "de"))
    model = small_reader(
        "bdca", speakers=("eva", "ben"), languages=("de", "fr"), styles=("neutral", "glad")
    )
    own = model.generator.get_layer("symbol_embedding").get_weights()[0]
    trained.save(tmp_path / "trained.keras")
    take_weights(model, tmp_path / "trained.keras")
    said = {"speaker": "ben", "style": "neutral"}
    for there, here in (([1, 3, 2], [4, 3, 1]), ([2, 2], [1, 1])):
        mel, durations = trained.predict_mel(there, [2] * len(there), **said)
        same, same_durations = model.predict_mel(here, [1] * len(here), **said)
        np.testing.assert_array_equal(same_durations, durations)
        np.testing.assert_allclose(same, mel, atol=1e-6)
    half = trained.predict_mel([1, 2], [2, 2], {"anna": 0.5, "ben": 0.5}, "neutral")[0]
    np.testing.assert_allclose(model.predict_mel([4, 1], [1, 1], "eva", "glad")[0], half, atol=1e-6)
    begun = model.generator.get_layer("symbol_embedding").get_weights()[0]
    np.testing.assert_array_equal(begun[2], own[2])


@pytest.mark.parametrize("verb", ["speak", "vocode"])
def test_default_is_the_model_of_the_same_family(verb: str) -> None:
    default = load_trained("default", verb)
    model = type(default).from_config(default.get_config())
    take_weights(model, "default")
    for one, other in zip(model.get_weights(), default.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


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
        (
            lambda: small_reader("ab"),
            lambda: small_reader("ab", predictor_channels=8),
            r"got a model whose .* is \[.*, expected",
        ),
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
