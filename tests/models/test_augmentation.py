"""What differentiable augmentation may do to examples, and what it must leave."""

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.models.augmentation import (
    AUGMENTATIONS,
    random_gain,
    random_mask,
    random_polarity,
    random_shift,
)

NUM_EXAMPLES, NUM_SAMPLES = 64, 160


@pytest.fixture(params=[(NUM_SAMPLES, 2), (NUM_SAMPLES, 5, 1)])
def examples(request, rng) -> np.ndarray:
    """Waveforms of two channels, and images; no value is zero."""
    drawn = rng.uniform(0.1, 1.0, [NUM_EXAMPLES, *request.param])
    return (drawn * rng.choice([-1.0, 1.0], drawn.shape)).astype(np.float32)


def change(name: str, inputs, seed: int = 0) -> np.ndarray:
    """Change examples by name."""
    return AUGMENTATIONS[name](tf.constant(inputs), tf.constant([seed, 5])).numpy()


def ratios(changed: np.ndarray, examples: np.ndarray) -> np.ndarray:
    """The one factor of each example."""
    factors = (changed / examples).reshape(NUM_EXAMPLES, -1)
    np.testing.assert_allclose(factors, factors[:, :1].repeat(factors.shape[1], 1), rtol=1e-5)
    return factors[:, 0]


def test_gain(examples) -> None:
    """Between half and double, spread over the whole range."""
    gains_db = 20.0 * np.log10(ratios(random_gain(examples, [3, 4]).numpy(), examples))
    assert np.abs(gains_db).max() <= 6.0 and np.ptp(gains_db) > 10.0
    assert abs(gains_db.mean()) < 1.5


def test_polarity(examples) -> None:
    signs = ratios(random_polarity(examples, [3, 4]).numpy(), examples)
    assert set(signs) == {-1.0, 1.0}
    assert abs(signs.mean()) < 0.4


def test_shift(examples) -> None:
    """Each example moves as one piece, by at most an eighth, with zeros behind it."""
    shifts, largest = [], NUM_SAMPLES // 8
    for moved, example in zip(random_shift(examples, [3, 4]).numpy(), examples, strict=True):
        for shift in range(-largest, largest + 1):
            expected = np.zeros_like(example)
            expected[max(shift, 0) : NUM_SAMPLES + min(shift, 0)] = example[
                max(-shift, 0) : NUM_SAMPLES - max(shift, 0)
            ]
            if np.array_equal(expected, moved):
                shifts.append(shift)
    assert len(shifts) == NUM_EXAMPLES
    assert len(set(shifts)) > 20 and max(shifts) > 15 and min(shifts) < -15


def test_mask(examples) -> None:
    """One piece of at most a quarter is zero, anywhere; the rest is as it was."""
    masked = random_mask(examples, [3, 4]).numpy()
    gone = masked == 0.0
    np.testing.assert_array_equal(masked[~gone], examples[~gone])
    gone = gone.reshape(NUM_EXAMPLES, NUM_SAMPLES, -1)
    assert np.all(gone.all(axis=2) == gone.any(axis=2))
    steps = gone[:, :, 0].astype(int)
    lengths = steps.sum(axis=1)
    assert lengths.max() <= NUM_SAMPLES / 4 and np.ptp(lengths) > 30
    edges = np.abs(np.diff(np.pad(steps, [(0, 0), (1, 1)]), axis=1)).sum(axis=1)
    assert set(edges) <= {0, 2}
    centres = (steps * np.arange(NUM_SAMPLES)).sum(axis=1)[lengths > 0] / lengths[lengths > 0]
    assert centres.min() < 40 and centres.max() > 120


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_is_linear_and_follows_its_seed(examples, rng, name: str) -> None:
    """The same draws change a mixture into the mixture of what is changed."""
    others = rng.standard_normal(examples.shape).astype(np.float32)
    mixture = change(name, 0.3 * examples + 0.7 * others)
    apart = 0.3 * change(name, examples) + 0.7 * change(name, others)
    np.testing.assert_allclose(mixture, apart, atol=1e-5)
    np.testing.assert_array_equal(change(name, examples), change(name, examples))
    assert not np.array_equal(change(name, examples), change(name, examples, seed=1))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_gradients_flow_through(examples, name: str) -> None:
    """The slope of the sum of squares is the change of twice the changed, so <slope, x> is it."""
    inputs = tf.constant(examples)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        power = tf.reduce_sum(tf.square(AUGMENTATIONS[name](inputs, [1, 2])))
    slope = tape.gradient(power, inputs)
    np.testing.assert_allclose(tf.reduce_sum(slope * inputs), 2.0 * power, rtol=1e-4)
