"""Written German, Spanish, French, Italian and Russian to words.

The words of whole numbers come from `num2words`; what they are joined to, dates, times, money,
units, and what is written short come from the tables of `european_words`.
"""

import re
from functools import cache

from tfgan_audio.text.european_numbers import cardinal, counted, decimal, digits, ordinal, roman
from tfgan_audio.text.european_words import ENDING, WORDINGS
from tfgan_audio.text.rules import Reading, compiled, either, rewrite

_WHOLE = r"(?:\d{1,3}(?:[. ]\d{3})+(?!\d)|\d+)"
_NUMBER = rf"(?<![\d.,]){_WHOLE}(?:[.,]\d+)?"
_SIGN = r"(?P<sign>(?<![\w.)])[-−+])?"
_ARTICLES = "der die das Der Die Das den dem vom zum am im Am Im".split()
_CLOCK = r"(?P<hour>[01]?\d|2[0-4])"
_ROMAN = r"(?P<roman>[IVX]{2,}|(?<=[a-z] )[VX](?= ))"
# The endings of ordinals, and what changes at the end of the word: a letter, in Russian the gender.
_ENDINGS = {
    "de": {"te": "", "ter": "r"}, "es": {"º": "", "ª": "a", ".º": "", ".ª": "a"},
    "fr": {"er": "", "re": "e", "ère": "e", "ème": "", "e": ""}, "it": {"º": "", "ª": "a"},
    "ru": {"-й": "m", "-я": "f", "-е": "n"},
}  # fmt: skip
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}


def normalise(text: str, language: str) -> str:
    """Write a text out as it is spoken: words and punctuation only.

    Args:
        text: A clean text.
        language: `de`, `es`, `fr`, `it` or `ru`.

    Returns:
        The same text without digits, known symbols and abbreviations.

    Example:
        >>> normalise("5,50 € um 15:30 Uhr", "de")
        'fünf Euro fünfzig um fünfzehn Uhr dreißig'
    """
    return " ".join(rewrite(text, _Reader(language).rules).split())


