"""SSML: what is in force for each piece of text, and one line for everything that is wrong."""

import math

import pytest

import tfgan_audio as tga
from tfgan_audio.text import Segment, parse_ssml
from tfgan_audio.text.ssml import is_ssml


def test_what_is_in_force_nests_and_ends() -> None:
    segments = parse_ssml(
        "<speak>Hi <prosody rate='200%' pitch='+2st'>quick <prosody rate='-50%' pitch='-1st'>"
        "less</prosody> <voice name='amy'>amy</voice></prosody> <lang xml:lang='zh-CN'>你好</lang>"
        " bye</speak>"
    )
    assert segments == [
        Segment("Hi"),
        Segment("quick", rate=2.0, pitch_semitones=2.0),
        Segment("less", rate=1.0, pitch_semitones=1.0),
        Segment("amy", rate=2.0, pitch_semitones=2.0, voice="amy"),
        Segment("你好", language="zh"),
        Segment("bye"),
    ]


def test_breaks_add_to_the_text_before() -> None:
    segments = parse_ssml("<speak><break time='1s'/>a<break time='250ms'/><break/>b</speak>")
    assert [(s.text, s.pause_seconds) for s in segments] == [("", 1.0), ("a", 0.65), ("b", 0.0)]


def test_an_octave_is_twelve_semitones() -> None:
    (segment,) = parse_ssml("<speak><prosody pitch='+100%'>a</prosody></speak>")
    assert math.isclose(segment.pitch_semitones, 12)


def test_name_space_and_entities() -> None:
    document = (
        "<?xml version='1.0'?><speak version='1.1' xmlns='http://www.w3.org/2001/10/synthesis'>"
        "<p><s>Q&amp;A</s><s>B</s></p></speak>"
    )
    assert [segment.text for segment in parse_ssml(document)] == ["Q&A", "B"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("<speak>Hi", "no element found"),
        ("Hi", "syntax error"),
        ("<speak>a & b</speak>", "not well-formed"),
        ("<p>Hi</p>", "got <p>"),
        ("<speak></speak>", "nothing to speak"),
        ("<speak><audio src='x'/>a</speak>", "got <audio>"),
        ("<speak><break time='soon'/>a</speak>", "got soon"),
        ("<speak><break time='99s'/>a</speak>", "at most 30s"),
        ("<speak><prosody rate='0%'>a</prosody></speak>", "20% to 500%"),
        ("<speak><prosody rate='quick'>a</prosody></speak>", "x-slow"),
        ("<speak><prosody pitch='+50Hz'>a</prosody></speak>", "a shift such as"),
        ("<speak><prosody volume='loud'>a</prosody></speak>", "the attribute volume"),
        ("<speak><voice>a</voice></speak>", "no name"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><speak>&b;</speak>", "document type"),
    ],
)
def test_broken_documents(document: str, told: str) -> None:
    with pytest.raises(tga.InputError, match="^SSML") as caught:
        parse_ssml(document)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_rate_may_be_a_factor() -> None:
    (segment,) = parse_ssml("<speak><prosody rate='0.5'>a</prosody></speak>")
    assert segment.rate == 0.5


@pytest.mark.parametrize(
    "text", ["a <break time='1s'/> b", "<prosody rate='slow'>a</prosody>", "<Speak>a</Speak>"]
)
def test_elements_without_speak_are_not_read_aloud(text: str) -> None:
    with pytest.raises(tga.InputError, match="<speak> around everything"):
        is_ssml(text)


@pytest.mark.parametrize("text", ["a < b", "x<y and y>x", "<3", "p < 0.05", "List<String>"])
def test_other_angle_brackets_are_plain_text(text: str) -> None:
    assert not is_ssml(text)


@pytest.mark.parametrize(("attribute", "seen"), [("rate='20%'", "4%"), ("pitch='-24st'", "-72st")])
def test_nested_prosody_beyond_the_limits_is_one_short_line(attribute: str, seen: str) -> None:
    nested = "a"
    with pytest.raises(tga.InputError, match=f"nested: got {seen},"):
        for _ in range(3):
            nested = f"<prosody {attribute}>{nested}</prosody>"
            parse_ssml(f"<speak>{nested}</speak>")
