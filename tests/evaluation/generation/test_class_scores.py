from itertools import product

import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.class_scores import (
    am_score,
    inception_score,
    is_as_asked,
    modified_inception_score,
)


def log_softmax(logits):
    logits = np.asarray(logits, float)
    return (
        logits
        - np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True))
        - (logits.max(1, keepdims=True))
    )


def divergence(p, q):
    return sum(a * np.log(a / b) for a, b in zip(p, q, strict=True))


@pytest.fixture
def logs(rng):
    return log_softmax(2 * rng.normal(size=(120, 4)))


def test_inception_score_of_sure_even_and_of_unsure_clips():
    sure = log_softmax(1000 * np.eye(5)[np.arange(500) % 5])
    assert np.exp(sure).min() == 0
    mean, deviation = inception_score(sure, num_splits=1)
    assert (mean, deviation) == (pytest.approx(5), 0)
    assert inception_score(sure)[0] > 4.5  # ten splits are not quite even
    assert inception_score(log_softmax(np.zeros((100, 5)))) == pytest.approx((1, 0))
    assert inception_score(sure[::5])[0] == pytest.approx(1)


def test_inception_score_clip_by_clip(logs):
    p = np.exp(logs)
    expected = np.exp(np.mean([divergence(row, p.mean(axis=0)) for row in p]))
    assert inception_score(logs, num_splits=1)[0] == pytest.approx(expected)


def test_splits_are_shuffled_and_repeatable(logs):
    ordered = log_softmax(1000 * np.eye(4)[np.arange(400) // 100])
    assert inception_score(ordered)[0] > 3.5  # in the given order, each split would get 1
    assert inception_score(logs, 5, seed=1) == inception_score(logs, 5, seed=1)
    assert inception_score(logs, 5, seed=1) != inception_score(logs, 5, seed=2)
    with pytest.raises(InputError, match="got 99 clips, expected at least 100 for 10 splits"):
        inception_score(logs[:99])


def test_modified_inception_score_pair_by_pair(logs):
    p = np.exp(logs[:20])
    expected = np.exp(np.mean([divergence(a, b) for a, b in product(p, p)]))
    assert modified_inception_score(logs[:20]) == pytest.approx(expected)
    assert modified_inception_score(logs[[0, 0, 0]]) == pytest.approx(1)


def test_am_score_by_hand(logs):
    """Sure clips of the classes of real ones: 0. All of one class of two: log 2. Unsure: log 2."""
    sure = log_softmax(1000 * np.eye(2)[[0, 1, 0, 1]])
    assert am_score(sure, sure[::-1]) == pytest.approx(0)
    unsure = log_softmax(np.zeros((4, 2)))
    assert am_score(sure, unsure) == pytest.approx(np.log(2))
    leaning = log_softmax(np.log([[0.9, 0.1]]))
    entropy = -(0.9 * np.log(0.9) + 0.1 * np.log(0.1))
    assert am_score(sure, leaning) == pytest.approx(divergence([0.5, 0.5], [0.9, 0.1]) + entropy)
    assert np.isfinite(am_score(sure, sure[::2]))


def test_accuracy_of_the_class_asked_for():
    logs = log_softmax([[5, 0, 0], [0, 5, 0], [0, 0, 5], [5, 0, 0]])
    found = is_as_asked(logs, ["kick", "kick", "", "guitar"], ["kick", "snare", "hat"])
    np.testing.assert_array_equal(found, [1, 0, np.nan, np.nan])
    with pytest.raises(InputError, match="labelled guitar, nothing, expected labels of kick"):
        is_as_asked(logs[:2], ["guitar", ""], ["kick", "snare", "hat"])
