"""Tones as they change in running Mandarin: third tones, 一, 不."""

from collections.abc import Sequence

# 一 keeps its first tone beside these, before what is counted in order, and as the end of a word
# such as 统一, but for words such as 每一.
_NUMERALS = frozenset("零〇一二三四五六七八九十点")
_SCALES = frozenset("百千万亿")
_ORDINAL_BEFORE = frozenset("第之")
_ORDER_AFTER = (
    "月", "日", "号", "楼", "班", "级", "路公", "年级", "等奖", "等于", "加", "减", "乘", "除以",
)  # fmt: skip
_CHOICES = frozenset("另某每这那任有同")
# Single words that belong to what precedes them, some of them only to that.
_ENCLITIC = frozenset("里我你起好点把本种碗场口米懂满早久")
_ONLY_ENCLITIC = frozenset("里")


def apply_sandhi(syllables: Sequence[str], words: Sequence[str]) -> list[str]:
    """Change the tones of one clause as they change in speech.

    Args:
        syllables: Pinyin with tones as in a dictionary, one for each character of `words`.
        words: The clause as words, in order.

    Returns:
        Pinyin as spoken. A third tone before another third tone becomes a second one, inside words
        first and then in the feet that single words form.

    Example:
        >>> apply_sandhi(["wo3", "hen3", "hao3"], ["我", "很", "好"])
        ['wo3', 'hen2', 'hao3']
        >>> apply_sandhi(["yi1", "ge4", "bu4", "dui4"], ["一个", "不对"])
        ['yi2', 'ge4', 'bu2', 'dui4']
    """
    text = "".join(words)
    spoken = [
        _yi(text, syllables, place, words) if char == "一" else _bu(text, syllables, place, words)
        for place, char in enumerate(text)
    ]
    return _third_tones(spoken, words)


def _yi(text: str, syllables: Sequence[str], place: int, words: Sequence[str]) -> str:
    """Return the reading of 一 at a place."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    if before and before == after and before not in _NUMERALS:
        return "yi5"  # 看一看
    word, inside = _word_at(words, place)
    ends_word = inside and inside == len(word) - 1 and word[0] not in _CHOICES
    in_order = text.startswith(_ORDER_AFTER, place + 1) and not text.startswith("一路上", place)
    some = after == "点" and text[place + 2 : place + 3] not in _NUMERALS  # 一点, not 一点五
    in_number = before in _NUMERALS or (after in _NUMERALS and not some)
    keeps = not after or before in _ORDINAL_BEFORE or ends_word or in_order or in_number
    if keeps and not (after and after in _SCALES and before not in _ORDINAL_BEFORE):
        return syllables[place]
    return "yi2" if _falls(syllables[place + 1], after) else "yi4"


def _bu(text: str, syllables: Sequence[str], place: int, words: Sequence[str]) -> str:
    """Return the reading of another character at a place, with 不 changed where it changes."""
    syllable = syllables[place]
    if text[place] != "不" or syllable[-1] == "5":
        return syllable
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    word, inside = _word_at(words, place)
    if before and (before == after or (inside == 1 and len(word) == 3)):
        return "bu5"  # 是不是, 看不见
    return "bu2" if after and _falls(syllables[place + 1], after) else "bu4"


def _word_at(words: Sequence[str], place: int) -> tuple[str, int]:
    """Return the word that holds a place of the text, and the place inside it."""
    for word in words:
        if place < len(word):
            return word, place
        place -= len(word)
    return "", 0


def _falls(syllable: str, char: str) -> bool:
    """Tell whether a syllable has the fourth tone, or had it before it became neutral."""
    return syllable[-1] == "4" or (char == "个" and syllable[-1] == "5")


def _third_tones(syllables: list[str], words: Sequence[str]) -> list[str]:
    """Raise third tones before third tones: in words, in feet of single words, across feet."""
    spoken, feet, place = list(syllables), [], 0
    for word in words:
        places = list(range(place, place + len(word)))
        for part in _parts(word, places, spoken):
            _raise(spoken, part)
        feet.append(places)
        place += len(word)
    text = "".join(words)
    for foot in _feet_of_singles(feet, text, spoken):
        _raise(spoken, foot)
    for left, right in zip(feet, feet[1:], strict=False):
        leans_back = len(right) == 1 and text[right[0]] in _ENCLITIC
        leans_on = len(left) == 1 and text[left[0]] not in _ONLY_ENCLITIC
        if leans_back or leans_on:
            _raise(spoken, [left[-1], right[0]])
    return spoken


def _parts(word: str, places: list[int], syllables: list[str]) -> list[list[int]]:
    """Return the pairs of a word in the order in which they change."""
    if len(places) == 3 and word[0] in "小老好可买很有我你左总":
        return [places[1:], places[:2]]
    if len(places) == 4:
        return [places[:2], places[2:], places[1:3]]
    return [list(pair) for pair in zip(places, places[1:], strict=False)]


def _feet_of_singles(feet: list[list[int]], text: str, syllables: list[str]) -> list[list[int]]:
    """Pair runs of single third-tone words, from their right end."""
    pairs, run = [], []
    for foot in [*feet, [-1, -1]]:
        single = len(foot) == 1 and text[foot[0]] not in _ONLY_ENCLITIC
        if single and syllables[foot[0]][-1] == "3":
            run.append(foot[0])
            continue
        while len(run) >= 2:
            pairs.append(run[-2:])
            run = run[:-2]
        run = []
    return pairs


def _raise(syllables: list[str], places: Sequence[int]) -> None:
    """Raise the first of two neighbouring third tones."""
    for first, second in zip(places, places[1:], strict=False):
        if syllables[first][-1] == syllables[second][-1] == "3":
            syllables[first] = f"{syllables[first][:-1]}2"
