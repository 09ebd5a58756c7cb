"""Options that other code bases write beside their checkpoints, each read as what it has to be."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import one_of


@dataclass(frozen=True)
class Options:
    """Entries by name.

    Args:
        basis: What to call where they are from, such as the path.
        entries: Plain values.
    """

    basis: str
    entries: Mapping[str, Any]

    @classmethod
    def given(cls, options: str | Path | Mapping[str, Any]) -> Options:
        """Return entries that are at hand, or those of a YAML file.

        Args:
            options: Entries, or the path of the file.

        Raises:
            InputError: No such file, or one that holds anything but entries by name.
        """
        if isinstance(options, Mapping):
            return cls("the options given", options)
        return cls(str(options), read_python_yaml(Path(options)))

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number from 0."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InputError(self._named(name), value, "a whole number from 0")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a finite number."""
        value = self._value(name, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise InputError(self._named(name), value, "a finite number")
        return float(value)

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return a truth value."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise InputError(self._named(name), value, "true or false")
        return value

    def counts(self, name: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """Return a list of whole numbers above 0, at least one."""
        value = self._value(name, default)
        is_list = isinstance(value, list | tuple) and len(value) > 0
        if not is_list or not all(type(number) is int and number > 0 for number in value):
            raise InputError(self._named(name), value, "a list of whole numbers above 0")
        return tuple(value)

    def part(self, name: str) -> Options:
        """Return entries below a name; none where it is absent or null."""
        value = self.entries.get(name)
        if value is not None and not isinstance(value, Mapping):
            raise InputError(self._named(name), value, "entries by name")
        return Options(self._named(name), value or {})

    def check(self, **known: Any) -> None:
        """Refuse entries other than the one value that is known for each.

        Args:
            **known: The value by name; absent entries pass.
        """
        for name, value in known.items():
            if self.entries.get(name, value) != value:
                raise InputError(self._named(name), self.entries[name], value)

    def check_names(self, *known: str) -> None:
        """Refuse entries of other names."""
        for name in self.entries:
            if name not in known:
                raise InputError(self._named(name), "an unknown option", one_of(known))

    def _value(self, name: str, default: Any) -> Any:
        """Return an entry, or its default where there is one."""
        if name not in self.entries and default is None:
            raise InputError(self.basis, f"no entry {name}", "the options of the training")
        return self.entries.get(name, default)

    def _named(self, name: str) -> str:
        """Return what to call an entry."""
        return f"{self.basis}: {name}"


def read_python_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that Python's tools have dumped, without running what it names.

    Of Python's objects, an `argparse.Namespace` becomes its entries, a path of `pathlib` its text
    and a tuple a list; everything else that is not a plain value is refused.

    Args:
        path: The file.

    Raises:
        InputError: No such file, no valid YAML, other objects, or no entries by name.

    """
    try:
        with path.open(encoding="utf-8") as file:
            content = _reader().load(file)
    except OSError as error:
        raise InputError(path, error.strerror, "a YAML file with the options") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}, line {mark.line + 1}" if mark else path
        expected = "YAML of plain values"
        raise InputError(where, error.problem or error.context, expected) from None
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        raise InputError(path, error or type(error).__name__, "YAML of plain values") from None
    if not isinstance(content, dict):
        raise InputError(path, "no entries by name", "a YAML file with the options")
    return content


class _Constructor(SafeConstructor):
    """Knows plain values and, below, the few objects of Python that stand for them."""

    def construct_namespace(self, node: Any) -> dict[str, Any]:
        """Return the entries of an `argparse.Namespace`."""
        return self.construct_mapping(node, deep=True)

    def construct_path(self, node: Any) -> str:
        """Return the text of a path that is written as its parts."""
        parts = [str(part) for part in self.construct_sequence(node)]
        return re.sub("/+", "/", "/".join(parts))

    def construct_tuple(self, node: Any) -> list[Any]:
        """Return the values of a tuple."""
        return self.construct_sequence(node, deep=True)


_TAG = "tag:yaml.org,2002:python"
_Constructor.add_constructor(f"{_TAG}/object:argparse.Namespace", _Constructor.construct_namespace)
_Constructor.add_constructor(f"{_TAG}/tuple", _Constructor.construct_tuple)
for _flavour in ("Posix", "Windows", "PurePosix", "PureWindows"):
    _Constructor.add_constructor(
        f"{_TAG}/object/apply:pathlib.{_flavour}Path", _Constructor.construct_path
    )


def _reader() -> YAML:
    """Return a reader of YAML 1.2 with the constructor above."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return yaml
