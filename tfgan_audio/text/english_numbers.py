"""English numbers as words, in the American way: no "and" inside a whole number."""

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_MOST_DIGITS = 3 * len(_SCALES)


def cardinal(number: int) -> str:
    """Read a whole number of at most 18 digits; a longer one is read digit by digit.

    Example:
        >>> cardinal(1_205_030)
        'one million two hundred five thousand thirty'
    """
    if number < 0:
        return f"minus {cardinal(-number)}"
    if len(str(number)) > _MOST_DIGITS:
        return digits(str(number))
    if number == 0:
        return ONES[0]
    groups = []
    for scale in _SCALES:
        number, group = divmod(number, 1000)
        if group:
            groups.append(f"{_below_thousand(group)} {scale}".strip())
    return " ".join(reversed(groups))


def ordinal(number: int) -> str:
    """Read the place in an order.

    Example:
        >>> ordinal(21), ordinal(12), ordinal(100)
        ('twenty first', 'twelfth', 'one hundredth')
    """
    *first, last = cardinal(number).split()
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return " ".join([*first, _ORDINALS.get(last, regular)])


def year(number: int) -> str:
    """Read a year from 1000 to 2099 in pairs, others as a whole number.

    Example:
        >>> year(1905), year(1800), year(2007), year(2024)
        ('nineteen oh five', 'eighteen hundred', 'two thousand seven', 'twenty twenty four')
    """
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 2099 or century in (10, 20) and rest < 10:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """Read digits one by one.

    Example:
        >>> digits("907")
        'nine zero seven'
    """
    return " ".join(ONES[int(digit)] for digit in text)


def decimal(text: str) -> str:
    """Read a number as written, with thousands separators, a sign or a decimal point.

    Example:
        >>> decimal("-1,024.50"), decimal(".5"), decimal("007")
        ('minus one thousand twenty four point five zero', 'point five', 'zero zero seven')
    """
    if text[0] in "-−+":
        return f"{'plus' if text[0] == '+' else 'minus'} {decimal(text[1:])}"
    whole, _, fraction = text.replace(",", "").partition(".")
    padded = len(whole) > 1 and whole[0] == "0"
    words = digits(whole) if padded else cardinal(int(whole)) if whole else ""
    return f"{words} point {digits(fraction)}".strip() if fraction else words


def plural(word: str) -> str:
    """Put the last word of a number in the plural, as in "the nineteen nineties".

    Example:
        >>> plural("nineteen ninety"), plural("six")
        ('nineteen nineties', 'sixes')
    """
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("x") else f"{word}s"


def _below_thousand(number: int) -> str:
    """Read 1 to 999."""
    hundreds, rest = divmod(number, 100)
    words = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        words += [_TENS[rest // 10], *([ONES[rest % 10]] if rest % 10 else [])]
    elif rest:
        words.append(ONES[rest])
    return " ".join(words)
