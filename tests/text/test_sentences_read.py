"""Two lists of sentences with the readings that a speaker gives them, written by hand.

English: the words as they are spoken, and the phonemes of words whose reading is at stake.
Mandarin: pinyin as spoken, v for ü, 5 for the neutral tone, tone sandhi applied: 一 and 不 by what
follows, a third tone raised inside words and between the last two of a row of single words.
"""

import csv
import re
from pathlib import Path

import pytest

from tfgan_audio.text import Utterance, analyze


def _rows(name: str) -> list[list[str]]:
    with open(Path(__file__).with_name(name), encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


ENGLISH = _rows("english_sentences.tsv")
MANDARIN = _rows("mandarin_sentences.tsv")


def _plain(reading: str) -> str:
    """Leave out what varies between speakers: secondary stress, the colour of weak vowels."""
    reading = reading.replace("ˌ", "")
    if "ˈ" not in reading:
        return reading
    vowel = r"(ˈ?)(eɪ|aɪ|oʊ|aʊ|ɔɪ|[æɑɔəɛɜɪiuʊʌ])"
    return re.sub(vowel, lambda found: found[0] if found[1] else "ə", reading)


def _pinyin(utterance: Utterance) -> str:
    return " ".join(token.pinyin or token.word for token in utterance.tokens)


@pytest.mark.parametrize(("text", "spoken", "sounds"), ENGLISH)
def test_english(text: str, spoken: str, sounds: str) -> None:
    utterance = analyze(text, "en")
    assert utterance.spoken == spoken
    readings = iter([(token.word, "".join(token.phonemes)) for token in utterance.tokens])
    for expected in sounds.split():
        word, reading = expected.split("=")
        found = next(read for spoken, read in readings if spoken == word)
        assert _plain(found) == _plain(reading), f"{word} as {found}"


@pytest.mark.parametrize(("text", "pinyin"), MANDARIN)
def test_mandarin(text: str, pinyin: str) -> None:
    assert _pinyin(analyze(text, "zh")) == pinyin


def test_the_lists_are_long_enough() -> None:
    assert len(ENGLISH) >= 60 and len(MANDARIN) >= 60
