"""AdversarialModel: what a training step does, worked out by hand, and what it draws."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_arithmetic import CLIP, HandMadeGAN
from toy_family import (
    BATCH,
    LATENT_DIM,
    WITH_TERMS,
    ToyGAN,
    dataset_of,
    flat,
    make_toy,
    make_waveforms,
    state_of,
    train,
)

from tfgan_audio.errors import InputError
from tfgan_audio.losses.adversarial import OBJECTIVES

SGD = keras.optimizers.SGD


def moved(before: np.ndarray, network: keras.Model) -> bool:
    """Tell whether any weight of a network is not what it was."""
    return bool((flat(network.weights) != before).any())


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("critic_steps", [None, 2])
def test_steps_equal_arithmetic_by_hand(objective: str, critic_steps: int | None) -> None:
    """Each discriminator update has data of its own; the generator meets the updated one."""
    rates, weights = (0.05, 0.02), {"adversarial_weight": 1.5, "distance_weight": 0.5}
    model = make_toy(
        generator_optimizer=SGD(rates[0]),
        discriminator_optimizer=SGD(rates[1]),
        objective=objective,
        critic_steps=critic_steps,
        run_eagerly=critic_steps is not None,
        **weights,
    )
    expected = HandMadeGAN(
        objective,
        *(
            [w.numpy().astype(float) for w in n.weights]
            for n in (model.generator, model.discriminator)
        ),
        rates,
        **weights,
    )
    num_parts, num_steps = model.objective.critic_steps, 3
    waveforms = make_waveforms(num_parts * num_steps)
    latents = np.random.default_rng(1).standard_normal([len(waveforms), LATENT_DIM]).astype("f")
    model.fit(dataset_of(latents, waveforms), verbose=0)
    batches = list(zip(latents.reshape(-1, BATCH, LATENT_DIM), waveforms.reshape(-1, BATCH, 8, 1)))
    for step in range(num_steps):
        expected.step(batches[step * num_parts : (step + 1) * num_parts])
    for network in ("generator", "discriminator"):
        for found, value in zip(getattr(model, network).weights, getattr(expected, network)):
            np.testing.assert_allclose(found.numpy(), value, atol=1e-6)
    counts = [
        int(optimizer.iterations.numpy())
        for optimizer in (model.generator_optimizer, model.discriminator_optimizer)
    ]
    assert counts == [num_steps, num_steps * num_parts]
    assert num_parts == (critic_steps or OBJECTIVES[objective].critic_steps)


def test_eager_steps_and_several_steps_in_one_call_are_the_same() -> None:
    waveforms = make_waveforms(4)
    states = []
    for options in ({"run_eagerly": True}, {"run_eagerly": False}, {"steps_per_execution": 2}):
        model = make_toy(hidden=6, **WITH_TERMS, **{"run_eagerly": False, **options})
        train(model, waveforms)
        states.append(state_of(model))
    np.testing.assert_allclose(states[1], states[0], atol=1e-6)
    np.testing.assert_allclose(states[2], states[0], atol=1e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("resting", ["generator", "discriminator"])
def test_each_optimizer_moves_its_own_network_alone(objective: str, resting: str) -> None:
    model = make_toy(
        hidden=6, objective=objective, **{f"{resting}_optimizer": SGD(0.0)}, **WITH_TERMS
    )
    if objective == "wgan":  # Otherwise the first clip moves it.
        for weight in model.discriminator.weights:
            weight.assign(tf.clip_by_value(weight.value, -CLIP, CLIP))
    before = {name: flat(getattr(model, name).weights) for name in ("generator", "discriminator")}
    train(model, make_waveforms(model.objective.critic_steps))
    assert {name for name in before if moved(before[name], getattr(model, name))} == (
        {"generator", "discriminator"} - {resting}
    )


def test_weights_of_the_critic_stay_within_their_bound() -> None:
    model = make_toy(hidden=6, objective="wgan", discriminator_optimizer=SGD(1.0))
    train(model, make_waveforms(10))
    weights = flat(model.discriminator.trainable_weights)
    assert np.abs(weights).max() == np.float32(CLIP)
    assert flat(model.generator.weights).max() > CLIP


def test_gradient_penalty_draws_the_critics_slope_towards_one() -> None:
    slopes = []
    for objective in ("wgan", "wgan-gp"):
        model = make_toy(
            objective=objective,
            generator_optimizer=SGD(0.0),
            discriminator_optimizer=SGD(0.01),
            run_eagerly=False,
        )
        matrix = model.discriminator.weights[0]
        matrix.assign(matrix * 4.0 / np.linalg.norm(matrix))
        train(model, 0.01 * make_waveforms(500), epochs=1)
        slopes.append(float(np.linalg.norm(matrix)))
    assert slopes[0] < 0.1 and abs(slopes[1] - 1.0) < 0.05


@pytest.mark.parametrize(
    ("objective", "weight", "expected"),
    [("wgan-gp", None, 10.0), ("wgan-gp", 2.5, 2.5), ("wgan-gp", 0.0, 0.0), ("hinge", 3.0, 3.0)],
)
def test_the_weight_of_the_penalty_can_be_chosen(objective: str, weight, expected: float) -> None:
    """The toy's slope is its matrix, wherever the penalty is taken."""
    model = make_toy(objective=objective, critic_steps=1, gradient_penalty_weight=weight)
    distance = np.linalg.norm(model.discriminator.weights[0]) - 1.0
    logs = train(model, make_waveforms(1))
    assert ("d_penalty" in logs) == (expected > 0.0)
    if expected:
        assert logs["d_penalty"][0] == pytest.approx(expected * distance**2, rel=1e-4)


