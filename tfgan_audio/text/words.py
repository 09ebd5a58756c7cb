"""Words and the marks behind them, cut out of a text that is written out."""

import re

from tfgan_audio.text.characters import MARKS
from tfgan_audio.text.utterance import stronger

_DASH = re.compile(r"(?<=\s)-+(?=\s|$)|--+")


def words_and_marks(text: str, word: re.Pattern[str]) -> tuple[str, list[tuple[str, str]]]:
    """Cut a text into words.

    Args:
        text: Words and punctuation, no digits or symbols.
        word: What a word looks like.

    Returns:
        The mark before the first word, and the words with the marks behind them. Of several marks
        the strongest stays.

    Example:
        >>> words_and_marks('"Oh, no!" (he said)', re.compile(r"[a-z]+", re.I))
        (' ', [('Oh', ','), ('no', '!'), ('he', ' '), ('said', ',')])
    """
    text = _DASH.sub(" — ", text)
    before, pairs, place = " ", [], 0
    for found in word.finditer(text):
        before, pairs = _marked(text[place : found.start()], before, pairs)
        pairs.append((found[0], " "))
        place = found.end()
    return _marked(text[place:], before, pairs)


def _marked(
    gap: str, before: str, pairs: list[tuple[str, str]]
) -> tuple[str, list[tuple[str, str]]]:
    """Put the strongest mark of a gap behind the last word, or before the first one."""
    for sign in gap:
        mark = MARKS.get(sign, " ")
        if pairs:
            pairs[-1] = (pairs[-1][0], stronger(pairs[-1][1], mark))
        else:
            before = stronger(before, mark)
    return before, pairs
