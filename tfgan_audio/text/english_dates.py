"""English dates and times as words."""

import re

from tfgan_audio.text.english_numbers import cardinal, ordinal, plural, year
from tfgan_audio.text.english_words import DAYS_SHORT, MONTHS, MONTHS_SHORT
from tfgan_audio.text.rules import compiled

_MONTH = rf"(?P<month>{'|'.join(MONTHS)}|(?:{'|'.join(MONTHS_SHORT)})\b\.?)"
_DAYS = "|".join(sorted(DAYS_SHORT, key=len, reverse=True))
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_HALF = r"(?P<half>[AaPp])\.?[Mm]\b\.?(?=(?P<next>\s+[A-Z]|\s*$)?)"


def _month(text: str) -> str:
    """Return the full name of a month that may be short."""
    return MONTHS_SHORT.get(text.rstrip("."), text)


def _month_day(found: re.Match[str]) -> str:
    """Read "March 5, 2024"."""
    words = f"{_month(found['month'])} {ordinal(int(found['day']))}"
    return f"{words}, {year(int(found['year']))}" if found["year"] else words


def _day_month(found: re.Match[str]) -> str:
    """Read "5 March 2024"."""
    words = f"the {ordinal(int(found['day']))} of {_month(found['month'])}"
    return f"{words}, {year(int(found['year']))}" if found["year"] else words


def _numbers(found: re.Match[str]) -> str:
    """Read "2024-03-05" and "3/5/2024", the month first as in America."""
    month, day = int(found["month"]), int(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    number = int(found["year"])
    if len(found["year"]) == 2:
        number += 2000 if number < 50 else 1900
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(number)}"


def _time(found: re.Match[str]) -> str:
    """Read "9:05", "9:05 pm" and "9:05:30"."""
    hour, minute = int(found["hour"]), int(found["minute"])
    half, second = found["half"], found["second"]
    if hour > 24 or minute > 59:
        return found[0]
    words = cardinal(hour)
    if minute:
        words += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    elif not half:
        words += " o'clock" if 1 <= hour <= 12 else " hundred hours"
    if second:
        words += f" and {cardinal(int(second))} second{'s' * (int(second) != 1)}"
    return words + _half(found)


def _hour(found: re.Match[str]) -> str:
    """Read "7 a.m."."""
    return cardinal(int(found["hour"])) + _half(found)


def _half(found: re.Match[str]) -> str:
    """Read "am" or "p.m." as letters; its full stop ends a sentence where one may end."""
    if not found["half"]:
        return ""
    stop = "." if found[0].endswith(".") and found["next"] is not None else ""
    return f" {found['half'].upper()}M{stop}"


def _decade(found: re.Match[str]) -> str:
    """Read "1990s" and "'90s"."""
    number = int(found["year"])
    return plural(year(number) if number > 99 else cardinal(number))


RULES = compiled(
    (
        rf"\b({_DAYS})\.?\s?[-–]\s?({_DAYS})\b\.?",
        lambda found: f"{DAYS_SHORT[found[1]]} to {DAYS_SHORT[found[2]]}",
    ),
    (rf"\b({_DAYS})\b(?:\.|(?=,? (?:\d|{_MONTH})))", lambda found: DAYS_SHORT[found[1]]),
    (rf"\b{_MONTH} {_DAY}(?:st|nd|rd|th)?\b(?!:|/|\.\d)(?:,? {_YEAR}\b)?", _month_day),
    (rf"\b(?:the )?{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? {_YEAR}\b)?", _day_month),
    (rf"\b{_MONTH}(?= {_YEAR}\b)", lambda found: _month(found["month"])),
    (r"(?<![\w/-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w/-])", _numbers),
    (r"(?<![\w/])(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4}|\d\d)(?![\w/])", _numbers),
    (
        r"(?<![\w:.])(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
        rf"(?:\s?{_HALF})?(?![\w:])",
        _time,
    ),
    (rf"(?<![\w:.])(?P<hour>1[0-2]|0?[1-9])\s?{_HALF}", _hour),
    (r"(?<![\w.,])'?(?P<year>(?:1\d|20)?\d0)'?s\b", _decade),
)
