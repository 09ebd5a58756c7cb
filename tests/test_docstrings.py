"""The examples in docstrings are run."""

import doctest
import pkgutil
import types
from importlib import import_module

import pytest

import tfgan_audio

MODULES = [
    module.name
    for module in pkgutil.walk_packages(tfgan_audio.__path__, "tfgan_audio.")
    if not module.name.endswith("__main__")
]


FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_right(name: str) -> None:
    assert doctest.testmod(import_module(name), optionflags=FLAGS).failed == 0


def test_examples_are_really_run(capsys) -> None:
    """A wrong one is noticed, and those of the package are found."""
    made = types.ModuleType("made", ">>> 1 + 1\n3\n")
    assert doctest.testmod(made, optionflags=FLAGS) == (1, 1)
    errors = import_module("tfgan_audio.errors")
    assert doctest.testmod(errors, optionflags=FLAGS) == (0, 1)
    assert "Expected:\n    3\nGot:\n    2" in capsys.readouterr().out
