"""Text analysis: from written sentences to words, sounds, tones and breaks.

analyze          a text as an `Utterance`: its words with phonemes, language and breaks
split_sentences  a long text in pieces that are spoken one by one
parse_ssml       the pieces of an SSML document with their voice, pace, pitch and pauses
passages         what is spoken in one go, one after the other, with all that SSML says
SymbolTable      the ids of the symbols that a model reads
"""

from tfgan_audio.text.analysis import LANGUAGES, analyze
from tfgan_audio.text.passages import Passage, passages
from tfgan_audio.text.sentences import split_sentences
from tfgan_audio.text.ssml import Segment, parse_ssml
from tfgan_audio.text.symbols import SymbolTable
from tfgan_audio.text.utterance import Token, Utterance

__all__ = [
    "LANGUAGES", "Passage", "Segment", "SymbolTable", "Token", "Utterance", "analyze", "parse_ssml",
    "passages", "split_sentences",
]  # fmt: skip
