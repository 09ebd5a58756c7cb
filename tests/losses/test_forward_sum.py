"""The sum over alignments against all of them, one by one, and against TensorFlow's CTC."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.losses.forward_sum import forward_sum
from tfgan_audio.losses.masked import masked_l1, masked_l2


def random_scores(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Log-probabilities of symbols for each frame."""
    return tf.nn.log_softmax(2.0 * rng.standard_normal(shape)).numpy().astype(np.float32)


def all_alignments(num_frames: int, num_symbols: int):
    """Every monotonic alignment, as the symbol of each frame."""
    for moves in itertools.combinations(range(1, num_frames), num_symbols - 1):
        yield np.searchsorted(moves, np.arange(num_frames), side="right")


@pytest.mark.parametrize(("num_frames", "num_symbols"), [(6, 3), (4, 4), (5, 1)])
def test_it_sums_over_all_alignments(rng, num_frames: int, num_symbols: int) -> None:
    scores = random_scores(rng, 1, num_frames, num_symbols)
    frames = np.arange(num_frames)
    probabilities = [
        np.exp(scores[0, frames, path].sum()) for path in all_alignments(num_frames, num_symbols)
    ]
    expected = -np.log(np.sum(probabilities)) / num_symbols
    found = forward_sum(scores, tf.constant([num_frames]), tf.constant([num_symbols]))
    assert found.numpy() == pytest.approx(expected, rel=1e-5)


def test_value_and_gradient_are_those_of_ctc_without_blanks(rng) -> None:
    scores = tf.constant(random_scores(rng, 3, 9, 5))
    num_frames, num_symbols = tf.constant([9, 7, 6]), tf.constant([5, 3, 4])

    def ctc(scores: tf.Tensor) -> tf.Tensor:
        inside = tf.sequence_mask(num_symbols, 5)[:, None, :]
        classes = tf.pad(tf.where(inside, scores, -1e4), [[0, 0], [0, 0], [1, 0]], "CONSTANT", -1e4)
        # CTC normalises over classes; what the padding had is taken back.
        lost = tf.reduce_logsumexp(classes, axis=2)
        lost = tf.reduce_sum(tf.where(tf.sequence_mask(num_frames, 9), lost, 0.0), axis=1)
        labels = tf.tile(tf.range(1, 6)[None], [3, 1])
        costs = tf.nn.ctc_loss(labels, classes, num_symbols, num_frames, False, blank_index=0)
        return tf.reduce_mean((costs - lost) / tf.cast(num_symbols, tf.float32))

    values, gradients = [], []
    for loss in (ctc, lambda s: forward_sum(s, num_frames, num_symbols)):
        with tf.GradientTape() as tape:
            tape.watch(scores)
            value = loss(scores)
        values.append(value.numpy())
        gradients.append(tape.gradient(value, scores).numpy())
    assert values[1] == pytest.approx(values[0], rel=1e-5)
    np.testing.assert_allclose(gradients[1], gradients[0], atol=1e-5)


def test_padding_changes_neither_loss_nor_gradient(rng) -> None:
    scores = random_scores(rng, 1, 6, 3)
    padded = np.pad(scores, [[0, 0], [0, 4], [0, 2]], constant_values=7.0)

    def loss_and_gradient(values: np.ndarray):
        values = tf.constant(values)
        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = forward_sum(values, tf.constant([6]), tf.constant([3]))
        return loss.numpy(), tape.gradient(loss, values).numpy()

    loss, gradient = loss_and_gradient(scores)
    padded_loss, padded_gradient = loss_and_gradient(padded)
    assert padded_loss == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(padded_gradient[:, :6, :3], gradient, atol=1e-6)
    assert np.count_nonzero(padded_gradient) == np.count_nonzero(gradient)


def test_masked_distances_are_means_of_what_is_no_padding() -> None:
    reference = np.array([[[1.0, 3.0], [2.0, 2.0]], [[0.0, 4.0], [9.0, 9.0]]], np.float32)
    lengths = tf.constant([2, 1])
    zeros = np.zeros_like(reference)
    assert masked_l1(reference, zeros, lengths).numpy() == pytest.approx((1 + 3 + 2 + 2 + 4) / 6)
    assert masked_l2(reference, zeros, lengths).numpy() == pytest.approx((1 + 9 + 4 + 4 + 16) / 6)
    assert masked_l1(reference[:, :, 0], zeros[:, :, 0], lengths).numpy() == pytest.approx(1.0)


def test_a_symbol_that_claims_most_frames_counts_less_by_its_share() -> None:
    """Two frames, two symbols: one path, each symbol once, so the sum is known."""
    probabilities = np.array([[[0.9, 0.1], [0.7, 0.3]]], np.float32)
    shares = probabilities.mean(axis=1)[0]
    expected = -0.5 * (np.log(0.9 / shares[0] ** 0.5) + np.log(0.3 / shares[1] ** 0.5))
    found = forward_sum(np.log(probabilities), np.array([2]), np.array([2]), 0.5)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