@cache
class _Reader:
    """Reads what is written short in one language.

    Args:
        language: As for `normalise`.

    Attributes:
        rules: All rules, in the order in which they are applied.
    """

    def __init__(self, language: str) -> None:
        self.language, self.words = language, WORDINGS[language]
        self.rules = compiled(
            (f"[{''.join(_FRACTIONS)}]", lambda found: f" {_FRACTIONS[found[0]]} "),
            (r"(?:https?://|www\.)[\w./-]*\w|[\w.+-]*\w@[\w-]+(?:\.\w+)+", self._net),
            (r"\b(?:[Nn]r?|[Nn]o)\.\s?(?=\d)", "№ "),
            (rf"(?<!\w)({either(self.words.abbreviations)})(?!\w)", self._abbreviation),
            (r"(?<=\w)str\.", "straße"),
            *self._dates(),
            (r"(?<![\w.,])(?:\+|0)\d+(?:[ /-]\d+)+(?!\w)", self._phone),
            (rf"(?P<name>\b[A-ZÀ-Ý]\w+|\bsiglo) {_ROMAN}\b\.?", self._roman),
            *self._amounts(),
            (r"(?<![\w/.,])\d+/\d+(?![\w/])", self._fraction),
            (rf"({_NUMBER})\s?[-–—]\s?(?={_WHOLE})", rf"\1 {self.words.to} "),
            (rf"(?<![\w.,])(\d+)\.?({either(_ENDINGS[language])})(?!\w)", self._ordinal),
            *(self._german() if language == "de" else ()),
            (r"(?<=\d) ?x ?(?=\d)", f" {self.words.signs['×']} "),
            (rf"(?<![\w.)])[-−+]{_WHOLE}(?:[.,]\d+)?", lambda found: decimal(found[0], language)),
            (_NUMBER, lambda found: f" {decimal(found[0], language)} "),
            (r"\d", lambda found: f" {cardinal(int(found[0]), language)} "),
            (
                f"[{re.escape(''.join(self.words.signs))}]",
                lambda found: f" {self.words.signs[found[0]]} ",
            ),
            (r"\s+([,.;:!?])", r"\1"),
        )

    def _dates(self) -> tuple[tuple[str, Reading], ...]:
        """Return the rules of dates and times."""
        of = " de " if self.language == "es" else " "
        return (
            (r"(?<![\w.,])(?P<day>\d\d?)[./](?P<month>\d\d?)[./](?P<year>\d{4})(?!\w)", self._date),
            (r"(?<![\w.,-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])", self._date),
            (
                r"(?P<before>\b\w+ )?(?<![\w.,])(?P<day>[12]\d|3[01]|0?[1-9])\.?"
                rf"(?P<month>{of}(?:{'|'.join(self.words.months)}))\b"
                r"(?:(?P<of> de)?\s(?P<year>1\d{3}|20\d\d)\b)?",
                self._day_month,
            ),
            (rf"(?<![\w.,:]){_CLOCK}[:h](?P<minute>[0-5]\d)(?![\w:])(?: (?:Uhr|h)\b)?", self._time),
            (rf"(?<![\w.,:]){_CLOCK}(?P<minute>)(?: ?h(?!\w)| Uhr\b)(?! \d)", self._time),
        )

    def _amounts(self) -> tuple[tuple[str, Reading], ...]:
        """Return the rules of money and units."""
        currency = rf"(?P<currency>{either(self.words.money)})"
        amount = rf"(?P<amount>{_NUMBER})"
        return (
            (rf"{_SIGN}{currency}\s?{amount}", self._money),
            (rf"{_SIGN}{amount}\s?{currency}(?!\w)", self._money),
            (rf"{_SIGN}{amount}\s?(?P<unit>{either(self.words.units)})(?![\w²³])", self._unit),
        )

    def _german(self) -> tuple[tuple[str, Reading], ...]:
        """Return the rules of ordinals with a full stop and of years, both German."""
        return (
            (r"(?<![\w.,])(\d+)\.(?=(?:,| und| oder| bis) \d+\.)", self._ordinal),
            (r"(?<=\b(?:und|bis) )(\d+)\.(?= [A-ZÄÖÜ])", self._ordinal),
            (rf"\b({'|'.join(_ARTICLES)}) (\d+)\.(?= [A-ZÄÖÜ])", self._place),
            (r"(?<![\w.,])1[1-9]\d\d(?![\w]|[.,]\d)", lambda found: self._year(int(found[0]))),
        )

    def _abbreviation(self, found: re.Match[str]) -> str:
        """Write out an abbreviation; a full stop stays behind one that may end a sentence."""
        stop = (
            "."
            if found[1] in ENDING and not found.string[found.end() :].strip()[:1].islower()
            else ""
        )
        return self.words.abbreviations[found[1]] + stop

    def _net(self, found: re.Match[str]) -> str:
        """Read an address of the net; signs beside the dot are read later."""
        return re.sub(r"^https?://", "", found[0]).replace(".", f" {self.words.dot} ")

    def _phone(self, found: re.Match[str]) -> str:
        """Read a telephone number digit by digit, with a short break between its groups."""
        plus = f"{self.words.signs['+']} " if "+" in found[0] else ""
        return plus + ", ".join(
            digits(group, self.language) for group in found[0].strip("+").split()
        )

    def _date(self, found: re.Match[str]) -> str:
        """Read "5.3.2024", "05/03/2024" and "2024-03-05", the day before the month."""
        day, month = int(found["day"]), int(found["month"])
        if not (1 <= day <= 31 and 1 <= month <= 12):
            return found[0]
        of = " de " if self.language == "es" else " "
        words = (self._day(day, "r"), self.words.months[month - 1], self._year(int(found["year"])))
        return of.join(words)

    def _day_month(self, found: re.Match[str]) -> str:
        """Read "5. März 2024" and its like; the word before decides about the German ending."""
        before = found["before"] or ""
        ending = {"der": "", "": "r"}.get(before.strip().lower(), "n")
        after = f"{found['of'] or ''} {self._year(int(found['year']))}" if found["year"] else ""
        return f"{before}{self._day(int(found['day']), ending)}{found['month']}{after}"

    def _day(self, number: int, german_ending: str) -> str:
        """Read the day of a month."""
        if self.language == "ru":
            return ordinal(number, "ru", case="g")
        if self.language == "de":
            return ordinal(number, "de") + german_ending
        is_first = number == 1 and self.language != "es"
        return (ordinal if is_first else cardinal)(number, self.language)

    def _year(self, number: int) -> str:
        """Read a year."""
        if self.language == "ru":
            return ordinal(number, "ru", case="g")
        if self.language == "de" and 1100 <= number < 2000:
            century, rest = divmod(number, 100)
            return f"{cardinal(century, 'de')}hundert{cardinal(rest, 'de') if rest else ''}"
        return cardinal(number, self.language)

    def _time(self, found: re.Match[str]) -> str:
        """Read "15:30", "15h30" and "14h"."""
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        words = self.words.hours.get(hour) or f"{cardinal(hour, self.language)} {self.words.hour}"
        if not minute:
            return f"{words} {self.words.no_minutes}"
        zero = cardinal(0, self.language) if minute < 10 and self.language != "de" else ""
        join = "e" if self.language == "it" and not zero else ""
        return f"{words} {join} {zero} {cardinal(minute, self.language)}"

    def _money(self, found: re.Match[str]) -> str:
        """Read an amount of money."""
        forms, between = self.words.money[found["currency"]]
        sign = f"{self.words.minus} " if found["sign"] in ("-", "−") else ""
        cents = re.fullmatch(rf"({_WHOLE})[.,](\d\d)", found["amount"])
        if cents is None:
            return f"{sign}{counted(found['amount'], forms, self.language)} "
        words = f"{sign}{counted(cents[1], forms, self.language)} "
        cent = int(cents[2])
        return f"{words}{between} {cardinal(cent, self.language)} " if cent else words

    def _unit(self, found: re.Match[str]) -> str:
        """Read a number with its unit."""
        signs = {"-": self.words.minus, "−": self.words.minus, "+": self.words.signs["+"]}
        words = counted(found["amount"], self.words.units[found["unit"]], self.language)
        return f"{signs.get(found['sign'], '')} {words} "

    def _fraction(self, found: re.Match[str]) -> str:
        """Read "3/4"; what has no name of its own is read as one number over the other."""
        named = dict(zip(_FRACTIONS.values(), self.words.fractions, strict=True))
        above, below = (cardinal(int(part), self.language) for part in found[0].split("/"))
        return named.get(found[0], f"{above} {self.words.over} {below}")

    def _roman(self, found: re.Match[str]) -> str:
        """Read the number of a king, a pope or a century."""
        number, name = roman(found["roman"]), found["name"]
        stop = "." if found[0][-1] == "." and self.language != "de" else ""
        if self.language == "de":
            return f"{name} der {ordinal(number, 'de').capitalize()}"
        is_cardinal = name == "siglo" or number > {"fr": 1, "es": 10}.get(self.language, 1000)
        return f"{name} {(cardinal if is_cardinal else ordinal)(number, self.language)}{stop}"

    def _ordinal(self, found: re.Match[str]) -> str:
        """Read a number with the ending of an ordinal."""
        number = int(found[1])
        ending = _ENDINGS[self.language].get(found[2] if found.re.groups > 1 else "", "")
        if self.language == "ru":
            return ordinal(number, "ru", gender=ending or "m")
        words = ordinal(number, self.language)
        if not ending:
            return words
        return "première" if words == "premier" else words[:-1] + ending

    def _place(self, found: re.Match[str]) -> str:
        """Read a German ordinal behind its article."""
        ending = "" if found[1].lower() in ("der", "die", "das") else "n"
        return f"{found[1]} {ordinal(int(found[2]), 'de')}{ending}"
