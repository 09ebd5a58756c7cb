"""German, French, Spanish, Italian and Russian by `gruut` and its lexicons."""

import unicodedata
from types import ModuleType

from tfgan_audio.errors import InputError
from tfgan_audio.text.characters import MARKS, readable
from tfgan_audio.text.european_normalisation import normalise
from tfgan_audio.text.european_words import SIGNS
from tfgan_audio.text.utterance import Token, stronger

LANGUAGES = ("de", "es", "fr", "it", "ru")
SYMBOLS = SIGNS
_VOWELS = frozenset("aeiouyæøœɐɑɔəɛɜɨɪʊʌʏ")


def read(text: str, language: str) -> tuple[str, list[Token]]:
    """Analyse a text in one of `LANGUAGES`.

    Args:
        text: A clean text.
        language: One of `LANGUAGES`.

    Returns:
        The mark before the first word, and the words.

    Raises:
        InputError: `gruut` or the lexicon of the language is not installed.
    """
    gruut = _gruut(language)
    # A sign that only another language has a word for must not be lost without a word.
    text = readable(normalise(text, language), frozenset())
    before, tokens = " ", []
    for sentence in gruut.sentences(text, lang=language, ssml=False):
        for word in sentence:
            if word.is_spoken and word.phonemes:
                phonemes = tuple(_phonemes(word.phonemes))
                tokens.append(Token(word.text, language, phonemes, " "))
                continue
            for sign in word.text:
                before = _mark(tokens, MARKS.get(sign, " "), before)
    return before, tokens


def inventory(language: str) -> tuple[str, ...]:
    """Return all phonemes of the lexicon of a language, sorted.

    Raises:
        InputError: `gruut` or the lexicon of the language is not installed.
    """
    import sqlite3

    _gruut(language)
    from gruut.utils import find_lang_dir

    sounds: set[str] = set()
    with sqlite3.connect(
        f"file:{find_lang_dir(language) / 'lexicon.db'}?mode=ro", uri=True
    ) as lexicon:
        for (phonemes,) in lexicon.execute("SELECT DISTINCT phonemes FROM word_phonemes"):
            sounds.update(_phonemes(phonemes.split()))
    return tuple(sorted(sounds))


def normal_form(sound: str) -> str:
    """Return a phoneme in its one spelling: signs behind their letter, no tie bars.

    Example:
        >>> normal_form("t͡s")
        'ts'
    """
    return unicodedata.normalize("NFD", sound).replace("\u0361", "").replace("g", "ɡ")


def _phonemes(sounds: list[str]) -> list[str]:
    """Return phonemes in one spelling: no tie bars, the stress on the vowel of its syllable."""
    phonemes, stress = [], ""
    for sound in sounds:
        plain = normal_form(sound)
        stress = plain[0] if plain[0] in "ˈˌ" else stress
        plain = plain.lstrip("ˈˌ")
        if plain[:1] in _VOWELS:
            plain, stress = stress + plain, ""
        if plain != "SIL":
            phonemes.append(plain)
    return phonemes


def _mark(tokens: list[Token], mark: str, before: str) -> str:
    """Put a mark behind the last word, or return it with the marks before the first one."""
    if not tokens:
        return stronger(before, mark)
    last = tokens[-1]
    tokens[-1] = Token(last.word, last.language, last.phonemes, stronger(last.mark, mark))
    return before


def _gruut(language: str) -> ModuleType:
    """Import gruut once its lexicon of a language is there."""
    from importlib.util import find_spec

    for package in ("gruut", f"gruut_lang_{language}"):
        if find_spec(package) is None:
            expected = f"pip install 'gruut[{language}]', or the language espeak:{language}"
            raise InputError(f"language {language}", f"no package {package}", expected)
    import gruut

    return gruut
