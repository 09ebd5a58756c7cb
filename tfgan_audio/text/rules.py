"""Rules that rewrite a text: a pattern and what to put for each place that it finds."""

import re
from collections.abc import Callable, Iterable

Reading = Callable[[re.Match[str]], str] | str
Rule = tuple[re.Pattern[str], Reading]


def compiled(*rules: tuple[str, Reading]) -> tuple[Rule, ...]:
    """Compile the patterns of rules.

    Args:
        rules: Patterns, each with a function of what was found or a template such as in `re.sub`.
    """
    return tuple((re.compile(pattern), reading) for pattern, reading in rules)


def rewrite(text: str, rules: Iterable[Rule]) -> str:
    """Apply rules to a text, one after the other.

    Example:
        >>> rewrite("a1b2", compiled(("[12]", lambda found: f"<{found[0]}>"), ("b", "-")))
        'a<1>-<2>'
    """
    for pattern, reading in rules:
        text = pattern.sub(reading, text)
    return text


def either(names: Iterable[str]) -> str:
    """Return a pattern of any of some names, the longest first.

    Example:
        >>> either(["m", "m/s"])
        'm/s|m'
    """
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
