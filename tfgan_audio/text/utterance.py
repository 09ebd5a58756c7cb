"""What the analysis of a text returns: spoken words with their sounds and breaks."""

from collections.abc import Sequence
from dataclasses import dataclass

# Mark behind a word -> strength of the break there: 1 joins words, 4 ends a sentence.
BREAKS = {" ": 1, ",": 2, ";": 3, ".": 4, "?": 4, "!": 4}


@dataclass(frozen=True)
class Token:
    """One spoken word.

    Args:
        word: The word as it is spoken: numbers and abbreviations are written out.
        language: Its language, such as `en`.
        phonemes: Its sounds in IPA. A stressed vowel starts with ˈ or ˌ; a Mandarin final ends with
            its tone, 1 to 4, or 5 for the neutral one.
        mark: The break behind it, a key of `BREAKS`.
        pinyin: Mandarin only: its syllables as spoken, tones behind them.
    """

    word: str
    language: str
    phonemes: tuple[str, ...]
    mark: str = " "
    pinyin: str = ""

    @property
    def break_strength(self) -> int:
        """Strength of the break behind the word, 1 (next word) to 4 (end of a sentence)."""
        return BREAKS[self.mark]


@dataclass(frozen=True)
class Utterance:
    """A text as it is spoken.

    Args:
        tokens: Its words in order, at least one.
    """

    tokens: tuple[Token, ...]

    @property
    def symbols(self) -> list[str]:
        """Everything in one row: the phonemes of each word, then the mark behind it."""
        return [symbol for token in self.tokens for symbol in (*token.phonemes, token.mark)]

    @property
    def languages(self) -> list[str]:
        """The language of each of `symbols`."""
        return [token.language for token in self.tokens for _ in (*token.phonemes, token.mark)]

    @property
    def spoken(self) -> str:
        """The text with everything written out."""
        words = [token.word + token.mark.strip() for token in self.tokens]
        return " ".join(words)


def stronger(first: str, second: str) -> str:
    """Return the mark of the stronger break, the first of two equal ones.

    Example:
        >>> stronger(",", "?"), stronger("?", "!"), stronger(";", " ")
        ('?', '?', ';')
    """
    return second if BREAKS[second] > BREAKS[first] else first


def strongest(marks: Sequence[str]) -> str:
    """Return the mark of the strongest of several breaks, a mere word boundary for none."""
    found = " "
    for mark in marks:
        found = stronger(found, mark)
    return found
