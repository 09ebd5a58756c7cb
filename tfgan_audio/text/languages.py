"""Which language each part of a text is in: by script, where the text does not say it."""

import re
from collections.abc import Iterator
from itertools import groupby

from tfgan_audio.text.characters import script

# The script a language is written in; all others are written in Latin letters.
_SCRIPTS = {"zh": "han", "ru": "cyrillic"}
# What a script is read as where the language of the text is written in another one.
_DEFAULTS = {"latin": "en", "han": "zh", "cyrillic": "ru"}
_WORD_OR_REST = re.compile(r"[^\W\d_]+|\d[\d.,:/%-]*|[\s\S]")


def language_spans(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Cut a text where its language changes.

    Letters decide. Digits go with the letters they touch, else with the language of the text, and
    punctuation with what precedes it.

    Args:
        text: A clean text.
        language: The language of the text, such as `en`.

    Yields:
        The language and text of each part; joined, the parts are the text.

    Example:
        >>> list(language_spans("我有3个iPhone, OK?", "zh"))
        [('zh', '我有3个'), ('en', 'iPhone, OK?')]
    """
    home = _SCRIPTS.get(language, "latin")
    runs = [(kind, "".join(chars)) for kind, chars in groupby(text, key=_kind)]
    marked = []
    for place, (kind, run) in enumerate(runs):
        if kind == "digit":
            touching = [
                runs[near][0]
                for near in (place + 1, place - 1)
                if 0 <= near < len(runs) and runs[near][0] not in ("digit", "")
            ]
            kind = touching[0] if touching else home
            if home in touching:
                kind = home
        marked.append((kind, run))
    current = next((kind for kind, _ in marked if kind), home)
    spans: list[list[str]] = []
    for kind, run in marked:
        current = kind or current
        spoken_in = language if current == home else _DEFAULTS.get(current, language)
        if spans and spans[-1][0] == spoken_in:
            spans[-1][1] += run
        else:
            spans.append([spoken_in, run])
    yield from ((found, part) for found, part in spans)


def _kind(char: str) -> str:
    """Return the script of a letter, "digit" for what numbers are written with, else ""."""
    return "digit" if char.isascii() and char.isdigit() else script(char)