class HalvedToy(ToyGAN):
    """A toy whose paper halves the discriminator's loss and updates it twice a step."""

    def make_objective(self, name):
        whole = super().make_objective(name)
        half = lambda real, fake: 0.5 * whole.discriminator(real, fake)  # noqa: E731
        return dataclasses.replace(whole, discriminator=half, critic_steps=2)

    def default_optimizers(self, objective):
        return SGD(1e-2), SGD({"lsgan": 2e-2, "hinge": 3e-2}[objective])


def test_a_family_plays_an_objective_in_its_own_way() -> None:
    whole, halved = make_toy(objective="lsgan"), HalvedToy()
    halved.compile(objective="lsgan", run_eagerly=True)
    assert halved.objective.critic_steps == 2
    assert float(halved.discriminator_optimizer.learning_rate) == np.float32(2e-2)
    halved.set_weights(whole.get_weights())
    data = dataset_of(make_waveforms(1))
    scores = [model.evaluate(data, verbose=0, return_dict=True) for model in (whole, halved)]
    assert scores[1]["d_loss"] == pytest.approx(0.5 * scores[0]["d_loss"])
    halved.compile(objective="hinge", critic_steps=1)
    assert halved.objective.critic_steps == 1
    assert float(halved.discriminator_optimizer.learning_rate) == np.float32(3e-2)


class RecordingToy(ToyGAN):
    """A toy that keeps the seeds it was asked to draw by, and whether it was in training."""

    def synthesize(self, batch, seed, training):
        self.__dict__.setdefault("seeds", []).append(tuple(seed.numpy()))
        self.__dict__.setdefault("flags", set()).add(training)
        return super().synthesize(batch, seed, training)

    def judge(self, candidate, batch, training):
        self.__dict__.setdefault("flags", set()).add(training)
        return super().judge(candidate, batch, training)


def test_every_update_of_every_step_draws_anew() -> None:
    model = RecordingToy()
    model.compile(objective="wgan", seed=11, run_eagerly=True)
    train(model, make_waveforms(15))
    assert len(model.seeds) == len(set(model.seeds)) == 15
    assert {first for first, _ in model.seeds} == {11}


