"""Which language each part of a text is in: by script, where the text does not say it."""

import re
from collections.abc import Iterator

from tfgan_audio.text.characters import script
from tfgan_audio.text.mandarin_normalisation import UNIT

# The script a language is written in; all others are written in Latin letters.
_SCRIPTS = {"zh": "han", "ru": "cyrillic"}
# What a script is read as where the language of the text is written in another one.
_DEFAULTS = {"latin": "en", "han": "zh", "cyrillic": "ru"}
_NUMBER = "number"
_NUMBERS = re.compile(r"[-+]?[¥￥$€£₽₩₹]?\d+(?:[.,:/-]\d+)*[%‰℃°]?")


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
    parts = list(_parts(text, language))
    kinds = [kind for kind, _ in parts]
    current = next((kind for kind in kinds if kind not in ("", _NUMBER)), home)
    spans: list[list[str]] = []
    for place, (kind, part) in enumerate(parts):
        if kind == _NUMBER:
            touching = {*kinds[max(0, place - 1) : place + 2]} - {_NUMBER, ""}
            kind = home if home in touching or not touching else sorted(touching)[0]
        current = kind or current
        spoken_in = language if current == home else _DEFAULTS.get(current, language)
        if spans and spans[-1][0] == spoken_in:
            spans[-1][1] += part
        else:
            spans.append([spoken_in, part])
    yield from ((spoken_in, part) for spoken_in, part in spans)


def _parts(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Cut a text into letters of one script, whole numbers and the rest, with the kind of each."""
    units = {found.span() for found in UNIT.finditer(text)} if language == "zh" else set()
    ends = {start: end for start, end in units}
    place = 0
    while place < len(text):
        if place in ends:
            yield "han", text[place : ends[place]]
            place = ends[place]
        elif found := _NUMBERS.match(text, place):
            yield _NUMBER, found[0]
            place = found.end()
        else:
            yield script(text[place]), text[place]
            place += 1
