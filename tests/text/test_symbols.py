"""The table of symbols: a bijection in a fixed order that survives its configuration."""

import json

import pytest

import tfgan_audio as tga
from tfgan_audio.text import SymbolTable
from tfgan_audio.text.utterance import BREAKS


def test_ids_are_stable_and_start_behind_the_padding() -> None:
    table = SymbolTable.of_languages(["en"])
    assert table.symbols[: len(BREAKS) + 1] == ("<pad>", " ", ",", ";", ".", "?", "!")
    assert table.encode([" ", "!"]) == [1, 6]
    assert table.fingerprint == "7660959aa68b3929"  # another one would part from trained models


def test_the_order_of_languages_does_not_matter() -> None:
    one, other = SymbolTable.of_languages(["en", "zh"]), SymbolTable.of_languages(["zh", "en"])
    assert one.symbols == other.symbols and one.fingerprint == other.fingerprint
    assert one.fingerprint != SymbolTable.of_languages(["zh"]).fingerprint


def test_a_table_survives_json() -> None:
    table = SymbolTable.of_languages(["zh"])
    again = SymbolTable.from_config(json.loads(json.dumps(table.get_config())))
    assert again.symbols == table.symbols and again.fingerprint == table.fingerprint


def test_unknown_symbols_are_named() -> None:
    with pytest.raises(tga.InputError, match="'y', 'ʁ'"):
        SymbolTable(["a"]).encode(["a", "ʁ", "y"])


@pytest.mark.parametrize("symbols", [["a", "a"], [""], ["<pad>"]])
def test_symbols_are_distinct(symbols: list[str]) -> None:
    with pytest.raises(tga.InputError, match="symbols"):
        SymbolTable(symbols)
