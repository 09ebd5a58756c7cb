"""AdversarialModel: what a training step does, worked out by hand, and what is logged of it."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from toy_arithmetic import CLIP, HandMadeGAN
from toy_family import (
    BATCH,
    LATENT_DIM,
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
WITH_TERMS = {"distance_weight": 0.5, "level_weight": 3.0, "feature_matching_weight": 2.0}


def moved(before: np.ndarray, network: keras.Model) -> bool:
    """Tell whether any weight of a network is not what it was."""
    return bool((flat(network.weights) != before).any())


class Watch(keras.callbacks.Callback):
    """Keep the weights and the state of the optimizers after each step."""

    def on_train_begin(self, logs=None) -> None:
        self.generator, self.discriminator, self.optimizer, self.logs = [], [], [], []
        self.on_train_batch_end(0)

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.generator.append(flat(self.model.generator.weights))
        self.discriminator.append(flat(self.model.discriminator.weights))
        self.optimizer.append(flat(self.model.discriminator_optimizer.variables))
        self.logs.append(logs and {name: float(value) for name, value in logs.items()})


# One step against arithmetic --------------------------------------------------------------------


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


# Draws ------------------------------------------------------------------------------------------


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


# Late start -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objective", "optimizer"),
    [
        ("lsgan", lambda: keras.optimizers.Adam(1e-3, beta_1=0.5)),
        ("hinge", lambda: keras.optimizers.AdamW(1e-3, weight_decay=0.1)),
        ("wgan", lambda: keras.optimizers.RMSprop(1e-3)),
        ("wgan-gp", lambda: SGD(1e-3, momentum=0.9)),
    ],
)
def test_discriminator_rests_until_its_start_and_moves_from_there_on(objective, optimizer) -> None:
    """Its optimizer rests too: it starts as a new one does. One graph serves both phases."""
    start = 3
    model = make_toy(
        hidden=6,
        objective=objective,
        discriminator_optimizer=optimizer(),
        adversarial_start_step=start,
        run_eagerly=False,
        **WITH_TERMS,
    )
    watch = Watch()
    train(model, make_waveforms(6 * model.objective.critic_steps), callbacks=[watch])
    for step in range(1, 7):
        changes = [
            (values[step] != values[step - 1]).any()
            for values in (watch.generator, watch.discriminator, watch.optimizer)
        ]
        assert changes == [True, step > start, step > start]
    assert model.num_traces == 1


def test_a_late_first_update_is_as_long_as_any_first_update_of_adam() -> None:
    """Adam's first update is its learning rate, whatever the gradient."""
    model = make_toy(
        objective="wgan-gp",
        critic_steps=1,
        discriminator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
        adversarial_start_step=30,
        distance_weight=1.0,
        run_eagerly=False,
    )
    watch = Watch()
    train(model, make_waveforms(31), callbacks=[watch])
    first = np.abs(watch.discriminator[31] - watch.discriminator[30])
    # The critic's offset has no gradient in this game.
    np.testing.assert_allclose(first[:-1], 1e-3, rtol=1e-3)


def test_generator_learns_from_its_other_terms_before_the_start() -> None:
    waveforms = make_waveforms(3)
    late = make_toy(hidden=6, adversarial_start_step=3, **WITH_TERMS)
    alone = make_toy(
        hidden=6, adversarial_weight=0.0, **{**WITH_TERMS, "feature_matching_weight": 0.0}
    )
    watch = Watch()
    train(late, waveforms, callbacks=[watch])
    train(alone, waveforms)
    np.testing.assert_array_equal(watch.generator[-1], flat(alone.generator.weights))
    last = watch.logs[-1]
    assert [last[name] for name in ("d_loss", "g_adversarial", "g_feature_matching")] == [0, 0, 0]
    np.testing.assert_allclose(last["g_loss"], last["g_distance"] + last["g_level"], rtol=1e-6)


def test_a_start_at_zero_is_no_late_start() -> None:
    states = []
    for options in ({}, {"adversarial_start_step": 0}):
        model = make_toy(hidden=6, **options)
        train(model, make_waveforms(2))
        states.append(state_of(model))
    np.testing.assert_array_equal(*states)


# Logs -------------------------------------------------------------------------------------------


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


# Averages ---------------------------------------------------------------------------------------


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


# Precision and compilation ----------------------------------------------------------------------


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
    for policy_name in ("float32", name):
        policy(policy_name)
        model = make_toy(
            hidden=6,
            objective=objective,
            critic_steps=2,
            generator_optimizer=optimizer(),
            discriminator_optimizer=optimizer(),
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


# Refusals ---------------------------------------------------------------------------------------


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


def test_call_is_the_generator() -> None:
    model = make_toy()
    latent = np.ones([2, LATENT_DIM], np.float32)
    np.testing.assert_array_equal(model(latent), model.generator(latent))
