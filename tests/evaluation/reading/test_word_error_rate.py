"""Word errors of a set of sentences, which weigh by their words."""

import math

import numpy as np
import pytest

from tfgan_audio.evaluation.reading.scores import Sentence, word_error_rate
from tfgan_audio.evaluation.results import FileScore, Scores

SPOKEN = ["One two three four.", "Yes!", "Five, six."]


def rate_of(*rates: float) -> float:
    """The rate of these sentences, each with a rate of its own."""
    sentences = [Sentence(text, text, "en", np.zeros(1), {}) for text in SPOKEN]
    files = [
        FileScore(text, {"word_error_rate": rate}, {})
        for text, rate in zip(SPOKEN, rates, strict=True)
    ]
    return word_error_rate(Scores(("word_error_rate",), tuple(files)), sentences)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ((0.25, 1.0, 0.5), 3 / 7),
        ((0.0, 2.0, 0.0), 2 / 7),
        ((0.5, math.nan, 1.0), 4 / 6),
        ((0.0, 0.0, 0.0), 0.0),
    ],
)
def test_all_words_count_alike(rates: tuple[float, ...], expected: float) -> None:
    assert rate_of(*rates) == pytest.approx(expected)


def test_sentences_that_nobody_could_score_have_no_rate() -> None:
    """A language that is not recognized is not understood without an error."""
    assert math.isnan(rate_of(math.nan, math.nan, math.nan))
