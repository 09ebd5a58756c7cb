"""Mandarin characters to phonemes: words, readings in context, tones as they are spoken."""

import re

from tfgan_audio.errors import InputError
from tfgan_audio.text.characters import named
from tfgan_audio.text.mandarin_normalisation import normalise
from tfgan_audio.text.mandarin_readings import (
    CHARACTERS,
    FULL_ER,
    NEUTRAL,
    PHRASES,
    POLYPHONES,
    RHOTIC_AFTER,
)  # fmt: skip
from tfgan_audio.text.mandarin_sandhi import apply_sandhi
from tfgan_audio.text.pinyin import phonemes_of
from tfgan_audio.text.utterance import Token
from tfgan_audio.text.words import words_and_marks

_CLAUSE = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々]+")
_NUMERAL = re.compile(
    "([零〇一二两三四五六七八九十百千万亿]+点[零一二三四五六七八九]+(?![零一二三四五六七八九十百分刻])"
    "|[零〇一二两三四五六七八九十百千万亿]{3,})"
)
_READING = re.compile(r"[a-zê]+[1-5]")
_LONGEST_PHRASE = max(map(len, PHRASES))


def read(text: str) -> tuple[str, list[Token]]:
    """Analyse a Mandarin text.

    Args:
        text: A clean text of Chinese characters, digits, punctuation and known symbols.

    Returns:
        The mark before the first word, and the words.

    Raises:
        InputError: A character has no known reading.
    """
    before, clauses = words_and_marks(normalise(text), _CLAUSE)
    tokens = []
    for clause, mark in clauses:
        spoken = _read_clause(clause)
        tokens += [_token(word, syllables) for word, syllables in spoken[:-1]]
        tokens.append(_token(*spoken[-1], mark))
    return before, tokens


def _token(word: str, syllables: list[str], mark: str = " ") -> Token:
    """Return a word with its sounds."""
    phonemes = tuple(sound for syllable in syllables for sound in phonemes_of(syllable))
    return Token(word, "zh", phonemes, mark, " ".join(syllables))


def _read_clause(clause: str) -> list[tuple[str, list[str]]]:
    """Return the words of a clause and their syllables as spoken."""
    words = _words(clause)
    syllables = apply_sandhi(_readings(clause, words), words)
    spoken, place = [], 0
    for word in words:
        own = [syllables[place]]
        for index in range(place + 1, place + len(word)):
            if _is_rhotic(clause, index):
                own[-1] = f"{own[-1][:-1]}r{own[-1][-1]}"
            else:
                own.append(syllables[index])
        spoken.append((word, own))
        place += len(word)
    return spoken


def _words(clause: str) -> list[str]:
    """Cut a clause into words; 儿 joins the word before where it only colours it."""
    try:
        import rjieba
    except ImportError as error:
        raise InputError("Mandarin text", "no rjieba", "pip install tfgan_audio[speech]") from error
    pieces = [
        word
        for part in _NUMERAL.split(clause)
        for word in ([part] if _NUMERAL.fullmatch(part) else rjieba.cut(part, hmm=False))
    ]
    words: list[str] = []
    for word in filter(None, pieces):
        place = sum(map(len, words))
        if word[0] == "儿" and words and _is_rhotic(clause, place):
            words[-1] += "儿"
            word = word[1:]
        if word:
            words.append(word)
    return words


def _readings(clause: str, words: list[str]) -> list[str]:
    """Return the syllables of a clause as a dictionary has them, polyphones by their context."""
    readings = [syllable for word in words for syllable in _dictionary(word)]
    for pattern, reading in POLYPHONES:
        for found in pattern.finditer(clause):
            readings[found.start()] = reading
    _read_phrases(clause, words, readings)
    place = 0
    for word in words:
        if word in NEUTRAL:
            readings[place] = NEUTRAL[word]
        place += len(word)
    return readings


def _read_phrases(clause: str, words: list[str], readings: list[str]) -> None:
    """Read known phrases as a whole: the longest first, never across half a word."""
    starts, inside = set(), {}
    for index, word in enumerate(words):
        starts.add(len(inside))
        inside |= {len(inside) + step: index for step in range(len(word))}
    starts.add(len(clause))
    place = 0
    while place < len(clause):
        for length in range(min(_LONGEST_PHRASE, len(clause) - place), 1, -1):
            phrase, end = clause[place : place + length], place + length
            whole = place in starts and end in starts or inside[place] == inside[end - 1]
            if whole and phrase in PHRASES:
                readings[place:end] = PHRASES[phrase].split()
                place = end - 1
                break
        place += 1


def _dictionary(word: str) -> list[str]:
    """Return what the dictionary of `pypinyin` has for a word, or for the words inside it."""
    try:
        from pypinyin import Style, lazy_pinyin
        from pypinyin.seg.mmseg import seg
    except ImportError as error:
        expected = "pip install tfgan_audio[speech]"
        raise InputError("Mandarin text", "no pypinyin", expected) from error
    style = {"style": Style.TONE3, "neutral_tone_with_five": True, "v_to_u": False}
    syllables = []
    for part in seg.cut(word):
        known = [CHARACTERS[part]] if part in CHARACTERS else lazy_pinyin(part, **style)
        syllables += known if len(known) == len(part) else [part]
    for char, syllable in zip(word, syllables, strict=False):
        if not _READING.fullmatch(syllable):
            raise InputError("text", named(char), "a character with a known reading")
    # The dictionary has some readings of 一 and 不 as spoken; here they change by rule.
    plain = {"一": "yi1", "不": "bu4"}
    return [plain.get(char, found) for char, found in zip(word, syllables, strict=True)]


def _is_rhotic(clause: str, place: int) -> bool:
    """Tell whether the character at a place is a 儿 that only colours the syllable before."""
    return (
        clause[place] == "儿"
        and place > 0
        and clause[place - 1] in RHOTIC_AFTER
        and clause[place - 1 : place + 1] not in FULL_ER
        and clause[place : place + 2] not in FULL_ER
    )
