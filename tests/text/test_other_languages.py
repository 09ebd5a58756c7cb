"""Languages by `gruut` and by the program espeak-ng; readings from dictionaries."""

import shutil

import pytest

import tfgan_audio as tga
from tfgan_audio.text import SymbolTable, analyze, gruut_reader

FIRST_WORDS = {
    "fr": ("Bonjour, vous avez 25 ans.", "b ɔ̃ ʒ u ʁ"),
    "it": ("Ciao, ho 12 mele.", "tʃ ˈa o"),
    "de": ("Schön, nicht wahr?", "ʃ øː n"),
    "es": ("¿Queso y pan?", "k e s o"),
    "ru": ("Мир, дом.", "mʲ iː r"),
}


@pytest.mark.parametrize(
    "language",
    ["fr", "it", *(pytest.param(large, marks=pytest.mark.slow) for large in ("de", "es", "ru"))],
)
def test_gruut(language: str) -> None:
    pytest.importorskip(f"gruut_lang_{language}")
    text, phonemes = FIRST_WORDS[language]
    utterance = analyze(text, language)
    assert utterance.tokens[0].phonemes == tuple(
        gruut_reader.normal_form(sound) for sound in phonemes.split()
    )
    assert not any(char.isdigit() for char in utterance.spoken)
    assert utterance.tokens[-1].break_strength == 4
    table = SymbolTable.of_languages([language])
    assert table.decode(table.encode(utterance.symbols)) == utterance.symbols


def test_a_language_without_its_package_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(tga.InputError, match=r"gruut\[de\]"):
        analyze("Hallo", "de")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs the program espeak-ng")
def test_espeak() -> None:
    utterance = analyze("Dobry dzień!", "espeak:pl")
    assert "".join(utterance.tokens[0].phonemes) == "dˈɔbrɨ"
    with pytest.raises(tga.InputError, match="espeak:xx"):
        analyze("hi", "espeak:xx")


def test_without_espeak_its_languages_are_refused(monkeypatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(tga.InputError, match="espeak:pl: got no program espeak-ng"):
        analyze("Dobry", "espeak:pl")
