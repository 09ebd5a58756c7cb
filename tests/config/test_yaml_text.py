"""YAML in and out: types of version 1.2, errors with their line, round trips."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfgan_audio.config.yaml_text import format_yaml, parse_yaml
from tfgan_audio.errors import InputError

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
    | st.sampled_from(["1e-4", "no", "null", "~", "0x1F", "a: b", "#", "- x", " ", "", "'", "1_0"])
)


def test_the_types_are_those_of_yaml_1_2() -> None:
    text = "a: 1e-4\nb: no\nc: 1.\nd: 0o17\ne: null\nf: [1, 2.5]\ng: 2e3"
    assert parse_yaml(text, "x") == {
        "a": 0.0001,
        "b": "no",
        "c": 1.0,
        "d": 15,
        "e": None,
        "f": [1, 2.5],
        "g": 2000.0,
    }


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from("abcdef"), SCALARS | st.lists(SCALARS, max_size=3)))
def test_what_is_written_reads_back_equal(values: dict) -> None:
    back = parse_yaml(format_yaml(values), "x")
    assert back == values
    assert [type(value) for value in back.values()] == [type(value) for value in values.values()]


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=30) | st.text("abc:-[]{}&*!|>#?'\"\\%@, \n\t0123456789", max_size=20))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        parse_yaml(text, "file.yaml")
    except InputError as error:
        assert str(error).startswith("file.yaml") and "\n" not in str(error)


def test_tuples_are_written_as_lists_on_one_line() -> None:
    assert format_yaml({"a": {"b": (1.0, -2.0)}}) == "a:\n  b: [1.0, -2.0]\n"


def test_numbers_that_are_not_finite_survive() -> None:
    back = parse_yaml(format_yaml({"a": math.inf, "b": -math.inf, "c": math.nan}), "x")
    assert back["a"] == math.inf and back["b"] == -math.inf and math.isnan(back["c"])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: b: c", "f.yaml, line 1, column 5"),
        ("a: 1\nb: [1, 2\n", "f.yaml, line 3, column 1"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml, line 3, column 1"),
        ("a:\n\tb: 1\n", "f.yaml, line 2, column 1"),
        ("a: 1\n---\nb: 2\n", "f.yaml, line 2, column 1"),
        ("a: !!python/object/apply:os.getcwd []", "f.yaml, line 1, column 4"),
        ("a: *nowhere", "f.yaml, line 1, column 4"),
        ("a: \x07", "f.yaml"),
        ("a: 2024-13-45", "f.yaml"),
        ("a: !!int x", "f.yaml"),
    ],
)
def test_broken_yaml_is_told_by_file_line_and_column(text: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "f.yaml")
    assert str(caught.value).startswith(f"{place}: got ")
    assert str(caught.value).endswith(", expected valid YAML")
