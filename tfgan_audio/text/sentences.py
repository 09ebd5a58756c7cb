"""Sentences of a long text, one after the other, for speech that starts early."""

import re
from collections.abc import Iterator

from tfgan_audio.errors import InputError

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERS_OF_HAN = 4  # a Chinese character lasts as long as about four letters
_CLOSING = re.escape("\"'”’」』）)]】》")
# Where a sentence ends: at a mark with space or the end behind it; a Chinese mark needs no space.
_END = re.compile(
    rf"[.!?…]+[{_CLOSING}]*(?=\s)|[。！？!?…]+[{_CLOSING}]*(?=[\u3000-\u9fff])|\n\s*\n"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"'])(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Rev|Gen|Col|Sgt|Capt|Lt|Sen|Gov|Rep|No|Nos|Fig|Vol|pp?"
    r"|vs|e\.g|i\.e|cf|approx|[A-Z]|(?:[A-Z]\.)+[A-Z]|[ap]\.m)\.$"
)
_GOES_ON = re.compile(r"\s+[a-z0-9]")
_WEAKER = (re.compile(r"[;:；：]\s*|\s[—–-]\s"), re.compile(r"[,，、)）]\s*"), re.compile(r"\s+"))


def split_sentences(text: str, max_letters: int = 300) -> Iterator[str]:
    """Cut a text into sentences, and longer ones where they breathe.

    Args:
        text: Text of any length. An empty line ends a sentence too.
        max_letters: Longest piece, a Chinese character counted as four letters. A sentence that is
            longer is cut behind semicolons, else commas, else words, at worst anywhere.

    Yields:
        Pieces without space around them; nothing but space is lost.

    Raises:
        InputError: `max_letters` is too small to hold a word.

    Example:
        >>> list(split_sentences("Dr. Lee paid 3.50. He left!  你好。再见。"))
        ['Dr. Lee paid 3.50.', 'He left!', '你好。', '再见。']
    """
    if max_letters < 20:
        raise InputError("max_letters", max_letters, "at least 20")
    start = 0
    for found in _END.finditer(text):
        if not _inside_sentence(text, found):
            yield from _pieces(text[start : found.end()].strip(), max_letters)
            start = found.end()
    yield from _pieces(text[start:].strip(), max_letters)


def _inside_sentence(text: str, found: re.Match[str]) -> bool:
    """Tell whether a mark belongs to an abbreviation, or the sentence goes on behind it."""
    mark = found[0].strip()
    if not mark:
        return False
    follows = _GOES_ON.match(text, found.end())
    if mark[-1] not in ".!?…":  # behind a quotation the sentence may go on
        return bool(follows) and follows[0][-1].isalpha()
    line = text[max(0, found.start() - 12) : found.start() + 1]
    goes_on = mark[-1] == "." and bool(follows) and follows[0][-1].isalpha()
    return goes_on or (mark == "." and bool(_ABBREVIATED.search(line)))


def _length(text: str) -> int:
    """Return the length of a text in letters."""
    return len(text) + (_LETTERS_OF_HAN - 1) * len(_HAN.findall(text))


def _pieces(sentence: str, max_letters: int, level: int = 0) -> Iterator[str]:
    """Cut a sentence that is too long, at the strongest marks that make it short enough."""
    if not sentence:
        return
    if _length(sentence) <= max_letters:
        yield sentence
        return
    if level == len(_WEAKER):
        step = max_letters // (_LETTERS_OF_HAN if _HAN.search(sentence) else 1)
        yield from (sentence[place : place + step] for place in range(0, len(sentence), step))
        return
    ends = [found.end() for found in _WEAKER[level].finditer(sentence)]
    held = ""
    for begin, end in zip([0, *ends], [*ends, len(sentence)], strict=True):
        part = sentence[begin:end]
        if held and _length(held + part) > max_letters:
            yield from _pieces(held.strip(), max_letters, level + 1)
            held = ""
        held += part
    yield from _pieces(held.strip(), max_letters, level + 1)
