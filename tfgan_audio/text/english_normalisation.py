"""Written English to words: numbers, money, units, abbreviations, addresses of the net."""

import re

from tfgan_audio.text import english_dates
from tfgan_audio.text.english_numbers import cardinal, decimal, digits, ordinal, year
from tfgan_audio.text.english_words import (
    ABBREVIATIONS,
    ADDRESS,
    CURRENCIES,
    FILE_ENDINGS,
    FRACTIONS,
    NET_SIGNS,
    NUMBERED,
    ROMAN_CARDINAL,
    ROMAN_ORDINAL,
    SCALES,
    SIGNS,
    SYMBOLS,
    TITLES,
    UNITS,
    VULGAR_FRACTIONS,
)
from tfgan_audio.text.rules import compiled, either, rewrite

_NEVER_LAST = ("e.g", "i.e", "vs", "approx", "cf", "ca")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


def normalise(text: str) -> str:
    """Write English out as it is spoken: words and punctuation only.

    Args:
        text: English with typographer's quotes already made straight.

    Returns:
        The same text without digits, symbols and abbreviations.

    Example:
        >>> normalise("Dr. Lee paid $9.99 at 3:30 pm.")
        'Doctor Lee paid nine dollars and ninety nine cents at three thirty PM.'
    """
    return " ".join(rewrite(text, _RULES).split())


# What opens a sentence even though the full stop before it belongs to an abbreviation.
_START = (
    r"\s*[\"')]*$|\s+(?:The|This|That|These|Those|He|She|It|They|We|You|I|In|On|At|And|But|Then|There"
    r"|When|Where|What|Who|Why|How|Is|Are|Was|His|Her|Our|My|Their|Its|If|So|No|Yes)\b"
)
_PATH = r"[\w./?=&%#:~+-]*[\w/]"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+"
_SIGN = r"(?<![\w.)])[-−+]"
_SCALE = (
    r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion)\b"
    rf"|(?P<short>{either(SCALES)})\b)"
)
_CURRENCY = rf"(?P<currency>{either(CURRENCIES)})"


def _money(found: re.Match[str]) -> str:
    """Read an amount, its sign and its scale: "-$3.5 million"."""
    one, many, one_part, many_parts = CURRENCIES[found["currency"]]
    minus = "minus " if found["sign"] else ""
    amount = found["amount"].replace(",", "")
    scale = found["scale"] or SCALES.get(found["short"] or "", "")
    whole, _, part = amount.partition(".")
    if scale or len(part) not in (0, 2) or (part and not one_part):
        return f"{minus}{decimal(amount)} {scale} {many}"
    words = (
        [f"{cardinal(int(whole))} {one if int(whole) == 1 else many}"] if int(whole or 0) else []
    )
    if part and int(part):
        words.append(f"{cardinal(int(part))} {one_part if int(part) == 1 else many_parts}")
    return minus + (" and ".join(words) or f"zero {many}")


def _unit(found: re.Match[str]) -> str:
    """Read a number with its unit: "1.5 kg", "-5°C"; before a noun, "a 5-km run", it is single."""
    one, many = UNITS[found["unit"]]
    single = found["amount"] == "1" or found["joint"] == "-"
    return f"{decimal((found['sign'] or '') + found['amount'])} {one if single else many} "


def _fraction(found: re.Match[str]) -> str:
    """Read "3/4" and "2 1/2"; what is no plain fraction is read as "over"."""
    above, below = int(found["above"]), int(found["below"])
    if below not in FRACTIONS or above >= below:
        both = f"{cardinal(above)} over {cardinal(below)}"
        return f"{decimal(found['whole'])} and {both}" if found["whole"] else both
    words = f"{cardinal(above)} {FRACTIONS[below][above > 1]}"
    if found["whole"]:
        return f"{decimal(found['whole'])} and {'a half' if words == 'one half' else words}"
    return words


def _phone(found: re.Match[str]) -> str:
    """Read a telephone number digit by digit, with a short break between its groups."""
    plus = "plus " if "+" in found[0] else ""
    return plus + ", ".join(map(digits, re.findall(r"\d+", found[0])))


