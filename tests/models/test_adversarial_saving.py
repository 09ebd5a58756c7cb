"""AdversarialModel on disk: what is saved is enough to go on as if nothing had happened."""

import keras
import numpy as np
import pytest
from toy_family import ToyGAN, dataset_of, flat, make_toy, make_waveforms, state_of, train

OPTIONS = {
    "hidden": 6,
    "distance_weight": 0.5,
    "feature_matching_weight": 2.0,
    "ema_momentum": 0.8,
    "run_eagerly": False,
}
NUM_STEPS = 3


def optimizers_for(name: str) -> dict[str, keras.optimizers.Optimizer]:
    """Optimizers of both networks, which differ."""
    makers = {
        "default": lambda rate: None,
        "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
        "adam": lambda rate: keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(rate, 10), beta_1=0.5
        ),
    }
    return {
        "generator_optimizer": makers[name](0.02),
        "discriminator_optimizer": makers[name](0.01),
    }


def continued(model: ToyGAN, waveforms: np.ndarray) -> np.ndarray:
    """State after some further steps."""
    train(model, waveforms)
    return state_of(model)


@pytest.mark.parametrize(
    ("objective", "optimizer", "start_step"),
    [("lsgan", "default", 0), ("wgan", "adam", 2), ("hinge", "sgd", 4)],
)
def test_a_loaded_model_goes_on_as_the_saved_one(
    tmp_path, objective: str, optimizer: str, start_step: int
) -> None:
    """Weights, moments, averages and counts: the next steps are equal bit by bit."""
    model = make_toy(
        objective=objective,
        critic_steps=2,
        adversarial_start_step=start_step,
        seed=5,
        **optimizers_for(optimizer),
        **OPTIONS,
    )
    train(model, make_waveforms(2 * NUM_STEPS))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(state_of(loaded), state_of(model))
    assert loaded.get_compile_config() == model.get_compile_config()
    waveforms = make_waveforms(2 * NUM_STEPS, seed=9)
    np.testing.assert_array_equal(continued(loaded, waveforms), continued(model, waveforms))
    with loaded.averaged_weights(), model.averaged_weights():
        np.testing.assert_array_equal(flat(loaded.weights), flat(model.weights))


def test_settings_of_compile_come_back(tmp_path) -> None:
    settings = {
        "objective": "wgan-gp",
        "critic_steps": 3,
        "gradient_penalty_weight": 4.5,
        "adversarial_weight": 0.5,
        "level_weight": 0.25,
        "adversarial_start_step": 7,
        "ema_momentum": 0.75,
        "seed": 12,
        "steps_per_execution": 2,
        "jit_compile": True,
        "run_eagerly": False,
    }
    model = make_toy(hidden=4, **settings)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.hidden == 4
    assert loaded.objective == model.objective
    found = loaded.get_compile_config()
    assert {name: found[name] for name in settings} == settings
    assert loaded.generator_optimizer.use_ema and not loaded.discriminator_optimizer.use_ema


def test_a_model_in_half_precision_comes_back_with_scales_and_averages(tmp_path) -> None:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = make_toy(**OPTIONS)
        train(model, make_waveforms(NUM_STEPS))
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    for name in ("generator_optimizer", "discriminator_optimizer"):
        scaled = getattr(loaded, name)
        assert isinstance(scaled, keras.optimizers.LossScaleOptimizer)
        assert not isinstance(scaled.inner_optimizer, keras.optimizers.LossScaleOptimizer)
    np.testing.assert_array_equal(state_of(loaded), state_of(model))
    waveforms = make_waveforms(NUM_STEPS, seed=9)
    np.testing.assert_array_equal(continued(loaded, waveforms), continued(model, waveforms))


def test_saved_weights_carry_the_state_into_a_new_model(tmp_path) -> None:
    model, other = make_toy(**OPTIONS), make_toy(model_seed=1, **OPTIONS)
    train(model, make_waveforms(NUM_STEPS))
    model.save_weights(tmp_path / "state.weights.h5")
    assert np.abs(state_of(other) - state_of(model)).max() > 0.1
    other.load_weights(tmp_path / "state.weights.h5")
    np.testing.assert_array_equal(state_of(other), state_of(model))
    waveforms = make_waveforms(NUM_STEPS, seed=9)
    np.testing.assert_array_equal(continued(other, waveforms), continued(model, waveforms))


def test_weights_fit_a_model_that_weighs_other_terms(tmp_path) -> None:
    model, other = make_toy(), make_toy(model_seed=1, objective="wgan-gp", level_weight=1.0)
    model.save_weights(tmp_path / "state.weights.h5")
    other.load_weights(tmp_path / "state.weights.h5")
    np.testing.assert_array_equal(flat(other.weights), flat(model.weights))


def test_a_model_that_was_never_compiled_can_be_saved(tmp_path) -> None:
    model = ToyGAN(hidden=4)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(flat(loaded.weights), flat(model.weights))
    assert not loaded.compiled


class Stop(keras.callbacks.Callback):
    """End the training in the middle of an epoch, as a crash does."""

    def on_train_batch_end(self, batch, logs=None) -> None:
        if batch == 1 and self.epoch == 1:
            raise InterruptedError

    def on_epoch_begin(self, epoch, logs=None) -> None:
        self.epoch = epoch


def test_backup_and_restore_goes_on_after_an_interruption(tmp_path) -> None:
    """Keras repeats the interrupted epoch from its beginning."""
    dataset = dataset_of(make_waveforms(NUM_STEPS))

    def fit(*callbacks: keras.callbacks.Callback) -> ToyGAN:
        model = make_toy(**OPTIONS)
        model.fit(dataset, epochs=3, verbose=0, callbacks=list(callbacks))
        return model

    def backup() -> keras.callbacks.Callback:
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(InterruptedError):
        fit(backup(), Stop())
    np.testing.assert_array_equal(state_of(fit(backup())), state_of(fit()))
