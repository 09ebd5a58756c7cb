"""English: what the analysis says of words equals what the voice of the made corpus is told."""

import numpy as np
import pytest

from tfgan_audio.data.sentences import sentence
from tfgan_audio.text import analyze
from tfgan_audio.text.english import PHONEMES, to_ipa


def test_plain_sentences_have_the_phonemes_of_the_made_voice() -> None:
    from hibari.g2p import G2P

    rng, voice = np.random.default_rng(7), G2P()
    for text in (sentence(rng) for _ in range(40)):
        ours = [sound for token in analyze(text).tokens for sound in token.phonemes]
        assert ours == list(to_ipa(voice(text))), text


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Sat. 3 May", "Saturday the third of May."),
        ("Mon-Fri", "Monday to Friday."),
        ("10:30:05", "ten thirty and five seconds."),
        ("He sold 500k in Q3", "He sold five hundred thousand in Q three."),
        ("v2.0.1", "v two point zero point one."),
        ("a 5-km run", "a five kilometer run."),
        ("+1 212 555 0199", "plus one, two one two, five five five, zero one nine nine."),
        ("AT&T, R&D", "AT and T, R and D."),
        ("'Tis 1/2", "Tis one half."),
        ("22/7", "twenty two over seven."),
        ("$0.01 or $2.00", "one cent or two dollars."),
        ("the year 1800", "the year eighteen hundred."),
        ("No. No. 5", "No. number five."),
        (
            "99/99/9999",
            "ninety nine slash ninety nine slash nine thousand nine hundred ninety nine.",
        ),
    ],
)
def test_writing_out(written: str, spoken: str) -> None:
    assert analyze(written).spoken == spoken


def test_unknown_words_are_pronounced_from_their_letters() -> None:
    (token,) = analyze("Zorblattish").tokens
    assert token.phonemes[0] == "z" and token.phonemes[-1] == "ʃ"
    assert set(token.phonemes) <= set(PHONEMES)


def test_letters_without_vowels_are_spelled() -> None:
    assert analyze("xkcd").tokens[0].phonemes[:3] == ("ˌɛ", "k", "s")
