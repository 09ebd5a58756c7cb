"""The whole analysis: languages in one sentence, bad input, properties that hold for any text."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfgan_audio as tga
from tfgan_audio.text import SymbolTable, analyze


def _languages(text: str, language: str) -> list[tuple[str, str]]:
    return [(token.word, token.language) for token in analyze(text, language).tokens]


def test_sentences_switch_language() -> None:
    assert _languages("Hello 世界!", "en") == [("Hello", "en"), ("世界", "zh")]
    assert _languages("用iPhone 15拍照", "zh") == [
        ("用", "zh"), ("iPhone", "en"), ("十五", "zh"), ("拍照", "zh"),
    ]  # fmt: skip
    assert _languages("3.5万 and 5个", "en")[0] == ("三点五", "zh")


def test_marks_become_breaks() -> None:
    utterance = analyze('"Oh," she said; "no... (really?)"')
    assert [token.mark for token in utterance.tokens] == [",", " ", ";", ".", "?"]
    assert [token.break_strength for token in utterance.tokens] == [2, 1, 3, 4, 4]


def test_symbols_are_the_phonemes_and_marks_in_order() -> None:
    utterance = analyze("It is. 好")
    assert utterance.symbols == ["ˌɪ", "t", " ", "ɪ", "z", ".", "x", "au3", "."]
    assert utterance.languages == ["en"] * 6 + ["zh"] * 3


@pytest.mark.parametrize("text", ["", "  \n", "...", "?!", "“”"])
def test_nothing_to_speak(text: str) -> None:
    with pytest.raises(tga.InputError, match="^text: got .*, expected words$"):
        analyze(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("مرحبا", "arabic letter meem"), ("ok こ", "character 4.*hiragana"), ("ไทย", "thai")],
)
def test_an_unsupported_script_is_named(text: str, name: str) -> None:
    with pytest.raises(tga.InputError, match=name):
        analyze(text)


def test_signs_without_a_reading_are_named_in_a_warning() -> None:
    with pytest.warns(UserWarning, match="U.1F680 rocket"):
        assert analyze("To the moon 🚀👍🏽!").spoken == "To the moon!"


def test_an_unknown_language_is_answered_with_the_known_ones() -> None:
    with pytest.raises(tga.InputError, match="language"):
        analyze("Hello", "klingon")


def test_wide_and_joined_characters_are_plain_ones() -> None:
    assert analyze("ＯＫ ﬁne ①", "en").spoken == "OK fine one."


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.sampled_from("abcXYZ '-.,?!$%#@&/:;0123456789我有三个不一苹果（）。，\n😀"), max_size=40
    )
)
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    table = SymbolTable.of_languages(["zh", "en"])
    for language in ("en", "zh"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            try:
                utterance = analyze(text, language)
            except tga.InputError as error:
                assert "\n" not in str(error)
                continue
        ids = table.encode(utterance.symbols)
        assert table.decode(ids) == utterance.symbols
        assert all(token.phonemes for token in utterance.tokens)
        assert utterance.tokens[-1].mark != " "
        assert not any(char.isdigit() for char in utterance.spoken)
