"""From a text to its spoken words, whatever languages it mixes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name
from tfgan_audio.text import (
    english,
    english_words,
    espeak_reader,
    gruut_reader,
    mandarin,
    mandarin_normalisation,
)
from tfgan_audio.text.characters import clean, readable
from tfgan_audio.text.languages import language_spans
from tfgan_audio.text.utterance import Token, Utterance, stronger

LANGUAGES = ("en", "zh", *gruut_reader.LANGUAGES)
_SYMBOLS = {
    *english_words.SIGNS,
    *english_words.VULGAR_FRACTIONS,
    *mandarin_normalisation.SYMBOLS,
    *gruut_reader.SYMBOLS,
}  # fmt: skip


def analyze(text: str, language: str = "en") -> Utterance:
    """Analyse a text: words, sounds, stress or tones, breaks.

    Numbers, dates, money, units and abbreviations are written out. Words in another script than
    that of `language` are read in the language of their script: Chinese characters in Mandarin,
    Cyrillic letters in Russian, Latin letters in English.

    Args:
        text: One or several sentences of any length; `split_sentences` cuts a long text.
        language: `en`, `zh`, with their packages `de`, `es`, `fr`, `it`, `ru`, or `espeak:` and a
            voice of the program espeak-ng.

    Returns:
        The words as they are spoken, with their sounds and the breaks between them.

    Raises:
        InputError: The text has nothing to speak or letters of another script, or the package of
            a language is missing. Emoji and other signs without a reading are left out with a
            warning that names them.

    Example:
        >>> utterance = analyze("It's 5 pm.")
        >>> utterance.spoken
        "It's five PM."
        >>> utterance.tokens[1].phonemes
        ('f', 'ˈaɪ', 'v')
    """
    _, tokens = read_words(text, language)
    if not tokens:
        raise InputError("text", f"'{text.strip()[:40]}'" if text.strip() else "nothing", "words")
    return Utterance(ended(tokens))


def read_words(text: str, language: str = "en") -> tuple[str, list[Token]]:
    """Analyse a part of a sentence.

    Args:
        text: The part.
        language: As for `analyze`.

    Returns:
        The mark before its first word, and its words, perhaps none; the last one keeps the mark
        that it has.

    Raises:
        InputError: As `analyze` does, but for words that are missing.
    """
    _check_language(language)
    by_program = language.startswith(espeak_reader.PREFIX)
    kept = readable(clean(text), _SYMBOLS, any_script=by_program)
    spans = [(language, kept)] if by_program else language_spans(kept, language)
    return _joined(_reader(spoken_in)(part) for spoken_in, part in spans)


def ended(tokens: Sequence[Token], mark: str = ".") -> tuple[Token, ...]:
    """Return words with a mark behind the last one, where it has none.

    Args:
        tokens: At least one word.
        mark: The mark.
    """
    *most, last = tokens
    return (*most, replace(last, mark=mark) if last.mark == " " else last)


def _joined(parts: Iterable[tuple[str, list[Token]]]) -> tuple[str, list[Token]]:
    """Join the words of all parts; a mark that opens one part closes the one before."""
    opening, tokens = " ", []
    for before, words in parts:
        if tokens:
            tokens[-1] = replace(tokens[-1], mark=stronger(tokens[-1].mark, before))
        else:
            opening = stronger(opening, before)
        tokens += words
    return opening, tokens


def _check_language(language: str) -> None:
    """Check that there is a reader of a language."""
    if language not in LANGUAGES and not language.startswith(espeak_reader.PREFIX):
        raise unknown_name(language, "language", [*LANGUAGES, f"{espeak_reader.PREFIX}VOICE"])


def _reader(language: str) -> Callable[[str], tuple[str, list[Token]]]:
    """Return what reads a text of a language."""
    if language == "en":
        return english.read
    if language == "zh":
        return mandarin.read
    module = espeak_reader if language.startswith(espeak_reader.PREFIX) else gruut_reader
    return lambda text: module.read(text, language)
