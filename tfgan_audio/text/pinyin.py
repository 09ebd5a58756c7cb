"""Pinyin syllables as phonemes: initial and final in IPA, the tone behind the final."""

import re

from tfgan_audio.errors import InputError

INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k",
    "k": "kʰ", "h": "x", "j": "tɕ", "q": "tɕʰ", "x": "ɕ", "zh": "ʈʂ", "ch": "ʈʂʰ", "sh": "ʂ",
    "r": "ʐ", "z": "ts", "c": "tsʰ", "s": "s", "": "",
}  # fmt: skip
FINALS = {
    "a": "a", "o": "o", "e": "ɤ", "ê": "ɛ", "ai": "ai", "ei": "ei", "ao": "au", "ou": "ou",
    "an": "an", "en": "ən", "ang": "aŋ", "eng": "əŋ", "er": "ɚ", "i": "i", "ia": "ia", "io": "io",
    "ie": "iɛ", "iao": "iau", "iu": "iou", "ian": "iɛn", "in": "in", "iang": "iaŋ", "ing": "iŋ",
    "iong": "iʊŋ", "u": "u", "ua": "ua", "uo": "uo", "uai": "uai", "ui": "uei", "uan": "uan",
    "un": "uən", "uang": "uaŋ", "ueng": "uəŋ", "ong": "ʊŋ", "v": "y", "ve": "yɛ", "van": "yɛn",
    "vn": "yn", "-i": "ɹ̩", "-ri": "ɻ̩",
}  # fmt: skip
RHOTIC = "ɻ"  # the coloured end of a syllable, as in hua-r
PHONEMES = (
    *filter(None, INITIALS.values()),
    *(final + tone for final in FINALS.values() for tone in "12345"),
    RHOTIC,
)

_SYLLABLE = re.compile(r"([zcs]h|[bpmfdtnlgkhjqxrzcs]?)([a-zê]+?)(r?)([1-5])")
# Spellings of syllables without an initial.
_WHOLE = {
    "yi": "i", "ya": "ia", "yo": "io", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian",
    "yin": "in", "yang": "iang", "ying": "ing", "yong": "iong", "wu": "u", "wa": "ua", "wo": "uo",
    "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang", "weng": "ueng",
    "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn", "n": "en", "ng": "en", "m": "en",
}  # fmt: skip


def phonemes_of(syllable: str) -> tuple[str, ...]:
    """Return the phonemes of one syllable.

    Args:
        syllable: Lower-case pinyin with its tone behind it, 5 for the neutral one, `v` for ü and an
            `r` before the tone where the syllable ends rhotic.

    Raises:
        InputError: There is no such syllable.

    Example:
        >>> phonemes_of("zhong1"), phonemes_of("yuan2"), phonemes_of("shi4"), phonemes_of("huar1")
        (('ʈʂ', 'ʊŋ1'), ('yɛn2',), ('ʂ', 'ɻ̩4'), ('x', 'ua1', 'ɻ'))
    """
    found = _SYLLABLE.fullmatch(syllable.replace("ü", "v"))
    initial, final, rhotic, tone = found.groups() if found else ("", "", "", "")
    if initial + final + rhotic == "er":
        final, rhotic = "er", ""
    if not initial:
        final = _WHOLE.get(final, final)
    elif initial in "jqx" and final[0] == "u":
        final = f"v{final[1:]}"
    elif final == "i" and initial in ("z", "c", "s"):
        final = "-i"
    elif final == "i" and initial in ("zh", "ch", "sh", "r"):
        final = "-ri"
    if final not in FINALS:
        raise InputError("pinyin", syllable, "a syllable with its tone, such as zhong1")
    sounds = (INITIALS[initial], FINALS[final] + tone, RHOTIC if rhotic else "")
    return tuple(filter(None, sounds))
