"""The numbers of the symbols that an acoustic model reads."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from tfgan_audio.errors import InputError
from tfgan_audio.text.utterance import BREAKS

PADDING = "<pad>"


class SymbolTable:
    """Symbols and their ids, in a fixed order; id 0 is the padding.

    Args:
        symbols: All symbols behind the padding, each once, in the order of their ids.

    Raises:
        InputError: A symbol is there twice or empty.

    Example:
        >>> table = SymbolTable(["a", "b"])
        >>> table.encode(["b", "a"]), table.decode([1, 2]), len(table)
        ([2, 1], ['a', 'b'], 3)
    """

    def __init__(self, symbols: Iterable[str]) -> None:
        self.symbols = (PADDING, *symbols)
        self._ids = {symbol: number for number, symbol in enumerate(self.symbols)}
        if len(self._ids) != len(self.symbols) or "" in self._ids:
            twice = next(s for s in self.symbols if not s or self.symbols.count(s) > 1)
            raise InputError("symbols", f"'{twice}'", "every symbol once, none empty")

    @classmethod
    def of_languages(cls, languages: Sequence[str]) -> "SymbolTable":
        """Return the table of all breaks and of all phonemes of some languages.

        Args:
            languages: Codes as `analyze` takes them, in any order; the table is the same.

        Raises:
            InputError: The phonemes of a language are not known beforehand, or its package is
                missing. Make such a table from the symbols of your corpus.
        """
        sounds = {sound for language in languages for sound in _inventory(language)}
        return cls([*BREAKS, *sorted(sounds)])

    @classmethod
    def from_config(cls, config: Sequence[str]) -> "SymbolTable":
        """Return the table that `get_config` wrote."""
        return cls(config[1:])

    def get_config(self) -> list[str]:
        """Return all symbols in the order of their ids, for a model's configuration."""
        return list(self.symbols)

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that differ between tables that differ."""
        text = json.dumps(self.symbols, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def encode(self, symbols: Iterable[str]) -> list[int]:
        """Return the ids of symbols.

        Raises:
            InputError: A symbol is not in the table.
        """
        symbols = list(symbols)
        unknown = sorted({symbol for symbol in symbols if symbol not in self._ids})
        if unknown:
            expected = f"one of the {len(self) - 1} symbols the model was trained on"
            raise InputError("symbols", ", ".join(map(repr, unknown)), expected)
        return [self._ids[symbol] for symbol in symbols]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the symbols of ids, without padding."""
        return [self.symbols[number] for number in ids if number]

    def __len__(self) -> int:
        """Return the number of ids, the padding's included."""
        return len(self.symbols)


def _inventory(language: str) -> Sequence[str]:
    """Return all phonemes of a language."""
    from tfgan_audio.text import english, gruut_reader, pinyin

    if language in ("en", "zh"):
        return english.PHONEMES if language == "en" else pinyin.PHONEMES
    if language in gruut_reader.LANGUAGES:
        return gruut_reader.inventory(language)
    expected = f"one of en, zh, {', '.join(gruut_reader.LANGUAGES)}, or the symbols of a corpus"
    raise InputError("languages", language, expected)
