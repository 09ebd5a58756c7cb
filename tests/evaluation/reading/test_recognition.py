"""Words that a recognizer hears, and how wrong they are."""

import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.reading.recognition import (
    heard_words,
    num_word_errors,
    written_words,
)


@pytest.mark.parametrize(
    ("expected", "heard", "errors"),
    [
        ("the cat sat", "the cat sat", 0),
        ("the cat sat", "", 3),
        ("", "the cat", 2),
        ("the cat sat", "a cat sat down", 2),
        ("the cat sat", "cat sat", 1),
        ("one two three four", "two three four five", 2),
    ],
)
def test_errors_are_the_fewest_changes(expected: str, heard: str, errors: int) -> None:
    assert num_word_errors(expected.split(), heard.split()) == errors
    assert num_word_errors(heard.split(), expected.split()) == errors


def test_a_made_sentence_is_heard_and_noise_is_not() -> None:
    pytest.importorskip("pocketsphinx")
    from hibari import Hibari

    from tfgan_audio.audio.io import resample

    text = "There were many demands on his time."
    waveform = resample(Hibari()(text, seed=0)[:, None], 24_000, 16_000)[:, 0]
    heard = heard_words(waveform)
    assert num_word_errors(written_words(text), heard) <= 1
    noise = 0.1 * np.random.default_rng(0).standard_normal(len(waveform))
    assert num_word_errors(written_words(text), heard_words(noise)) >= 6
    # What was heard before does not count.
    assert heard_words(waveform) == heard
    with pytest.raises(InputError, match="word_error_rate: got a silent estimate"):
        heard_words(np.zeros(16_000))
