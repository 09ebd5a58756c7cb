"""A small part of SSML: pauses, pace, pitch, voices and languages inside a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import one_of

_PAUSES_SECONDS = {
    "none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2,
}  # fmt: skip
_RATES = {
    "x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6,
}  # fmt: skip
_PITCHES_SEMITONES = {
    "x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0,
}  # fmt: skip
_ELEMENTS = ("speak", "p", "s", "break", "prosody", "voice", "lang")
_SENTENCES = ("p", "s")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True)
class Segment:
    """A piece of text and how to speak it.

    Args:
        text: What to speak; empty for a pause before any text.
        pause_seconds: Silence behind it, 0 for the natural break.
        rate: Pace, 1 the voice's own, 2 twice as fast.
        pitch_semitones: Shift of the pitch.
        voice: Name of the speaker, None for the chosen one.
        language: Language, None for the chosen one.
        ends_sentence: Whether a sentence or paragraph ends behind it.
    """

    text: str = ""
    pause_seconds: float = 0.0
    rate: float = 1.0
    pitch_semitones: float = 0.0
    voice: str | None = None
    language: str | None = None
    ends_sentence: bool = False


def is_ssml(text: str) -> bool:
    """Tell whether a text is meant to be SSML: it starts with a `speak` element.

    Args:
        text: Any text.

    Raises:
        InputError: Elements of SSML without `speak` around them, which nobody wants to hear.

    Example:
        >>> is_ssml("<speak>One</speak>"), is_ssml("a < b")
        (True, False)
    """
    if re.match(r"\s*(<\?xml[^>]*>\s*)?<speak[\s/>]", text):
        return True
    stray = re.search(rf"<({'|'.join(_ELEMENTS)})(\s[^<>]*)?/?>", text, re.IGNORECASE)
    if stray:
        expected = "<speak> around everything, or plain text that is said to be plain"
        raise InputError("text", stray[0], expected)
    return False


def parse_ssml(document: str) -> list[Segment]:
    """Read an SSML document.

    Args:
        document: A `speak` element with text and the elements `break` (`time`, `strength`),
            `prosody` (`rate`, `pitch`), `voice` (`name`), `lang` (`xml:lang`), `p` and `s`. Rates
            are words, percent of the voice's own or factors; pitches are words, semitones or
            percent.

    Returns:
        The pieces in order, at least one with text.

    Raises:
        InputError: The XML is broken, or an element, attribute or value is not known.

    Example:
        >>> parse_ssml('<speak>One<break time="500ms"/>two</speak>')[0].pause_seconds
        0.5
    """
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise InputError("SSML", "a document type", "plain elements")
    try:
        root = ElementTree.fromstring(document.strip())
    except ElementTree.ParseError as error:
        expected = "well-formed XML, with &amp; for & and &lt; for <"
        raise InputError("SSML", error, expected) from None
    if _name(root) != "speak":
        raise InputError("SSML", f"<{_name(root)}>", "a <speak> element around everything")
    segments: list[Segment] = []
    for piece in _walk(root, Segment()):
        if not piece.text and segments:
            last = segments[-1]
            segments[-1] = replace(
                last,
                pause_seconds=last.pause_seconds + piece.pause_seconds,
                ends_sentence=last.ends_sentence or piece.ends_sentence,
            )
        elif piece.text or piece.pause_seconds:
            segments.append(piece)
    if not any(segment.text for segment in segments):
        raise InputError("SSML", "nothing to speak", "text")
    return segments


def _walk(element: ElementTree.Element, around: Segment) -> Iterator[Segment]:
    """Yield the pieces of an element, each with what is in force there."""
    if _name(element) == "break":
        yield replace(around, pause_seconds=_pause(element))
        return
    inside = _styled(element, around)
    is_sentence = _name(element) in _SENTENCES
    if is_sentence:
        yield replace(around, ends_sentence=True)
    yield replace(inside, text=_text(element.text))
    for child in element:
        yield from _walk(child, inside)
        yield replace(inside, text=_text(child.tail))
    if is_sentence:
        yield replace(inside, ends_sentence=True)


def _styled(element: ElementTree.Element, around: Segment) -> Segment:
    """Return how text inside an element is spoken."""
    name = _name(element)
    if name not in _ELEMENTS:
        raise InputError("SSML", f"<{name}>", one_of(f"<{known}>" for known in _ELEMENTS))
    if name == "prosody":
        _check_attributes(element, {"rate", "pitch"})
        rate = around.rate * _rate(element.get("rate", "default"))
        if not 0.1 <= rate <= 10:
            raise InputError("SSML <prosody> rate, nested", f"{rate:.0%}", "10% to 1000%")
        pitch = around.pitch_semitones + _pitch(element.get("pitch", "default"))
        if not -48 <= pitch <= 48:
            raise InputError("SSML <prosody> pitch, nested", f"{pitch:+g}st", "-48st to +48st")
        return replace(around, rate=rate, pitch_semitones=pitch)
    if name == "voice":
        _check_attributes(element, {"name"})
        if not element.get("name"):
            raise InputError("SSML <voice>", "no name", 'an attribute name="..."')
        return replace(around, voice=element.get("name"))
    language = element.get(_LANGUAGE)
    if name == "lang" and not language:
        raise InputError("SSML <lang>", "no language", 'an attribute xml:lang="..."')
    return replace(around, language=language.split("-")[0]) if language else around


def _check_attributes(element: ElementTree.Element, known: set[str]) -> None:
    """Refuse attributes that would have no effect."""
    for name in element.keys():
        if name not in known:
            expected = one_of(sorted(known))
            raise InputError(f"SSML <{_name(element)}>", f"the attribute {name}", expected)


def _pause(element: ElementTree.Element) -> float:
    """Return the length of a break."""
    _check_attributes(element, {"time", "strength"})
    if (time := element.get("time")) is None:
        return _word(element.get("strength", "medium"), _PAUSES_SECONDS, "<break> strength")
    found = re.fullmatch(r"\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)", time.strip())
    seconds = float(found[1]) * (0.001 if found[2] == "ms" else 1) if found else -1.0
    if not 0 <= seconds <= _LONGEST_PAUSE_SECONDS:
        expected = f"a time such as 500ms or 2s, at most {_LONGEST_PAUSE_SECONDS:g}s"
        raise InputError("SSML <break> time", time, expected)
    return seconds


def _rate(value: str) -> float:
    """Return a pace from a word, percent of the voice's own, or a factor as in SSML 1.0."""
    found = re.fullmatch(r"(?P<sign>[+-]?)(?P<percent>\d+(?:\.\d+)?)%|\d*\.?\d+", value.strip())
    if not found:
        return _word(value, _RATES, "<prosody> rate", " or percent such as 120%")
    share = float(found["percent"]) / 100 if found["percent"] else float(found[0])
    rate = {"+": 1 + share, "-": 1 - share}.get(found["sign"], share)
    if not 0.2 <= rate <= 5:
        raise InputError("SSML <prosody> rate", value, "20% to 500%")
    return rate


def _pitch(value: str) -> float:
    """Return a shift in semitones from a word, semitones or percent."""
    from math import log2

    found = re.fullmatch(r"([+-]\d+(?:\.\d+)?)(st|%)", value.strip())
    if not found:
        return _word(
            value, _PITCHES_SEMITONES, "<prosody> pitch", " or a shift such as +2st or -10%"
        )
    shift = float(found[1])
    if not (-24 <= shift <= 24 if found[2] == "st" else -75 <= shift <= 300):
        raise InputError("SSML <prosody> pitch", value, "at most two octaves")
    return shift if found[2] == "st" else 12 * log2(1 + shift / 100)


def _word(value: str, known: dict[str, float], what: str, or_else: str = "") -> float:
    """Return the value of a word."""
    if value.strip() not in known:
        raise InputError(f"SSML {what}", value or "nothing", one_of(known) + or_else)
    return known[value.strip()]


def _name(element: ElementTree.Element) -> str:
    """Return the name of an element without its name space."""
    return element.tag.rpartition("}")[2]


def _text(text: str | None) -> str:
    """Return text with single spaces."""
    return " ".join((text or "").split())
