"""Mandarin: syllables, tones in running speech, numbers; expected values from grammars."""

import pytest

import tfgan_audio as tga
from tfgan_audio.text import analyze
from tfgan_audio.text.mandarin_normalisation import normalise
from tfgan_audio.text.mandarin_sandhi import apply_sandhi
from tfgan_audio.text.pinyin import PHONEMES, phonemes_of


@pytest.mark.parametrize(
    ("syllable", "phonemes"),
    [
        ("ma1", "m a1"), ("qu4", "tɕʰ y4"), ("ju2", "tɕ y2"), ("nv3", "n y3"), ("lve4", "l yɛ4"),
        ("zi5", "ts ɹ̩5"), ("ri4", "ʐ ɻ̩4"), ("xue2", "ɕ yɛ2"), ("yong4", "iʊŋ4"), ("er4", "ɚ4"),
        ("wen2", "uən2"), ("dun1", "t uən1"), ("liu2", "l iou2"), ("yu3", "y3"), ("er5", "ɚ5"),
        ("dianr3", "t iɛn3 ɻ"), ("shuang1", "ʂ uaŋ1"), ("xiong2", "ɕ iʊŋ2"), ("weng1", "uəŋ1"),
    ],
)  # fmt: skip
def test_syllables(syllable: str, phonemes: str) -> None:
    assert phonemes_of(syllable) == tuple(phonemes.split())


def test_every_syllable_of_the_dictionary_has_phonemes_of_the_inventory() -> None:
    from pypinyin import Style, lazy_pinyin

    chars = [chr(code) for code in range(0x4E00, 0x9FA6)]
    style = {"style": Style.TONE3, "neutral_tone_with_five": True, "v_to_u": False}
    syllables = {lazy_pinyin(char, **style)[0] for char in chars}
    spelled = {found for found in syllables if found[0].isascii() and found[0].isalpha()}
    strange = {found for found in spelled if found[:-1] in ("hm", "hng", "ên", "eng")}
    assert len(spelled) > 1200
    assert {s for found in spelled - strange for s in phonemes_of(found)} <= set(PHONEMES)


@pytest.mark.parametrize("syllable", ["zhong", "xyz1", "ma6", ""])
def test_no_syllable(syllable: str) -> None:
    with pytest.raises(tga.InputError, match="pinyin"):
        phonemes_of(syllable)


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        ("你好", "ni3 hao3", "ni2 hao3"),
        ("不 是", "bu4 shi4", "bu2 shi4"),
        ("不 好", "bu4 hao3", "bu4 hao3"),
        ("好 不 好", "hao3 bu4 hao3", "hao3 bu5 hao3"),
        ("一 天", "yi1 tian1", "yi4 tian1"),
        ("一 半", "yi1 ban4", "yi2 ban4"),
        ("第一", "di4 yi1", "di4 yi1"),
        ("十一 个", "shi2 yi1 ge4", "shi2 yi1 ge4"),
        ("一百", "yi1 bai3", "yi4 bai3"),
        ("每 一 次", "mei3 yi1 ci4", "mei3 yi2 ci4"),
        ("展览馆", "zhan3 lan3 guan3", "zhan2 lan2 guan3"),
        ("小老虎", "xiao3 lao3 hu3", "xiao3 lao2 hu3"),
        ("马 跑", "ma3 pao3", "ma2 pao3"),
    ],
)
def test_sandhi(words: str, before: str, after: str) -> None:
    assert apply_sandhi(before.split(), words.split()) == after.split()


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("20000人", "两万人"),
        ("12000", "一万两千"),
        ("10010", "一万零一十"),
        ("第2名和2个人", "第二名和两个人"),
        ("2月2日", "二月二日"),
        ("5年前", "五年前"),
        ("98年", "九八年"),
        ("-3.5%", "负百分之三点五"),
        ("10%-20%", "百分之十到百分之二十"),
        ("010-12345678", "零幺零幺二三四五六七八"),
        ("¥3.5万", "三点五万元"),
        ("1+1=2", "一加一等于二"),
        ("12:75", "十二比七十五"),
    ],
)
def test_writing_out(written: str, spoken: str) -> None:
    assert normalise(written) == spoken


def test_an_unknown_character_is_named() -> None:
    with pytest.raises(tga.InputError, match="𠮷.*U.20BB7"):
        analyze("我在𠮷野家", "zh")
