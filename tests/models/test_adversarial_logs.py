"""AdversarialModel: what training and evaluation report."""

import keras
import numpy as np
import pytest
from toy_family import (
    LATENT_DIM,
    WITH_TERMS,
    dataset_of,
    make_toy,
    make_waveforms,
    state_of,
    train,
)

SGD = keras.optimizers.SGD


def test_logged_keys_are_the_losses_and_the_terms_in_use() -> None:
    generator = {"g_loss", "g_adversarial", "g_distance", "g_level", "g_feature_matching"}
    waveforms = make_waveforms(5)
    assert set(train(make_toy(), waveforms)) == {"d_loss", "g_loss", "g_adversarial"}
    model = make_toy(hidden=6, **WITH_TERMS)
    assert set(train(model, waveforms)) == {"d_loss", *generator}
    model = make_toy(hidden=6, objective="wgan-gp", **WITH_TERMS)
    assert set(train(model, waveforms)) == {"d_loss", "d_penalty", *generator}
    model = make_toy(adversarial_weight=0.0, level_weight=1.0)
    assert set(train(model, waveforms)) == {"d_loss", "g_loss", "g_level"}
    model = make_toy(hidden=6, adversarial_weight=0.0, feature_matching_weight=1.0)
    assert set(train(model, waveforms)) == {"d_loss", "g_loss", "g_feature_matching"}


def test_weights_scale_their_terms_and_the_loss_is_their_sum() -> None:
    logs = []
    for factor in (1.0, 2.5):
        model = make_toy(
            hidden=6,
            generator_optimizer=SGD(0.0),
            discriminator_optimizer=SGD(0.0),
            adversarial_weight=factor,
            **{name: factor * weight for name, weight in WITH_TERMS.items()},
        )
        logs.append({name: values[0] for name, values in train(model, make_waveforms(2)).items()})
    terms = [name for name in logs[0] if name.startswith("g_") and name != "g_loss"]
    assert len(terms) == 4
    for name in terms:
        np.testing.assert_allclose(logs[1][name], 2.5 * logs[0][name], rtol=1e-5)
    for entry in logs:
        np.testing.assert_allclose(entry["g_loss"], sum(entry[name] for name in terms), rtol=1e-5)
    assert logs[0]["d_loss"] == logs[1]["d_loss"]


def test_terms_have_the_values_of_their_definitions() -> None:
    """Worked out from the networks' outputs; no weight moves, so the epoch is one value."""
    model = make_toy(
        hidden=6,
        objective="wgan-gp",
        critic_steps=1,
        generator_optimizer=SGD(0.0),
        discriminator_optimizer=SGD(0.0),
        **WITH_TERMS,
    )
    waveform, latent = make_waveforms(1), make_waveforms(1, seed=1)[:, :LATENT_DIM, 0]
    logs = model.fit(dataset_of(latent, waveform), verbose=0).history
    scores = model.evaluate(dataset_of(latent, waveform), verbose=0, return_dict=True)
    fake = model.generator(latent).numpy()
    fake_map, fake_score = (part.numpy() for part in model.discriminator(fake))
    real_map, real_score = (part.numpy() for part in model.discriminator(waveform))
    expected = {
        "g_adversarial": -fake_score.mean(),
        "g_feature_matching": 2.0 * np.abs(fake_map - real_map).mean(),
        "g_distance": 0.5 * np.square(fake - waveform).mean(),
        "g_level": 3.0 * np.abs(fake).mean(),
    }
    expected["g_loss"] = sum(expected.values())
    for name, value in expected.items():
        np.testing.assert_allclose(logs[name][0], value, rtol=1e-5)
        np.testing.assert_allclose(scores[name], value, rtol=1e-5)
    np.testing.assert_allclose(scores["fake_power"], np.square(fake).mean(), rtol=1e-5)
    for entry in (scores, {name: values[0] for name, values in logs.items()}):
        wasserstein = fake_score.mean() - real_score.mean()
        np.testing.assert_allclose(entry["d_loss"] - entry["d_penalty"], wasserstein, atol=1e-5)


def test_logs_of_an_epoch_are_means_over_its_steps() -> None:
    class EveryStep(keras.callbacks.Callback):
        losses: list[float] = []

        def on_train_batch_end(self, batch, logs=None) -> None:
            seen = len(self.losses)
            self.losses.append(float(logs["d_loss"]) * (seen + 1) - sum(self.losses))

    steps = EveryStep()
    history = train(make_toy(), make_waveforms(4), callbacks=[steps])
    assert len(set(np.round(steps.losses, 4))) == 4
    np.testing.assert_allclose(history["d_loss"][0], np.mean(steps.losses), rtol=1e-6)


def test_evaluation_moves_nothing_and_reports_the_same_keys_and_the_quality() -> None:
    model = make_toy(hidden=6, objective="wgan-gp", run_eagerly=False, **WITH_TERMS)
    logs = train(model, make_waveforms(5))
    before = state_of(model)
    dataset = dataset_of(make_waveforms(3))
    first, second = (model.evaluate(dataset, verbose=0, return_dict=True) for _ in range(2))
    # TensorFlow adds three numbers in any order, so that a running mean may differ in its last bit.
    assert first == pytest.approx(second, rel=1e-6)
    assert set(first) == {*logs, "fake_power"}
    np.testing.assert_array_equal(state_of(model), before)


def test_validation_in_fit_takes_single_batches() -> None:
    model = make_toy(objective="wgan")
    history = train(model, make_waveforms(5), validation_data=dataset_of(make_waveforms(3)))
    expected = model.evaluate(dataset_of(make_waveforms(3)), verbose=0, return_dict=True)
    assert {name: history[f"val_{name}"][0] for name in expected} == pytest.approx(expected)
