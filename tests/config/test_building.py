"""Strict building of dataclasses from plain values, on classes made for it."""

from dataclasses import dataclass, field
from typing import Literal

import pytest

from tfgan_audio.config.building import build, shown
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name


@dataclass(frozen=True, kw_only=True)
class Cat:
    kind: Literal["cat"] = "cat"
    num_lives: int = 9


@dataclass(frozen=True, kw_only=True)
class Dog:
    kind: Literal["dog"] = "dog"
    weight_kg: float

    def __post_init__(self) -> None:
        if self.weight_kg <= 0:
            raise InputError("weight_kg", self.weight_kg, "above 0")


@dataclass(frozen=True, kw_only=True)
class House:
    style: Literal["house"]
    rooms_m2: tuple[float, ...] = ()
    windows: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    colours: tuple[Literal["red", "blue"], ...] = ()
    size_m: tuple[float, float] = (4.0, 5.0)
    pet: Cat | Dog = Cat()
    address: str | None = None
    is_new: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Boat:
    style: Literal["boat"]
    depth_m: float


def message(raw: object, kinds: tuple[type, ...] = (House, Boat)) -> str:
    """Return the text of the error that building raises."""
    with pytest.raises(InputError) as caught:
        build(kinds, raw)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_section_that_names_no_kind_is_of_the_kind_of_its_default() -> None:
    house = build((House, Boat), {"style": "house", "pet": {"num_lives": 3}})
    assert house.pet == Cat(num_lives=3)
    assert "pet.weight_kg" in message({"style": "house", "pet": {"weight_kg": 3}})


def test_values_become_instances_of_the_chosen_classes() -> None:
    raw = {
        "style": "house",
        "rooms_m2": [9, 12.5],
        "size_m": [4, 6],
        "pet": {"kind": "dog", "weight_kg": 30},
        "address": "Hill 1",
    }
    house = build((House, Boat), raw)
    dog = Dog(weight_kg=30.0)
    assert house == House(
        style="house", rooms_m2=(9.0, 12.5), size_m=(4.0, 6.0), pet=dog, address="Hill 1"
    )
    assert isinstance(house.size_m, tuple) and isinstance(house.pet.weight_kg, float)
    assert build((House, Boat), {"style": "boat", "depth_m": 1}) == Boat(style="boat", depth_m=1.0)


def test_an_empty_section_means_the_defaults() -> None:
    assert build((Cat,), None) == Cat()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({}, "style: got nothing, expected one of house, boat"),
        ({"style": "tent"}, 'style: got "tent", expected one of house, boat'),
        ({"style": ["house"]}, 'style: got ["house"], expected one of house, boat'),
        ({"style": "boat"}, "depth_m: got nothing, expected a number"),
        ({"style": "boat", "depth_m": "1"}, 'depth_m: got "1", expected a number'),
        ({"style": "boat", "depth_m": True}, "depth_m: got true, expected a number"),
        ({"style": "boat", "depth_m": None}, "depth_m: got null, expected a number"),
        ({"style": "boat", "depth_m": {1, 2}}, "depth_m: got"),
        ({"style": "house", "is_new": 1}, "is_new: got 1, expected true or false"),
        ({"style": "house", "address": 5}, "address: got 5, expected text or null"),
        ({"style": "house", "size_m": [1]}, "size_m: got [1], expected a list of 2 numbers"),
        ({"style": "house", "rooms_m2": 3}, "rooms_m2: got 3, expected a list of numbers"),
        ({"style": "house", "windows": 3}, "windows: got 3, expected a list of whole numbers"),
        ({"style": "house", "names": "x"}, 'names: got "x", expected a list of texts'),
        (
            {"style": "house", "colours": ["red", "rad"]},
            'colours: got ["red", "rad"], expected a list of any of red, blue',
        ),
        ({"style": "house", "pet": 3}, "pet: got 3, expected a section of `key: value` lines"),
        (
            {"style": "house", "pet": {"kind": "dog", "weight_kg": -1.5}},
            "pet.weight_kg: got -1.5, expected above 0",
        ),
        (
            {"style": "house", "pet": {"kind": "cat", "num_live": 1}},
            "pet.num_live: got an unknown key, expected pet.num_lives",
        ),
        (
            {"style": "house", "num_lives": 1},
            "num_lives: got an unknown key, expected pet.num_lives",
        ),
        (
            {"style": "house", "pet": {"kind": "cat", "weight_kg": 1}},
            "pet.weight_kg: got a key of another kind of section, expected one of kind, num_lives",
        ),
        (
            {"style": "boat", "qqq": 1, "depth_m": 1},
            "qqq: got an unknown key, expected one of style, depth_m",
        ),
        ({"style": "boat", 7: 1, "depth_m": 1}, "7: got an unknown key, expected one of"),
        (3, "configuration: got 3, expected a section of `key: value` lines"),
    ],
)
def test_a_fault_is_told_by_path_value_and_expectation(raw: object, expected: str) -> None:
    assert message(raw).startswith(expected)


def test_the_first_fault_is_told_and_the_others_are_counted() -> None:
    raw = {"style": "house", "is_new": "no", "size_m": [], "pet": {"kind": "dog"}}
    assert message(raw) == (
        'is_new: got "no", expected true or false (and 2 more errors after this one)'
    )
    del raw["pet"]
    assert message(raw).endswith("(and 1 more error after this one)")


def test_values_that_json_cannot_say_are_refused_as_any_other() -> None:
    loop: list = []
    loop.append(loop)
    assert message({"style": "boat", "depth_m": loop}).startswith("depth_m: got a list")


def test_long_values_are_cut() -> None:
    assert len(shown("x" * 1000)) == 60
    assert shown([1, "é"]) == '[1, "é"]'


def test_unknown_name_lists_all_where_none_is_near() -> None:
    error = unknown_name("zzz", "verb", ["train", "scan"])
    assert str(error) == "zzz: got an unknown verb, expected one of train, scan"
