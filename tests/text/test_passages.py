"""Passages: what is spoken in one go, with the pace, pitch, voice and pause of SSML."""

import pytest

import tfgan_audio as tga
from tfgan_audio.text import analyze, passages


def _spoken(text: str, **options) -> list[str]:
    return [passage.utterance.spoken for passage in passages(text, **options)]


def test_sentences_one_by_one() -> None:
    assert _spoken("Dr. Lee paid $5. He left!  你好。") == [
        "Doctor Lee paid five dollars.", "He left!", "你好.",
    ]  # fmt: skip
    assert _spoken("你好。再见", language="zh") == ["你好.", "再见."]


def test_a_sentence_is_analysed_as_it_is_alone() -> None:
    for passage in passages("The lead singer has read it. Did she really read it?"):
        assert passage.tokens == analyze(passage.utterance.spoken).tokens
        assert passage.pause_seconds is None


def test_prosody_and_language_do_not_cut_a_sentence() -> None:
    (passage,) = passages(
        "<speak>So <prosody rate='50%' pitch='+2st'>very slow</prosody>, "
        "<lang xml:lang='zh'>世界</lang> my friend.</speak>"
    )
    assert passage.utterance.spoken == "So very slow, 世界 my friend."
    assert passage.rates == (1.0, 0.5, 0.5, 1.0, 1.0, 1.0)
    assert passage.shifts_semitones == (0.0, 2.0, 2.0, 0.0, 0.0, 0.0)
    symbols = passage.utterance.symbols
    rates = passage.of_symbols(passage.rates)
    assert len(rates) == len(symbols)
    assert rates.count(0.5) == sum(len(token.phonemes) + 1 for token in passage.tokens[1:3])


def test_breaks_voices_and_sentences_cut() -> None:
    found = [
        (passage.utterance.spoken if passage.tokens else "", passage.voice, passage.pause_seconds)
        for passage in passages(
            "<speak><break time='1s'/>One <break time='500ms'/> two<voice name='amy'>three</voice>"
            "<p>four</p><s>five</s> six. Seven<break time='2s'/></speak>"
        )
    ]
    assert found == [
        ("", None, 1.0), ("One,", None, 0.5), ("two.", None, None), ("three.", "amy", None),
        ("four.", None, None), ("five.", None, None), ("six.", None, None), ("Seven,", None, 2.0),
    ]  # fmt: skip


def test_pause_behind_several_sentences_is_behind_the_last() -> None:
    found = list(passages("<speak>One. Two.<break time='1s'/>Three.</speak>"))
    assert [passage.pause_seconds for passage in found] == [None, 1.0, None]


def test_text_without_a_full_stop_is_cut_and_whole() -> None:
    found = list(passages("word " * 2000))
    assert sum(len(passage.tokens) for passage in found) == 2000
    assert max(len(passage.tokens) for passage in found) <= 60
    marked = "<speak>" + "<prosody rate='90%'>word</prosody> " * 200 + "</speak>"
    assert max(len(passage.tokens) for passage in passages(marked)) <= 60


def test_what_has_no_words_is_left_out_between_sentences() -> None:
    assert _spoken("Hi. ... \n\n — \n\n Bye.") == ["Hi.", "Bye."]
    with pytest.warns(UserWarning, match="rocket"):
        assert _spoken("Great! \n\n 🚀 \n\n Bye.") == ["Great!", "Bye."]


def test_ssml_is_found_by_its_start_or_forced() -> None:
    assert _spoken("<?xml version='1.0'?>\n<speak>Hi</speak>") == ["Hi."]
    with pytest.raises(tga.InputError, match="SSML"):
        list(passages("Hi", ssml=True))
    assert _spoken("<speak>Hi</speak>", ssml=False)[0].count("speak") == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "^text: got nothing, expected words$"),
        (" ... ", "^text: got '...', expected words$"),
        ("<speak>Hi", "^SSML: got no element found"),
        ("<speak>...</speak>", "expected words"),
        ("Good. สวัสดี", "^text, character 1 of 'สวัสดี': got .*thai"),
        ("สวัสดี", "^text, character 1: got .*thai"),
    ],
)
def test_bad_text_is_one_line(text: str, words: str) -> None:
    with pytest.raises(tga.InputError, match=words):
        list(passages(text))
