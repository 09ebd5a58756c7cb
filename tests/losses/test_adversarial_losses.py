"""Adversarial objectives against hand-computed values, scipy and the original codes."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from tfgan_audio.errors import InputError
from tfgan_audio.losses import adversarial
from tfgan_audio.losses.adversarial import OBJECTIVES, find_objective
from tfgan_audio.losses.judgement import over_scales

REAL = np.array([[2.0], [-0.5]], np.float32)
FAKE = np.array([[0.5], [-3.0]], np.float32)
LOSSES = {
    "minimax_discriminator": -np.mean(np.log(expit(REAL))) - np.mean(np.log(1 - expit(FAKE))),
    "minimax_generator": -np.mean(np.log(expit(FAKE))),
    "saturating_minimax_generator": np.mean(np.log(1 - expit(FAKE))),
    "lsgan_discriminator": (1.0 + 2.25) / 2 + (0.25 + 9.0) / 2,
    "lsgan_generator": (0.25 + 16.0) / 2,
    "hinge_discriminator": (0.0 + 1.5) / 2 + (1.5 + 0.0) / 2,
    "hinge_generator": 1.25,
    "wasserstein_discriminator": -1.25 - 0.75,
    "wasserstein_generator": 1.25,
}


def apply(name: str, real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """Call a loss by name with the scores it takes."""
    scores = (real, fake) if name.endswith("discriminator") else (fake,)
    return getattr(adversarial, name)(*scores)


@pytest.mark.parametrize("name", LOSSES)
def test_two_scores_give_the_value_computed_by_hand(name: str) -> None:
    loss = apply(name, REAL, FAKE)
    assert loss.shape == [] and loss.dtype == tf.float32
    np.testing.assert_allclose(loss, LOSSES[name], rtol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16])
def test_low_precision_scores_are_summed_in_float32(name: str, dtype: tf.DType, rng) -> None:
    scores = [tf.cast(rng.normal(size=[4096, 1]) * 3, dtype) for _ in range(2)]
    exact = apply(name, *[tf.cast(score, tf.float32) for score in scores])
    loss = apply(name, *scores)
    assert loss.dtype == tf.float32
    np.testing.assert_array_equal(loss, exact)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_huge_scores_stay_finite(name: str, sign: float, gradient_of) -> None:
    scores = np.full([2, 1], sign * 1e4, np.float32)
    assert np.isfinite(apply(name, scores, -scores))
    assert np.isfinite(gradient_of(lambda x: apply(name, x, -x), scores)).all()


def test_saturating_form_is_the_generators_side_of_the_game() -> None:
    """D's loss is minus the value V of the game, and only one term of V depends on G."""
    value = -adversarial.minimax_discriminator(REAL, FAKE)
    real_term = np.mean(np.log(expit(REAL)))
    np.testing.assert_allclose(
        value, real_term + adversarial.saturating_minimax_generator(FAKE), rtol=1e-6
    )


def test_non_saturating_form_keeps_its_gradient_where_fakes_are_rejected(gradient_of) -> None:
    rejected = np.array([[-20.0]], np.float32)
    strong = gradient_of(adversarial.minimax_generator, rejected)
    weak = gradient_of(adversarial.saturating_minimax_generator, rejected)
    np.testing.assert_allclose(strong, -1.0, rtol=1e-6)
    np.testing.assert_allclose(weak, -expit(-20.0), rtol=1e-5)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_both_sides_pull_the_fake_scores_apart(name: str, gradient_of) -> None:
    objective = find_objective(name)
    at = np.full([3, 1], 0.5, np.float32)
    assert (gradient_of(objective.generator, at) < 0).all()
    assert (gradient_of(lambda x: objective.discriminator(x, at), at) < 0).all()
    assert (gradient_of(lambda x: objective.discriminator(at, x), at) > 0).all()


def test_wasserstein_does_not_see_a_common_offset_and_follows_the_scale() -> None:
    loss = adversarial.wasserstein_discriminator
    np.testing.assert_allclose(loss(REAL + 7, FAKE + 7), loss(REAL, FAKE), rtol=1e-6)
    np.testing.assert_allclose(loss(3 * REAL, 3 * FAKE), 3 * loss(REAL, FAKE), rtol=1e-6)
    assert float(loss(REAL, REAL)) == 0.0


def test_hinge_is_zero_beyond_the_margin() -> None:
    assert float(adversarial.hinge_discriminator([1.0, 5.0], [-1.0, -9.0])) == 0.0


