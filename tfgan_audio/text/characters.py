"""Characters of a text: their script, the breaks they stand for, those without a reading."""

import unicodedata
import warnings
from collections.abc import Set

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import first_few

# Other signs of punctuation -> the mark that breaks alike; "" is silent.
MARKS = {
    **dict.fromkeys(",、，،()（）[]【】〔〕{}", ","),
    **dict.fromkeys(";:；：…—–⋯", ";"),
    **dict.fromkeys(".。．", "."),
    **dict.fromkeys("?？", "?"),
    **dict.fromkeys("!！", "!"),
    **dict.fromkeys('"“”„«»‹›「」『』《》〈〉·・¿¡`´', " "),
}
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "}
)
_SUPERSCRIPTS = "²³¹"
_SCRIPTS = {"LATIN": "latin", "CYRILLIC": "cyrillic", "CJK": "han"}
_SILENT = {"Cc", "Cf", "Zl", "Zp", "Zs"}  # controls, joiners, spaces


def clean(text: str) -> str:
    """Bring a text to one form: composed letters, straight apostrophes, plain letters and digits.

    Args:
        text: Any text.

    Returns:
        The text with single spaces and without invisible characters.
    """
    text = unicodedata.normalize("NFC", text).translate(_QUOTES)
    kept = (" " if char.isspace() else _plain(char) for char in text if not _invisible(char))
    return " ".join("".join(kept).split())


def script(char: str) -> str:
    """Return the script of a letter, "" for everything that is no letter.

    Args:
        char: One character.

    Returns:
        "latin", "cyrillic", "han"; for another script the first word of its Unicode name.
    """
    if unicodedata.category(char)[0] not in "LM" and char != "〇":
        return ""
    name = unicodedata.name(char, "UNKNOWN").split()[0]
    return "han" if char in "〇々" else _SCRIPTS.get(name, name)


def readable(text: str, symbols: Set[str], any_script: bool = False) -> str:
    """Return a text without the signs that have no reading, and warn about those by name.

    Args:
        text: A clean text.
        symbols: Signs, beside letters, digits and punctuation, that have a reading.
        any_script: Whether letters of every script have a reading.

    Returns:
        The text with spaces where the signs were.

    Raises:
        InputError: A letter or digit of a script that has no reading.
    """
    unread = []
    for place, char in enumerate(text):
        if char in MARKS or char in symbols or char in " '-" or char in "0123456789":
            continue
        kind = script(char)
        if kind in _SCRIPTS.values() or (char == "\u0301" and kind):
            continue
        if any_script and unicodedata.category(char)[0] in "LMN":
            continue
        if unicodedata.category(char)[0] in "LN":
            raise InputError(f"text, character {place + 1}", named(char), _EXPECTED)
        unread.append(char)
    if unread:
        signs = list(dict.fromkeys(unread))
        warnings.warn(f"not spoken: {first_few([*map(named, signs)])}", UserWarning, stacklevel=4)
        text = text.translate({ord(sign): " " for sign in signs})
    return text


_EXPECTED = "letters of the Latin, Chinese or Cyrillic script"


def named(char: str) -> str:
    """Return a character with its code and name.

    Example:
        >>> named("\N{ROCKET}")
        "'🚀' (U+1F680 rocket)"
    """
    name = unicodedata.name(char, "no name").lower()
    return f"'{char}' (U+{ord(char):04X} {name})"


def _plain(char: str) -> str:
    """Return a wide, circled or joined letter or digit as plain ones; other characters as is."""
    plain = unicodedata.normalize("NFKC", char)
    known = char in _SUPERSCRIPTS or not (plain.isascii() and plain.isprintable())
    return char if known or (char in MARKS) else plain


def _invisible(char: str) -> bool:
    """Tell whether a character is neither a sign nor a space: a control, joiner or selector."""
    selector = 0xFE00 <= ord(char) <= 0xFE0F or 0x1F3FB <= ord(char) <= 0x1F3FF
    return selector or (unicodedata.category(char) in _SILENT and not char.isspace())
