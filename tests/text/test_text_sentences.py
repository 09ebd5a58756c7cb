"""Sentences of a long text: nothing is lost, nothing is too long, abbreviations do not end one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tfgan_audio as tga
from tfgan_audio.text import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. Lee came. He sat.", ["Mr. Lee came.", "He sat."]),
        ("It cost 3.50. Cheap!", ["It cost 3.50.", "Cheap!"]),
        ('"Stop!" he said. Then "go."  Fine', ['"Stop!" he said.', 'Then "go."', "Fine"]),
        ("J. R. R. Tolkien wrote, e.g. books.", ["J. R. R. Tolkien wrote, e.g. books."]),
        ("你好。你是谁？我走了！", ["你好。", "你是谁？", "我走了！"]),
        ("他说：“走吧。”然后走了。", ["他说：“走吧。”", "然后走了。"]),
        ("One\n\nTwo", ["One", "Two"]),
        ("Wait... what? ok", ["Wait... what?", "ok"]),
        ("", []),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert list(split_sentences(text)) == sentences


@given(st.text(st.sampled_from("ab .,;!?。，我\n"), max_size=400))
def test_nothing_but_space_is_lost(text: str) -> None:
    pieces = list(split_sentences(text, max_letters=20))
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(len(piece) <= 20 and piece.count("我") * 4 <= 20 for piece in pieces)


@pytest.mark.parametrize("text", ["word " * 2000, "我" * 10_000, "x" * 10_000, "a, b " * 2000])
def test_ten_thousand_characters_without_a_full_stop(text: str) -> None:
    pieces = list(split_sentences(text))
    assert 33 <= len(pieces) <= 150
    assert max(map(len, pieces)) <= 300


def test_sentences_come_one_by_one() -> None:
    endless = "Go on. " * 100_000
    assert next(split_sentences(endless)) == "Go on."


def test_pieces_can_not_be_tiny() -> None:
    with pytest.raises(tga.InputError, match="max_letters"):
        list(split_sentences("Hello", max_letters=3))
