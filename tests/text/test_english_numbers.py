"""Numbers as English words, against values written out by hand and against one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfgan_audio.text.english_numbers import cardinal, decimal, ordinal, year

WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
WORDS |= {
    word: 10 * tens
    for tens, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def _value(words: str) -> int:
    """Read number words back: the inverse, written without looking at the other direction."""
    total = group = 0
    for word in words.split():
        if word == "hundred":
            group *= 100
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        else:
            group += WORDS[word]
    return total + group


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_number_can_be_read_back(number: int) -> None:
    assert _value(cardinal(number)) == number


@given(st.integers(min_value=1000, max_value=2099))
def test_a_year_can_be_read_back(number: int) -> None:
    words = year(number).replace(" oh ", " ")
    if number // 100 in (10, 20) and number % 100 < 10:
        assert _value(words) == number
    elif words.endswith("hundred"):
        assert _value(words) == number
    else:
        first = next(n for n in (2, 1) if _value(" ".join(words.split()[:n])) == number // 100)
        assert _value(" ".join(words.split()[first:])) == number % 100


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "first"),
        (12, "twelfth"),
        (20, "twentieth"),
        (43, "forty third"),
        (1000, "one thousandth"),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_decimals_and_leading_zeros() -> None:
    assert decimal("-0.05") == "minus zero point zero five"
    assert decimal("1,000") == "one thousand"
    assert decimal("0042") == "zero zero four two"


def test_what_is_too_long_for_a_name_is_read_by_digits() -> None:
    assert cardinal(10**18) == "one" + " zero" * 18
