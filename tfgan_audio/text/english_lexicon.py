"""Corrections of the English lexicon, and words that tell a noun from a verb written alike."""

# In the lexicon's alphabet: A eɪ, I aɪ, O oʊ, W aʊ, Y ɔɪ, T the tapped t, ʤ and ʧ one sound.
PRONUNCIATIONS: dict[str, str] = {}

VERB_AFTER = frozenset({
    "i", "we", "you", "they", "will", "would", "can", "could", "should", "must", "may", "might",
    "cannot", "did", "does", "n't", "'ll", "'d",
})  # fmt: skip
NOUN_AFTER = frozenset({
    "the", "a", "an", "my", "your", "his", "our", "their", "its", "this", "every", "each",
})  # fmt: skip
