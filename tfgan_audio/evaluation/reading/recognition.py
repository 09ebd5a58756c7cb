"""Intelligibility of English speech, by what a recognizer writes down.

Shape letters: T samples.
"""

import functools
import re
from collections.abc import Sequence

import numpy as np

from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked
from tfgan_audio.evaluation.speech_metrics import require_packages

RECOGNITION_PACKAGES = ("pocketsphinx",)


def heard_words(waveform: np.ndarray) -> list[str]:
    """Return the words that PocketSphinx hears, by the models in its package.

    Args:
        waveform: English speech at 16 kHz, in [-1, 1].

    Shape:
        [T]

    Raises:
        InputError: If the signal is silent or empty, or the package is missing.
    """
    waveform = checked("word_error_rate", "estimate", waveform)
    require_packages("word_error_rate", RECOGNITION_PACKAGES)
    decoder = _decoder()
    # The recognizer keeps a running mean over utterances, so that their order would count.
    decoder.reinit_feat()
    decoder.start_utt()
    pcm = np.round(np.clip(waveform, -1.0, 1.0) * 32767).astype("<i2")
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return written_words(found.hypstr) if found else []


def written_words(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation.

    Args:
        text: A text without digits.

    Example:
        >>> written_words("Don't stop, Mr. Twenty-One!")
        ["don't", 'stop', 'mr', 'twenty', 'one']
    """
    return re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("’", "'"))


def num_word_errors(expected: Sequence[str], heard: Sequence[str]) -> int:
    """Return the fewest words that are put in, left out or exchanged between two rows of words.

    Args:
        expected: What was to be said.
        heard: What was heard.

    Example:
        >>> num_word_errors(["a", "b", "c"], ["a", "x", "c", "d"])
        2
    """
    costs = list(range(len(heard) + 1))
    for number, word in enumerate(expected, start=1):
        diagonal, costs[0] = costs[0], number
        for place, other in enumerate(heard, start=1):
            best = min(diagonal + (word != other), costs[place] + 1, costs[place - 1] + 1)
            diagonal, costs[place] = costs[place], best
    return costs[-1]


@functools.cache
def _decoder():
    """The recognizer, which loads its models once."""
    from pocketsphinx import Decoder

    return Decoder(samprate=SAMPLE_RATE_HZ, loglevel="FATAL")
