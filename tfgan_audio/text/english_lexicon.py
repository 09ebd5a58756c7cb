"""Corrections of the English lexicon, and words that tell two readings of one spelling apart."""

# All in the lexicon's alphabet: A eɪ, I aɪ, O oʊ, W aʊ, Y ɔɪ, ʤ and ʧ one sound each.
_WORDS = {
    "ay": "ˈA",
    "nguyen": "wˈɪn",
    "xi'an": "ʃˌiˈɑn",
    "zoë": "zˈOi",
    "chloë": "klˈOi",
    "tis": "tɪz",
    "twas": "twʌz",
    "hmm": "hˈʌm",
    "mr": "mˈɪstəɹ",
    "mrs": "mˈɪsɪz",
    "ms": "mˈɪz",
}
# A word -> its reading before some others.
_BEFORE = {
    "lead": ("lˈɛd", "pipe pipes paint poisoning acid weight weights bullet bullets shield"),
    "bass": ("bˈAs", "guitar guitars player drum drums line lines clef singer voice note notes"),
    "minute": ("mInˈut", "detail details amount amounts difference differences particles traces"),
    "polish": ("pˈɑlɪʃ", "the your my his her our their it this that these those up"),
}
# A word -> its reading behind some others.
_BEHIND = {
    "separate": ("sˈɛpəɹˌAt", "to please will would can could should must may might i we you they"),
    "dove": ("dˈOv", "i we you they he she it who"),
    "live": ("lˈIv", "it"),
}

# The past participle follows within three words.
PERFECT = frozenset({"have", "has", "had", "'ve", "having", "been", "be", "was", "were"})
VERB_AFTER = frozenset({
    "i", "we", "you", "they", "will", "would", "can", "could", "should", "must", "may", "might",
    "cannot", "did", "n't", "'ll", "'d", "to", "please",
})  # fmt: skip
NOUN_AFTER = frozenset({
    "the", "a", "an", "my", "your", "his", "our", "their", "its", "every", "each",
})  # fmt: skip


def own_reading(before: str, word: str, behind: str) -> str | None:
    """Return the corrected reading of a word between two others, None where there is none.

    Args:
        before: The word before, in small letters, "" for none.
        word: The word.
        behind: The word behind it, in small letters, "" for none.

    Example:
        >>> own_reading("a", "lead", "pipe"), own_reading("the", "lead", "role")
        ('lˈɛd', None)
    """
    word = word.lower()
    for table, neighbour in ((_BEFORE, behind), (_BEHIND, before)):
        reading, neighbours = table.get(word, ("", ""))
        if neighbour and neighbour in neighbours.split():
            return reading
    return _WORDS.get(word)
