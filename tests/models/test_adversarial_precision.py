"""AdversarialModel: averaged weights, mixed precision, XLA."""

import keras
import numpy as np
import pytest
from toy_family import (
    LATENT_DIM,
    WITH_TERMS,
    Watch,
    dataset_of,
    flat,
    make_toy,
    make_waveforms,
    state_of,
    train,
)

SGD = keras.optimizers.SGD


def test_averages_equal_those_by_hand_and_weights_come_back() -> None:
    model = make_toy(hidden=6, ema_momentum=0.8)
    watch = Watch()
    train(model, make_waveforms(6), callbacks=[watch])
    expected = watch.generator[1]
    for weights in watch.generator[2:]:
        expected = 0.8 * expected + 0.2 * weights
    before = state_of(model)
    with model.averaged_weights():
        np.testing.assert_allclose(flat(model.generator.weights), expected, atol=1e-6)
        assert np.abs(expected - watch.generator[-1]).max() > 1e-3
    np.testing.assert_array_equal(state_of(model), before)
    with pytest.raises(KeyError):
        with model.averaged_weights():
            raise KeyError
    np.testing.assert_array_equal(state_of(model), before)


@pytest.mark.parametrize("num_steps", [0, 2])
def test_without_averages_or_steps_the_weights_stay(num_steps: int) -> None:
    model = make_toy(ema_momentum=None if num_steps else 0.9)
    train(model, make_waveforms(num_steps)) if num_steps else None
    before = flat(model.generator.weights)
    with model.averaged_weights():
        np.testing.assert_array_equal(flat(model.generator.weights), before)


@pytest.fixture
def policy():
    """Sets the dtype policy for one test."""
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy("float32")


def test_half_precision_scales_the_losses_of_both_optimizers(policy) -> None:
    policy("mixed_float16")
    scaled = make_toy()
    policy("mixed_bfloat16")
    plain = make_toy()
    for name in ("generator_optimizer", "discriminator_optimizer"):
        assert isinstance(getattr(scaled, name), keras.optimizers.LossScaleOptimizer)
        assert isinstance(getattr(plain, name), keras.optimizers.Adam)


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        # A low scale: with the usual one the first steps overflow, and are left out.
        ("mixed_float16", lambda: keras.optimizers.LossScaleOptimizer(SGD(0.01), 2.0**6)),
        ("mixed_bfloat16", lambda: SGD(0.01)),
    ],
)
@pytest.mark.parametrize("objective", ["lsgan", pytest.param("wgan-gp", marks=pytest.mark.slow)])
def test_mixed_precision_trains_as_float32_does(policy, name, optimizer, objective) -> None:
    waveforms, states, losses = make_waveforms(10), [], []
    start = flat(make_toy(hidden=6).trainable_weights)
    for policy_name, make_optimizer in (("float32", lambda: SGD(0.01)), (name, optimizer)):
        policy(policy_name)
        model = make_toy(
            hidden=6,
            objective=objective,
            critic_steps=2,
            generator_optimizer=make_optimizer(),
            discriminator_optimizer=make_optimizer(),
            run_eagerly=False,
            **WITH_TERMS,
        )
        losses.append(train(model, waveforms))
        states.append(flat(model.trainable_weights))
    assert all(weight.dtype == "float32" for weight in model.weights)
    distance = np.linalg.norm(states[1] - states[0]) / np.linalg.norm(states[0] - start)
    assert 0.0 < distance < 0.05
    for key, value in losses[0].items():
        np.testing.assert_allclose(losses[1][key], value, rtol=0.05, atol=0.02)


@pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16"])
def test_losses_are_float32_under_every_policy(policy, name: str) -> None:
    """Large scores overflow float16 when squared: a loss in float16 would be infinite."""
    policy(name)
    model = make_toy(hidden=6, discriminator_optimizer=SGD(0.0), **WITH_TERMS)
    model.discriminator.weights[-1].assign([1000.0])
    logs = train(model, make_waveforms(1))
    assert logs["d_loss"][0] > 1e6 and np.isfinite(list(logs.values())).all()


def test_a_step_that_overflows_is_left_out_and_the_scale_halved(policy) -> None:
    policy("mixed_float16")
    model = make_toy(hidden=6, **WITH_TERMS)
    before = flat(model.weights)
    train(model, 1e30 * make_waveforms(1))
    np.testing.assert_array_equal(flat(model.weights), before)
    for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
        assert float(optimizer.dynamic_scale.numpy()) == 2.0**14


def test_averages_of_a_scaled_optimizer(policy) -> None:
    policy("mixed_float16")
    given = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-2))
    averages = []
    for optimizer in (None, given):
        model = make_toy(generator_optimizer=optimizer, ema_momentum=0.5)
        train(model, make_waveforms(3))
        with model.averaged_weights():
            averages.append(flat(model.generator.weights))
        assert np.abs(averages[-1] - flat(model.generator.weights)).max() > 1e-3
    np.testing.assert_array_equal(*averages)


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["hinge", "wgan-gp"])
def test_xla_compiles_the_whole_step(objective: str) -> None:
    """With latents from the data, as XLA draws other numbers, and a penalty that needs none."""
    waveforms, states = make_waveforms(8), []
    latents = np.random.default_rng(1).standard_normal([len(waveforms), LATENT_DIM]).astype("f")
    for jit_compile in (False, True):
        model = make_toy(
            objective=objective,
            critic_steps=2,
            adversarial_start_step=1,
            ema_momentum=0.9,
            distance_weight=0.5,
            jit_compile=jit_compile,
            run_eagerly=False,
        )
        model.fit(dataset_of(latents, waveforms), verbose=0)
        assert model.jit_compile == jit_compile
        states.append(state_of(model))
    np.testing.assert_allclose(states[1], states[0], atol=1e-5)
