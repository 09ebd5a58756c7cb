"""Numbers of German, Spanish, French, Italian and Russian as words, by `num2words`."""

import re

from tfgan_audio.text.european_words import WORDINGS


def cardinal(number: int, language: str, gender: str = "m") -> str:
    """Read a whole number.

    Args:
        number: The number.
        language: `de`, `es`, `fr`, `it` or `ru`.
        gender: `m` or `f`, which matters in Russian.

    Example:
        >>> cardinal(84, "fr"), cardinal(2, "ru", "f")
        ('quatre vingt quatre', 'две')
    """
    from num2words import num2words

    more = {"gender": gender} if language == "ru" else {}
    return num2words(number, lang=language, **more).replace("-", " ")


def ordinal(number: int, language: str, **more: str) -> str:
    """Read the place in an order.

    Args:
        number: The place, from 1 on.
        language: As for `cardinal`.
        **more: `gender` and `case` in Russian.

    Example:
        >>> ordinal(3, "de"), ordinal(3, "ru", case="g")
        ('dritte', 'третьего')
    """
    from num2words import num2words

    return num2words(number, lang=language, to="ordinal", **more).replace("-", " ")


def digits(text: str, language: str) -> str:
    """Read digits one by one.

    Example:
        >>> digits("030", "it")
        'zero tre zero'
    """
    return " ".join(cardinal(int(digit), language) for digit in text)


def roman(text: str) -> int:
    """Return the value of a Roman numeral of I, V and X.

    Example:
        >>> roman("XIV")
        14
    """
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-here if here < after else here for here, after in pairs)


def decimal(number: str, language: str) -> str:
    """Read a number as written, with a sign, separated thousands and a decimal sign.

    Example:
        >>> decimal("1.024,5", "fr"), decimal("-3", "de")
        ('mille vingt quatre virgule cinq', 'minus drei')
    """
    wording = WORDINGS[language]
    if number[0] in "-−+":
        sign = wording.signs["+"] if number[0] == "+" else wording.minus
        return f"{sign} {decimal(number[1:], language)}"
    whole, _, part = _plain(number).partition(".")
    is_padded = len(whole) > 1 and whole[0] == "0"
    words = digits(whole, language) if is_padded else cardinal(int(whole), language)
    if part and language == "ru":
        from num2words import num2words

        return num2words(f"{whole}.{part}", lang="ru")
    return f"{words} {wording.comma} {digits(part, language)}" if part else words


def counted(number: str, forms: tuple[str, ...], language: str) -> str:
    """Put a noun behind its number, in the form that the number asks for.

    Args:
        number: The number as written.
        forms: One of it with its number word, a few, many; few are many but in Russian.
        language: As for `cardinal`.

    Example:
        >>> counted("2", ("один рубль", "рубля", "рублей"), "ru")
        'два рубля'
    """
    plain = _plain(number)
    if "." in plain or language not in ("ru", "es") and int(plain) != 1:
        return f"{decimal(number, language)} {forms[1]}"
    whole = int(plain)
    if whole == 1:
        return forms[0]
    if language == "es":
        words = re.sub("veintiuno$", "veintiún", cardinal(whole, "es"))
        return f"{re.sub('uno$', 'un', words)} {forms[1]}"
    words = cardinal(whole, "ru", "f" if forms[0].startswith("одна") else "m")
    last = 0 if whole % 100 in range(11, 15) else whole % 10
    if last == 1:
        return f"{words} {forms[0].partition(' ')[2]}"
    return f"{words} {forms[1] if 2 <= last <= 4 else forms[2]}"


def _plain(number: str) -> str:
    """Return a number without separators of thousands, with a point before its fraction."""
    return re.sub(r"[. ](?=\d{3}(?!\d))", "", number).replace(",", ".")
