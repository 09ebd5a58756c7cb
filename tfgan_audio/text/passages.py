"""A text as what is spoken in one go: sentences with all that SSML says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tfgan_audio.errors import InputError
from tfgan_audio.text.analysis import ended, read_words
from tfgan_audio.text.sentences import split_sentences
from tfgan_audio.text.ssml import Segment, is_ssml, parse_ssml
from tfgan_audio.text.utterance import BREAKS, Token, Utterance, stronger

_END = 4
_MAX_WORDS = 60
_SHOWN_LETTERS = 40


@dataclass(frozen=True)
class Passage:
    """Words that are spoken in one go, a sentence mostly, and how.

    Args:
        tokens: The words; none where there is only a pause.
        rates: Pace at each word, 1 the voice's own.
        shifts_semitones: Shift of the pitch at each word.
        voice: Name of the speaker, None for the chosen one.
        pause_seconds: Silence behind it; None for the natural one.
    """

    tokens: tuple[Token, ...]
    rates: tuple[float, ...]
    shifts_semitones: tuple[float, ...]
    voice: str | None = None
    pause_seconds: float | None = None

    @property
    def utterance(self) -> Utterance:
        """The words, with their symbols and languages in one row."""
        return Utterance(self.tokens)

    def of_symbols(self, values: tuple[float, ...]) -> list[float]:
        """Return what each word has, such as `rates`, for each of its symbols and its mark."""
        pairs = zip(self.tokens, values, strict=True)
        return [value for token, value in pairs for _ in (*token.phonemes, token.mark)]


def passages(text: str, language: str = "en", ssml: bool | None = None) -> Iterator[Passage]:
    """Cut a text of any length into what is spoken in one go.

    A sentence whose parts SSML wants spoken at another pace, pitch or in another language stays
    one. A break and another voice end a passage, and so does a sentence that is too long, where it
    breathes.

    Args:
        text: Text or SSML.
        language: Language of what says no other, as for `analyze`.
        ssml: Whether the text is SSML; None finds out by its first element.

    Yields:
        Passages in order, as they are wanted; the text behind them is not analysed yet.

    Raises:
        InputError: Nothing to speak, broken SSML, or as `analyze` does.

    Example:
        >>> [passage.utterance.spoken for passage in passages("It's 5 pm. Go home!")]
        ["It's five PM.", 'Go home!']
    """
    segments = parse_ssml(text) if ssml or ssml is None and is_ssml(text) else [Segment(text)]
    is_silent, open_passage = True, None
    for piece, is_cut in _pieces(segments):
        before, tokens = _read(piece.text, piece.language or language, text)
        if open_passage is not None and open_passage.voice != piece.voice:
            yield _closed(open_passage)
            open_passage = None
        open_passage = _extended(open_passage, piece, before, tokens)
        is_silent = is_silent and not tokens
        if is_cut or piece.ends_sentence or piece.pause_seconds or _is_full(open_passage):
            if open_passage.tokens or piece.pause_seconds:
                yield _closed(open_passage, piece)
            open_passage = None
    if open_passage is not None and open_passage.tokens:
        yield _closed(open_passage)
    if is_silent:
        shown = text.strip()[:_SHOWN_LETTERS]
        raise InputError("text", f"'{shown}'" if shown else "nothing", "words")


def _pieces(segments: list[Segment]) -> Iterator[tuple[Segment, bool]]:
    """Yield each sentence of each segment, and whether it ends before its segment does."""
    for segment in segments:
        held = ""
        for sentence in split_sentences(segment.text):
            if held:
                yield replace(segment, text=held, pause_seconds=0.0), True
            held = sentence
        yield replace(segment, text=held), False


def _read(part: str, language: str, whole: str) -> tuple[str, list[Token]]:
    """Analyse a part of a text; an error tells which part."""
    try:
        return read_words(part, language)
    except InputError as error:
        if part == whole.strip() or not str(error.name).startswith("text"):
            raise
        shown = part if len(part) <= _SHOWN_LETTERS else f"{part[:_SHOWN_LETTERS]}..."
        raise InputError(f"{error.name} of '{shown}'", error.seen, error.expected) from None


def _extended(passage: Passage | None, piece: Segment, before: str, tokens: list[Token]) -> Passage:
    """Put words behind those of a passage, or begin one."""
    if passage is None:
        passage = Passage((), (), (), piece.voice)
    known = passage.tokens
    if known:
        known = (*known[:-1], replace(known[-1], mark=stronger(known[-1].mark, before)))
    return replace(
        passage,
        tokens=(*known, *tokens),
        rates=passage.rates + (piece.rate,) * len(tokens),
        shifts_semitones=passage.shifts_semitones + (piece.pitch_semitones,) * len(tokens),
    )


def _is_full(passage: Passage) -> bool:
    """Tell whether a sentence is at its end, or has become too long."""
    tokens = passage.tokens
    return bool(tokens) and (BREAKS[tokens[-1].mark] == _END or len(tokens) >= _MAX_WORDS)


def _closed(passage: Passage, last: Segment | None = None) -> Passage:
    """Return a passage with a mark at its end and the pause that its last segment wants."""
    pause = last.pause_seconds if last is not None else 0.0
    mark = "." if not pause or last is None or last.ends_sentence else ","
    tokens = ended(passage.tokens, mark) if passage.tokens else ()
    return replace(passage, tokens=tokens, pause_seconds=pause or None)
