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
        ("The 1,000th visitor", "The one thousandth visitor."),
        ("It is −12.5 °F", "It is minus twelve point five degrees Fahrenheit."),
        ("020 7946 0958", "zero two zero, seven nine four six, zero nine five eight."),
        (
            "www.a.com/b?x=1&y=2",
            "www dot a dot com slash b question mark x equals one and y equals two.",
        ),
        ("10 cm³", "ten cubic centimeters."),
        ("5' 10\" and 6'2", "five feet ten and six feet two."),
        ("a Ph.D. thesis", "a PhD thesis."),
        ("5 - 3 = 2", "five minus three equals two."),
        ("5 - 3 people", "five to three people."),
        ("4*4 is 2^4", "four times four is two to the power of four."),
        ("1.5e-3", "one point five times ten to the power of minus three."),
        ("~50 in file.txt", "about fifty in file dot txt."),
        ("10% - 20%", "ten percent to twenty percent."),
        ("A$5", "five Australian dollars."),
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


def test_single_letters_are_read_before_a_full_stop() -> None:
    """A lexicon that takes "I." for an abbreviation must not lose the word."""
    for text in ("It was I.", "You and I. He left.", "Born in the 20th c.", "Plan B. Plan C."):
        assert all(token.phonemes for token in analyze(text).tokens)
    assert analyze("It was I.").tokens[-1].phonemes == analyze("I am").tokens[0].phonemes
