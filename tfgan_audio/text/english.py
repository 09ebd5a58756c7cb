"""English words to phonemes: the lexicon, tagger and rules of `hibari-tts`, and own corrections."""

import re
from functools import cache
from typing import TYPE_CHECKING

from tfgan_audio.errors import InputError
from tfgan_audio.text.english_lexicon import NOUN_AFTER, PERFECT, VERB_AFTER, own_reading
from tfgan_audio.text.english_normalisation import normalise
from tfgan_audio.text.utterance import Token
from tfgan_audio.text.words import words_and_marks

if TYPE_CHECKING:
    from hibari.g2p import G2P
    from hibari.g2p.token import Tok

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_STRESS = "ˈˌ"
_VOWELS = ("æ", "ɑ", "ɔ", "ə", "ɛ", "ɜ", "ɪ", "i", "u", "ʊ", "ʌ", "eɪ", "aɪ", "oʊ", "aʊ", "ɔɪ")
_CONSONANTS = (
    "b", "d", "dʒ", "f", "h", "j", "k", "l", "m", "n", "p", "s", "t", "tʃ", "v", "w", "z", "ð",
    "ŋ", "ɡ", "ɹ", "ɾ", "ʃ", "ʒ", "θ",
)  # fmt: skip
# One letter of the lexicon's alphabet -> IPA, where they differ.
_IPA = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "T": "ɾ", "ʤ": "dʒ", "ʧ": "tʃ",
    "ᵊ": "ə", "ᵻ": "ɪ", "ɐ": "ə", "a": "ɑ", "y": "j", "ʀ": "ɹ", "g": "ɡ", "ʔ": "t",
}  # fmt: skip
PHONEMES = (*_CONSONANTS, *(stress + vowel for stress in ("", *_STRESS) for vowel in _VOWELS))


def read(text: str) -> tuple[str, list[Token]]:
    """Analyse an English text.

    Args:
        text: A clean text of Latin letters, digits, punctuation and known symbols.

    Returns:
        The mark before the first word, and the words.
    """
    before, pairs = words_and_marks(normalise(text), WORD)
    sounds = _sounds(pairs) if pairs else []
    return before, [
        Token(word, "en", phonemes, mark)
        for (word, mark), phonemes in zip(pairs, sounds, strict=True)
    ]


def to_ipa(reading: str) -> tuple[str, ...]:
    """Cut a pronunciation in the lexicon's alphabet into phonemes, the stress on its vowel.

    Example:
        >>> to_ipa("ʤˈInt")
        ('dʒ', 'ˈaɪ', 'n', 't')
    """
    phonemes, stress = [], ""
    for letter in reading:
        sound = _IPA.get(letter, letter)
        if letter in _STRESS:
            stress = letter
        elif sound in _VOWELS:
            phonemes.append(stress + sound)
            stress = ""
        elif sound in _CONSONANTS:
            phonemes.append(sound)
    return tuple(phonemes)


def _sounds(pairs: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the phonemes of each word of a sentence, read in their context."""
    g2p = _lexicon()
    # The space keeps a full stop from becoming a part of "I." as of an abbreviation.
    tokens = g2p.tokenize("".join(f"{word} {mark.strip()} " for word, mark in pairs))
    _correct_tags(tokens, g2p.lexicon.golds)
    spoken = iter([t for t in g2p.phonemize_tokens(tokens) if any(map(str.isalpha, t.text))])
    words = ["", *(word.lower() for word, _ in pairs), ""]
    sounds = []
    for place, (word, _) in enumerate(pairs):
        letters = reading = ""
        while len(letters) < len(word):
            token = next(spoken)
            letters, reading = letters + token.text, reading + (token.phonemes or "")
        own = own_reading(words[place], word, words[place + 2])
        phonemes = to_ipa(own or reading) or to_ipa(g2p.lexicon.get_NNP(word.upper())[0] or "")
        if letters.replace(" ", "") != word or not phonemes:
            raise InputError("text", f"the word '{word}'", "one that can be pronounced")
        sounds.append(phonemes)
    return sounds


def _correct_tags(tokens: "list[Tok]", lexicon: dict[str, str | dict[str, str]]) -> None:
    """Let the words before decide between two readings of one spelling."""
    words = [token.text.lower() for token in tokens]
    for place in range(1, len(tokens)):
        token, before = tokens[place], words[place - 1]
        if not isinstance(lexicon.get(words[place]), dict):
            continue
        if not PERFECT.isdisjoint(words[max(0, place - 3) : place]) and token.tag[0] == "V":
            token.tag = "VBN"
        elif before in VERB_AFTER and token.tag[0] in "NJ":
            token.tag = "VB"
        elif before in NOUN_AFTER and token.tag.startswith("V") and token.tag[-1] not in "GN":
            token.tag = "NN"


@cache
def _lexicon() -> "G2P":
    """Load the lexicon, the tagger and the network for unknown words."""
    try:
        from hibari.g2p import G2P
    except ImportError as error:
        raise InputError("English text", "no lexicon", "pip install hibari-tts") from error
    return G2P()
