"""AdversarialModel with a discriminator that takes part from a later step on."""

import keras
import numpy as np
import pytest
from toy_family import (
    WITH_TERMS,
    Watch,
    flat,
    make_toy,
    make_waveforms,
    state_of,
    train,
)

SGD = keras.optimizers.SGD


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