def _net(found: re.Match[str]) -> str:
    """Read an address of the net or of mail."""
    text = re.sub(r"^https?://", "", found[0])
    for sign, word in NET_SIGNS.items():
        text = text.replace(sign, f" {word} ")
    return text


def _year_or_number(found: re.Match[str]) -> str:
    """Read four digits without a comma as a year where they may be one."""
    number, before = int(found[0]), found.string[: found.start()]
    dated = number >= 1100 or before.lower().endswith(("in ", "since ", "of "))
    return year(number) if dated and number < 2100 else cardinal(number)


def _power_of_ten(found: re.Match[str]) -> str:
    """Read "1.5e-3"."""
    return f"{decimal(found[1])} times ten to the power of {decimal(found[2])}"


def _roman(text: str) -> int:
    """Return the value of a Roman numeral."""
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(
        -here if here < after else here
        for here, after in zip(values, [*values[1:], 0], strict=True)
    )


def _range(found: re.Match[str]) -> str:
    """Put "to" between two numbers and what money they are behind the second."""
    first, second = found["first"], found["second"]
    if first[0] in CURRENCIES and second[0] not in CURRENCIES:
        return f"{first[1:]} to {first[0]}{second}"
    return f"{first} to {second}"


def _abbreviation(found: re.Match[str]) -> str:
    """Write out an abbreviation; its full stop stays where it also ends the sentence."""
    ends = found["end"] is not None and found[1] not in _NEVER_LAST
    return ABBREVIATIONS[found[1]] + ("." if ends else "")


def _letters(text: str) -> str:
    """Join the letters of "U.S.A." to the word that the lexicon knows or spells."""
    return text.replace(".", "").upper()