def test_defaults_are_those_of_the_papers() -> None:
    defaults = {
        name: (o.gradient_penalty_weight, o.weight_clip, o.critic_steps)
        for name, o in OBJECTIVES.items()
    }
    assert defaults == {
        "minimax": (0.0, None, 1),
        "lsgan": (0.0, None, 1),
        "hinge": (0.0, None, 1),
        "wgan": (0.0, 0.01, 5),
        "wgan-gp": (10.0, None, 5),
    }
    assert all(find_objective(name).name == name for name in OBJECTIVES)
    assert find_objective("minimax").generator is adversarial.minimax_generator


def test_unknown_name_is_answered_with_the_accepted_ones() -> None:
    with pytest.raises(InputError) as error:
        find_objective("wgangp")
    assert str(error.value) == (
        "objective: got wgangp, expected one of minimax, lsgan, hinge, wgan, wgan-gp"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("critic_steps", 0), ("weight_clip", 0.0), ("gradient_penalty_weight", -1.0)],
)
def test_impossible_numbers_are_refused(field: str, value: float) -> None:
    with pytest.raises(InputError, match=field):
        dataclasses.replace(find_objective("wgan"), **{field: value})


def test_mapping_and_records_are_frozen() -> None:
    with pytest.raises(TypeError):
        OBJECTIVES["mine"] = find_objective("hinge")
    with pytest.raises(dataclasses.FrozenInstanceError):
        find_objective("hinge").critic_steps = 2


@pytest.mark.golden
def test_losses_of_the_official_melgan(golden) -> None:
    arrays = np.load(golden("melgan_official/arrays.npz"))
    real = [[arrays[f"train_D_real_score{scale}"]] for scale in range(3)]
    fake = [[arrays[f"train_D_fake_score{scale}"]] for scale in range(3)]
    loss_d = over_scales(adversarial.hinge_discriminator, real, fake)
    loss_g = over_scales(adversarial.hinge_generator, fake)
    np.testing.assert_allclose(loss_d, arrays["noupdate_loss_D"], rtol=1e-5)
    np.testing.assert_allclose(loss_g, arrays["noupdate_loss_G"], rtol=1e-5)


@pytest.mark.golden
@pytest.mark.parametrize(
    ("folder", "num_layers"), [("pwg_melgan", 7), ("pwg_mb_melgan", 6)], ids=["full", "multi"]
)
def test_losses_of_parallel_wavegan(folder: str, num_layers: int, golden) -> None:
    arrays = np.load(golden(f"{folder}/arrays.npz"))
    real = [[arrays[f"D_real_scale{scale}_layer{num_layers - 1}"]] for scale in range(3)]
    fake = [[arrays[f"D_fake_scale{scale}_score"]] for scale in range(3)]
    for ours, theirs in (("lsgan", "mse"), ("hinge", "hinge")):
        objective = find_objective(ours)
        loss_d = over_scales(objective.discriminator, real, fake, average=True)
        loss_g = over_scales(objective.generator, fake, average=True)
        expected = arrays[f"loss_dis_real_{theirs}"] + arrays[f"loss_dis_fake_{theirs}"]
        np.testing.assert_allclose(loss_d, expected, rtol=1e-5)
        np.testing.assert_allclose(loss_g, arrays[f"loss_gen_adv_{theirs}"], rtol=1e-5)


@pytest.mark.golden
def test_losses_of_wavegan(golden) -> None:
    arrays = np.load(golden("wavegan_tf1/arrays.npz"))
    real, fake = arrays["ps0_D_x"], arrays["ps0_D_G_z"]
    halved = {"lsgan": ("lsgan", 0.5), "minimax": ("dcgan", 0.5), "wgan": ("wgan", 1.0)}
    for ours, (theirs, factor) in halved.items():
        objective = find_objective(ours)
        expected_d = arrays[f"ps0_loss_{theirs}_D_loss"]
        expected_g = arrays[f"ps0_loss_{theirs}_G_loss"]
        np.testing.assert_allclose(
            factor * objective.discriminator(real, fake), expected_d, atol=1e-5
        )
        np.testing.assert_allclose(objective.generator(fake), expected_g, atol=1e-5)


@pytest.mark.golden
def test_losses_of_segan(golden) -> None:
    arrays = np.load(golden("segan_tf1/arrays.npz"))
    real, fake = arrays["d_real_logits"], arrays["d_fake_logits"]
    loss_d = adversarial.lsgan_discriminator(real, fake)
    np.testing.assert_allclose(loss_d, arrays["d_loss"], rtol=5e-5)
    np.testing.assert_allclose(adversarial.lsgan_generator(fake), arrays["g_adv_loss"], rtol=5e-5)
