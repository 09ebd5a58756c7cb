"""What a prior learns: known processes, from latents and from recordings."""

import math

import keras
import numpy as np
import pytest
import soundfile

from tfgan_audio.data.latent_sequences import LatentSequences
from tfgan_audio.errors import InputError
from tfgan_audio.latents import draw_latents
from tfgan_audio.models.latent_prior import LatentPrior
from tfgan_audio.models.specgan import SpecGAN
from tfgan_audio.training.prior_run import PriorOptions, fit_prior, train_prior

TURN, NOISE = math.pi / 4, 0.1


def rotations(rng, num: int, num_slices: int = 12) -> LatentSequences:
    """Points that go round a circle by a fixed angle each slice."""
    angles = rng.uniform(0, 2 * math.pi, [num, 1]) + TURN * np.arange(num_slices)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    points = points + rng.normal(0.0, NOISE, points.shape)
    return LatentSequences(list(np.tanh(points).astype(np.float32)), [0] * num)


def turned(latents: np.ndarray) -> np.ndarray:
    """Angle from each point to the next."""
    points = np.arctanh(latents)
    angles = np.arctan2(points[:, 1], points[:, 0])
    return (np.diff(angles) + math.pi) % (2 * math.pi) - math.pi


def test_a_prior_learns_to_go_round(rng) -> None:
    keras.utils.set_random_seed(0)
    prior = LatentPrior(2, units=32, num_components=2)
    history, figures = fit_prior(prior, rotations(rng, 200), rotations(rng, 40), 300)
    # Nobody can do better than know the noise of each slice and nothing of the first one.
    entropy = 2 * (math.log(NOISE) + 0.5 * math.log(2 * math.pi * math.e))
    assert entropy - 0.1 < figures["prior_nats"] < entropy + 1.0
    # A circle of radius 1 has variances of 1/2.
    blind = math.log(0.5 + NOISE**2) + math.log(2 * math.pi * math.e)
    assert figures["gaussian_nats"] == pytest.approx(blind, abs=0.05)
    # Of a first slice the angle is even and the distance from the centre nearly normal.
    first = math.log(2 * math.pi) + 0.5 * entropy
    assert first < figures["alone_nats"] < blind + 1.0
    assert history[0]["held_out_loss"] > history[-1]["held_out_loss"] + 1.0
    latents = prior.sample(draw_latents(40, 3, seed=1))
    assert np.abs(turned(latents)[2:] - TURN).mean() < 0.25


def levels(rng, num: int) -> LatentSequences:
    """Numbers near -1 (label 0) or 1 (label 1)."""
    labels = np.arange(num) % 2
    points = 2.0 * labels[:, None] - 1.0 + rng.normal(0.0, NOISE, [num, 8])
    return LatentSequences(list(np.tanh(points)[..., None].astype(np.float32)), labels)


def test_labels_choose_what_is_learnt(rng) -> None:
    keras.utils.set_random_seed(0)
    prior = LatentPrior(1, num_classes=2, units=16, num_components=1)
    fit_prior(prior, levels(rng, 100), levels(rng, 20), 300)
    for label, level in enumerate((-1.0, 1.0)):
        points = np.arctanh(prior.sample(draw_latents(20, 2, seed=0), np.full(20, label)))
        assert np.mean(points) == pytest.approx(level, abs=0.2)


def test_the_weights_that_did_best_on_what_is_held_out_are_kept(rng) -> None:
    keras.utils.set_random_seed(0)
    few, held_out = rotations(rng, 3, 4), rotations(rng, 20)
    prior = LatentPrior(2, units=64)
    history, figures = fit_prior(prior, few, held_out, 200)
    losses = [row["held_out_loss"] for row in history]
    assert losses[-1] > min(losses) + 0.5  # it has learnt the few by heart
    assert figures["prior_nats"] == pytest.approx(min(losses), abs=1e-4)


@pytest.mark.slow
def test_a_specgan_gets_a_prior_too(tmp_path, rng) -> None:
    for number in range(5):
        soundfile.write(tmp_path / f"{number}.wav", rng.normal(0.0, 0.1, 30_000), 8000)
    keras.utils.set_random_seed(0)
    model = SpecGAN(latent_dim=3, base_channels=1, sample_rate_hz=8000)
    before = [weight.numpy() for weight in model.weights]
    trained = train_prior(model, tmp_path, PriorOptions(num_steps=2, overlap=0.25))
    assert trained.prior.overlap_samples == 4096
    assert trained.figures["held_out_minutes"] == pytest.approx(30_000 / 8000 / 60)
    assert trained.prior.sample(draw_latents(2, 4, seed=0)).shape == (2, 3)
    for weight, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(InputError, match="num_steps: got 0"):
        PriorOptions(num_steps=0)
    with pytest.raises(InputError, match="overlap: got 0.6, expected from 0 to 0.5"):
        PriorOptions(overlap=0.6)