def test_networks_are_told_whether_they_train() -> None:
    model = RecordingToy(hidden=6)
    model.compile(objective="wgan-gp", run_eagerly=True, **WITH_TERMS)
    train(model, make_waveforms(5))
    assert model.flags == {True}
    model.flags.clear()
    model.evaluate(dataset_of(make_waveforms(1)), verbose=0)
    assert model.flags == {False}


def test_a_seed_repeats_a_training_bit_by_bit() -> None:
    waveforms = make_waveforms(10)
    states = []
    for seed in (3, 3, 4):
        options = {"objective": "wgan-gp", "critic_steps": 2, "seed": seed}
        model = make_toy(hidden=6, run_eagerly=False, **options)
        train(model, waveforms)
        states.append(state_of(model))
    np.testing.assert_array_equal(states[0], states[1])
    assert np.abs(states[0] - states[2]).max() > 1e-3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objective": "gan"}, "objective: got gan, expected one of minimax, lsgan, hinge, wgan"),
        ({"critic_steps": 0}, "critic_steps: got 0, expected at least 1"),
        ({"ema_momentum": 1.0}, "ema_momentum: got 1.0, expected a number in [0, 1), or none"),
        ({"adversarial_start_step": -1}, "adversarial_start_step: got -1, expected at least 0"),
        ({"level_weight": -1.0}, "level_weight: got -1.0, expected a number of at least 0"),
        ({"level_weight": float("nan")}, "level_weight: got nan, expected a number of at least 0"),
        (
            {"adversarial_weight": 0.0},
            "adversarial_weight, feature_matching_weight, distance_weight, level_weight: "
            "got zeros, expected at least one weight above 0",
        ),
    ],
)
def test_impossible_settings_are_told_in_one_line(options: dict, message: str) -> None:
    with pytest.raises(InputError) as error:
        make_toy(**options)
    assert str(error.value).startswith(message)


def test_one_optimizer_cannot_serve_both_networks() -> None:
    optimizer = keras.optimizers.Adam()
    with pytest.raises(InputError, match="^discriminator_optimizer: got the generator's, expected"):
        make_toy(generator_optimizer=optimizer, discriminator_optimizer=optimizer)


def test_an_optimizer_that_ran_without_an_average_cannot_begin_one() -> None:
    """Its averages do not exist; Keras would fail in the middle of the step."""
    model = make_toy()
    with pytest.raises(InputError, match="^generator_optimizer: got an optimizer that has run wit"):
        model.compile(model.generator_optimizer, ema_momentum=0.9)
    model.compile(ema_momentum=0.9, run_eagerly=True)
    model.compile(model.generator_optimizer, ema_momentum=0.8, run_eagerly=True)
    train(model, make_waveforms(1))
    assert model.generator_optimizer.ema_momentum == 0.8


def test_a_second_compile_replaces_the_first() -> None:
    waveforms = make_waveforms(2)
    twice, once = (make_toy(hidden=6, run_eagerly=False, level_weight=1.0) for _ in range(2))
    start = [weight.numpy() for weight in twice.weights]
    train(twice, waveforms)
    for model in (twice, once):
        model.set_weights(start)
        model.compile(objective="hinge", distance_weight=0.5)
    assert train(twice, waveforms) == train(once, waveforms)
    np.testing.assert_array_equal(state_of(twice), state_of(once))


def test_training_before_compile_is_told_by_keras() -> None:
    with pytest.raises(ValueError, match=r"call `compile\(\)` before"):
        train(ToyGAN(), make_waveforms(1))


@pytest.mark.parametrize("option", ["loss", "metrics", "optimizer", "level_wieght"])
def test_options_that_would_do_nothing_are_refused(option: str) -> None:
    with pytest.raises(TypeError, match=option):
        make_toy(**{option: "mse"})


def test_call_is_the_generator() -> None:
    model = make_toy()
    latent = np.ones([2, LATENT_DIM], np.float32)
    np.testing.assert_array_equal(model(latent), model.generator(latent))
