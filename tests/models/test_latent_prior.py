"""The prior learns a process that is known, and draws from it as it should."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import kstest, norm

from tfgan_audio.errors import InputError
from tfgan_audio.latents import draw_latents
from tfgan_audio.models.latent_prior import LatentPrior, generator_id, load_prior


def mixture_bias(prior: LatentPrior, weights, means, deviations) -> None:
    """Make a prior give the same mixture at every step."""
    prior.mixture.kernel.assign(tf.zeros_like(prior.mixture.kernel))
    widths = np.log(np.expm1(np.array(deviations) - 0.05))
    parts = [np.log(weights), np.ravel(means), np.ravel(widths)]
    prior.mixture.bias.assign(np.concatenate(parts))


@pytest.fixture
def two_humps() -> LatentPrior:
    """A prior of a fixed mixture: 1/4 at (-1, 0), 3/4 at (1, 0.5)."""
    keras.utils.set_random_seed(0)
    prior = LatentPrior(2, units=3, num_components=2)
    mixture_bias(prior, [0.25, 0.75], [[-1.0, 0.0], [1.0, 0.5]], [[0.1, 0.2], [0.3, 0.4]])
    return prior


def test_the_likelihood_is_that_of_a_mixture_of_gaussians(two_humps, rng) -> None:
    points = rng.normal(size=[3, 4, 2])
    found = two_humps.log_likelihood(tf.constant(np.tanh(points), tf.float32))
    first = 0.25 * norm.pdf(points, [-1.0, 0.0], [0.1, 0.2]).prod(-1)
    second = 0.75 * norm.pdf(points, [1.0, 0.5], [0.3, 0.4]).prod(-1)
    np.testing.assert_allclose(found, np.log(first + second), rtol=2e-4)


def test_samples_are_distributed_as_the_mixture(two_humps) -> None:
    points = np.arctanh(two_humps.sample(draw_latents(2000, 3, seed=1)))
    is_first = points[:, 0] < -0.3
    assert 0.21 < is_first.mean() < 0.29
    assert kstest(points[is_first, 1], norm(0.0, 0.2).cdf).pvalue > 0.01
    assert kstest(points[~is_first, 0], norm(1.0, 0.3).cdf).pvalue > 0.01


def test_temperature_scales_variances_and_zero_gives_the_likeliest(two_humps) -> None:
    draws = draw_latents(500, 3, seed=2)
    cold = np.arctanh(two_humps.sample(draws, temperature=0.25))
    upper = cold[cold[:, 0] > 0.0]
    assert len(upper) > 475  # (3 / 4)^4 outweighs (1 / 4)^4
    np.testing.assert_allclose(upper.std(axis=0), [0.15, 0.2], rtol=0.1)
    frozen = two_humps.sample(draws[:3], temperature=0.0)
    np.testing.assert_allclose(frozen, np.tanh([[1.0, 0.5]] * 3), rtol=1e-5)


def test_a_sample_depends_on_the_draws_so_far_alone() -> None:
    keras.utils.set_random_seed(1)
    prior = LatentPrior(4, units=8)
    draws = draw_latents(6, 5, seed=3)
    whole = prior.sample(draws)
    np.testing.assert_array_equal(prior.sample(draws), whole)
    np.testing.assert_array_equal(prior.sample(draws[:4]), whole[:4])
    changed = draws.copy()
    changed[3] = -changed[3]
    again = prior.sample(changed)
    np.testing.assert_array_equal(again[:3], whole[:3])
    assert np.all(np.abs(again[3:] - whole[3:]).max(axis=1) > 1e-4)


@pytest.mark.parametrize("extreme", [-1.0, 1.0])
def test_the_rarest_draws_give_latents_inside_the_cube(extreme: float) -> None:
    keras.utils.set_random_seed(1)
    prior = LatentPrior(3, units=4)
    mixture_bias(prior, [0.2] * 5, np.zeros([5, 3]), np.full([5, 3], 9.0))
    latents = prior.sample(np.full([3, 4], extreme, np.float32))
    np.testing.assert_allclose(np.abs(latents), 0.995)


def test_steps_are_those_of_the_training_graph() -> None:
    keras.utils.set_random_seed(2)
    prior = LatentPrior(3, num_classes=2, units=6)
    labels = np.array([0, 0, 1, 1])
    latents = prior.sample(draw_latents(4, 4, seed=1), labels, temperature=0.0)
    before = np.arctanh(np.concatenate([np.zeros([1, 3]), latents[:-1]])).astype(np.float32)
    parameters = prior([tf.constant(before[None]), tf.constant(labels[None])])[0].numpy()
    means = parameters[:, 5:20].reshape(4, 5, 3)
    likeliest = means[range(4), parameters[:, :5].argmax(axis=1)]
    np.testing.assert_allclose(latents, np.tanh(likeliest), atol=1e-5)


def test_training_begins_at_the_moments_it_is_given(rng) -> None:
    keras.utils.set_random_seed(3)
    prior = LatentPrior(2, units=4)
    prior.start_from(np.array([0.5, -1.0]), np.array([0.2, 0.7]))
    first = rng.normal([0.5, -1.0], [0.2, 0.7], [400, 1, 2])
    found = prior.log_likelihood(tf.constant(np.tanh(first), tf.float32)).numpy().mean()
    expected = norm.logpdf(first, [0.5, -1.0], [0.2, 0.7]).sum(axis=-1).mean()
    assert found == pytest.approx(expected, abs=0.02)


def test_another_label_gives_another_mixture() -> None:
    keras.utils.set_random_seed(4)
    prior = LatentPrior(2, num_classes=3, units=8)
    draws = draw_latents(2, 3, seed=0)
    sounds = [prior.sample(draws, np.array([label, label])) for label in range(3)]
    assert len({latents.tobytes() for latents in sounds}) == 3


def test_what_does_not_fit_is_refused() -> None:
    prior, labelled = LatentPrior(2, units=2), LatentPrior(2, num_classes=2, units=2)
    draws = draw_latents(3, 3, seed=0)
    with pytest.raises(InputError, match=r"draws: got shape \[3, 2\], expected \[slices, 3\]"):
        prior.sample(draws[:, :2])
    for value in (-1.0, math.nan, math.inf):
        with pytest.raises(InputError, match="temperature"):
            prior.sample(draws, temperature=value)
    with pytest.raises(InputError, match="labels: got 0, expected 3"):
        labelled.sample(draws)
    with pytest.raises(InputError, match="labels: got 3, expected 0"):
        prior.sample(draws, np.zeros(3, int))


@pytest.fixture
def generator() -> keras.Model:
    """Something with weights."""
    keras.utils.set_random_seed(5)
    return keras.Sequential([keras.Input([2]), keras.layers.Dense(3)])


def test_a_saved_prior_draws_the_same_again(tmp_path, generator) -> None:
    keras.utils.set_random_seed(6)
    prior = LatentPrior(2, 2, 5, 3, overlap_samples=77, generator_id=generator_id(generator))
    prior.save(tmp_path / "prior.keras")
    loaded = load_prior(tmp_path / "prior.keras", generator)
    assert loaded.overlap_samples == 77
    draws, labels = draw_latents(5, 3, seed=1), np.array([0, 1, 1, 0, 1])
    np.testing.assert_array_equal(loaded.sample(draws, labels), prior.sample(draws, labels))


def test_the_prior_of_other_weights_is_refused(tmp_path, generator) -> None:
    path = tmp_path / "prior.keras"
    LatentPrior(2, units=2, generator_id=generator_id(generator)).save(path)
    generator.layers[0].bias.assign_add([0.0, 0.0, 1e-6])
    with pytest.raises(InputError, match="prior of other weights"):
        load_prior(path, generator)


def test_files_that_hold_no_prior_are_refused(tmp_path, generator) -> None:
    path = tmp_path / "prior.keras"
    with pytest.raises(InputError, match="got no file, expected one made by `tfgan-audio train-pr"):
        load_prior(path, generator)
    path.write_text("nothing")
    with pytest.raises(InputError, match="got no Keras archive"):
        load_prior(path, generator)
    generator.save(path)
    with pytest.raises(InputError, match="got a Sequential"):
        load_prior(path, generator)
