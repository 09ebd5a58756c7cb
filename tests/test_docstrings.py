"""The examples in docstrings are run."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import tfgan_audio

MODULES = [
    module.name
    for module in pkgutil.walk_packages(tfgan_audio.__path__, "tfgan_audio.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_right(name: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.testmod(import_module(name), optionflags=flags).failed == 0


def test_there_are_examples_in_many_modules() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    with_examples = [
        name
        for name in MODULES
        if any(found.examples for found in finder.find(import_module(name)))
    ]
    assert len(with_examples) > len(MODULES) / 4