_RULES = (
    *compiled(
        (f"[{''.join(VULGAR_FRACTIONS)}]", lambda found: f" {VULGAR_FRACTIONS[found[0]]}"),
        (rf"(?<![\w@])(?:https?://|www\.){_PATH}|[\w.+-]*\w@[\w-]+(?:\.\w+)+", _net),
        (rf"(?<![\w.])(?:[\w-]+\.)+(?:com|org|net|edu|gov|io)\b(?:/{_PATH})?", _net),
        (rf"(?<=\w)\.(?=(?:{FILE_ENDINGS})\b)", " dot "),
        (r"(?<![\w.-])(?:\+\d{1,3}[ -])(?:\(?\d{2,4}\)?[ -])+\d{3,4}(?![\w-])", _phone),
        (r"(?<![\w.-])0\d{2,4} \d{3,4} \d{3,4}(?![\w-])", _phone),
        (r"(?<![\w.-])(?:1-)?(?:\(\d{3}\) ?|\d{3}[-.])?\d{3}[-.]\d{4}(?![\w-]|\.\d)", _phone),
    ),
    *english_dates.RULES,
    *compiled(
        (r"\b(Mr|Mrs|Ms)\b\.?", lambda m: TITLES[m[1]]),
        (rf"(?<=[a-z] )({either(ADDRESS)})\b\.?(?={_START})", lambda m: f"{ADDRESS[m[1]]}."),
        (rf"\b({either(TITLES)})\.? (?=[A-Z][a-z'])", lambda m: f"{TITLES[m[1]]} "),
        (rf"(?<=[a-z] )({either(ADDRESS)})\b\.?", lambda m: ADDRESS[m[1]]),
        (rf"\b({either(NUMBERED)})\. ?(?=\d)", lambda m: f"{NUMBERED[m[1]]} "),
        (rf"\b({either(ABBREVIATIONS)})\.(?!\w)(?=(?P<end>\s*$|\s+[A-Z])?)", _abbreviation),
        (r"\bvs\b", "versus"),
        (r"(?<=\s)'n'(?=\s)", "and"),
        (r"\bPh\. ?D\b\.?", "PhD"),
        (rf"\b(?:[A-Z]\.){{2,}}(?={_START})", lambda m: _letters(m[0]) + "."),
        (r"\b(?:[A-Za-z]\.){2,}", lambda m: _letters(m[0])),
        (r"\b([A-Z])\. (?=[A-Z])", r"\1 "),
        (
            rf"\b({either(ROMAN_ORDINAL)}) ([IVX]+)\b",
            lambda m: f"{m[1]} the {ordinal(_roman(m[2]))}",
        ),
        (
            rf"\b({either(ROMAN_CARDINAL)}) ([IVXLC]+)\b",
            lambda m: f"{m[1]} {cardinal(_roman(m[2]))}",
        ),
        (r"#\s?(?=\d)", "number "),
        (r"(?<!\w)24/7(?!\w)", "twenty four seven"),
        (r"(?<!\w)9/11(?!\w)", "nine eleven"),
        (r"(?<=\d) [-–−] (?=\d+(?:\.\d+)? ?=)", " minus "),
        (r"(?<![\w.])(\d)'\s?(1[01]|\d)(?:\"|''|(?!\w))", r"\1 feet \2"),
        (r"~\s?(?=[$£€]?\d)", "about "),
        (
            rf"(?<![\w.])(?P<first>[$£€¥₹]?(?:{_NUMBER})%?)\s?[-–—]\s?"
            rf"(?P<second>[$£€¥₹]?(?:{_NUMBER}))(?![\d–-])",
            _range,
        ),
        (rf"(?P<sign>{_SIGN})?(?<!\w){_CURRENCY}\s?(?P<amount>{_NUMBER}){_SCALE}?", _money),
        (
            rf"(?P<sign>{_SIGN})?(?<![\w.])(?P<amount>{_NUMBER}){_SCALE}?\s?{_CURRENCY}(?!\w)",
            _money,
        ),
        (
            r"(?:(?<![\w.])(?P<whole>\d+)[ -])?"
            r"(?<![\w./])(?P<above>\d+)[/⁄](?P<below>\d+)(?![\w/])",
            _fraction,
        ),
        (
            rf"(?P<sign>{_SIGN})?(?<![\w.])(?P<amount>{_NUMBER})"
            rf"(?P<joint>[ -]?)(?P<unit>{either(UNITS)})(?![\w²³])",
            _unit,
        ),
        (rf"(?<![\w.])({_NUMBER})[eE]([-−+]?\d+)(?!\w)", _power_of_ten),
        (r"(?<=\d)\s?\^\s?(?=[-−]?\d)", " to the power of "),
        (r"(?<=\d):(?=\d)", " to "),
        (r"(?<=\d)(k|M|bn)\b", lambda m: f" {SCALES[m[1]]}"),
        (r"(?<=\d)\s?[x×]\s?(?=\d)", " by "),
        (r"(?<=\d)\s?\*\s?(?=\d)", " times "),
        (r"(?<=\d)x\b", " times"),
        (
            r"\b(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b",
            lambda m: ordinal(int(m[1].replace(",", ""))),
        ),
        (rf"{_SIGN}(?:{_NUMBER})", lambda m: decimal(m[0])),
        (r"(?<=[A-Za-z])-?(?=\d)|(?<=\d)-?(?=[A-Za-z])", " "),
        (r"\d+(?:\.\d+){2,}", lambda m: " point ".join(map(decimal, m[0].split(".")))),
        (r"(?<![\d.,])\d{4}(?![\d]|[.,]\d)", _year_or_number),
        (rf"(?<!\d)(?:{_NUMBER})", lambda m: decimal(m[0])),
        (r"\d", lambda m: f" {digits(m[0])} "),
        (r"\b([Vv]itamin|[Pp]lan|[Gg]rade|[Tt]ype|[Gg]roup) A\b", r"\1 ay"),
        (r"\bA(?= (?:four|three|five|level|minus|plus)\b)", "ay"),
        (f"[{re.escape(''.join(SIGNS))}]", lambda m: f" {SYMBOLS[m[0]]} "),
        (r"\s+([,.;:!?])", r"\1"),
    ),
)
