"""Turn plain mappings into configuration dataclasses, strictly, collecting every error."""

import dataclasses
import json
import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from tfgan_audio.errors import InputError
from tfgan_audio.nearest import one_of, unknown_name


def build(kinds: Sequence[type], raw: object, changed: Collection[str] = ()) -> Any:
    """Build one of several dataclasses from what a YAML file holds.

    Values are checked as pydantic checks JSON in strict mode: a whole number is a number too, and
    nothing else is converted. Where a section can be one of several dataclasses, the field that is
    a `Literal` of one value in each of them selects which.

    Args:
        kinds: The dataclasses to choose from.
        raw: Mapping of keys to values and further mappings.
        changed: Dotted paths of the values that are not those of a file. Where one of them selects
            the dataclass of a section, what the file had for another one is left out.

    Returns:
        An instance of one of the kinds.

    Raises:
        InputError: Something is unknown, missing, of a wrong type or out of range. It names the
            dotted path of the first such key and says how many more there are.
    """
    errors: list[InputError] = []
    config = _Builder(tuple(kinds), errors, frozenset(changed)).section(tuple(kinds), raw, "")
    if errors:
        first, more = errors[0], len(errors) - 1
        note = f" (and {more} more error{'s' * (more > 1)} after this one)" if more else ""
        raise InputError(first.name, first.seen, f"{first.expected}{note}")
    return config


@dataclasses.dataclass(frozen=True)
class _Builder:
    """The walk through the sections, with what it has found wrong so far."""

    roots: tuple[type, ...]
    errors: list[InputError]
    changed: frozenset[str]

    def section(
        self, kinds: tuple[type, ...], raw: object, prefix: str, usual: type | None = None
    ) -> Any:
        """Build one section, of the usual kind if it names none; None where an error was found."""
        raw = {} if raw is None else raw
        if not isinstance(raw, Mapping):
            name = prefix.removesuffix(".") or "configuration"
            self.errors.append(InputError(name, shown(raw), "a section of `key: value` lines"))
            return None
        kind = self.select(kinds, raw, prefix, usual)
        if kind is None:
            return None
        num_errors = len(self.errors)
        values = self.values(kind, self.without_others(kinds, kind, raw, prefix), prefix)
        if len(self.errors) > num_errors:
            return None
        try:
            return kind(**values)
        except InputError as error:
            name = f"{prefix}{error.name}"
            self.errors.append(InputError(name, error.seen, error.expected))
            return None

    def select(
        self, kinds: tuple[type, ...], raw: Mapping, prefix: str, usual: type | None
    ) -> type | None:
        """Pick the dataclass by the value of the field that tells them apart."""
        tag, by_value = _tags(kinds)
        if tag is None:
            return kinds[0]
        if tag not in raw and usual is not None:
            return usual
        value = raw.get(tag)
        if isinstance(value, str) and value in by_value:
            return by_value[value]
        seen = shown(value) if tag in raw else "nothing"
        self.errors.append(InputError(prefix + tag, seen, one_of(by_value)))
        return None

    def without_others(
        self, kinds: tuple[type, ...], kind: type, raw: Mapping, prefix: str
    ) -> Mapping:
        """Leave out what a file has for another dataclass than the one that was chosen later."""
        if f"{prefix}{_tags(kinds)[0]}" not in self.changed:
            return raw
        others = {key for other in kinds for key in get_type_hints(other)}
        others -= get_type_hints(kind).keys()
        paths = {key: f"{prefix}{key}" for key in others}
        kept = [path for path in self.changed if path.startswith(prefix)]
        return {
            key: value
            for key, value in raw.items()
            if key not in paths or any(f"{path}.".startswith(f"{paths[key]}.") for path in kept)
        }

    def values(self, kind: type, raw: Mapping, prefix: str) -> dict[str, Any]:
        """Build the value of each key of a section."""
        hints, fields = get_type_hints(kind), dataclasses.fields(kind)
        usual = {
            field.name: type(field.default) for field in fields if _sections(type(field.default))
        }
        values = {}
        for key, value in raw.items():
            if key in hints:
                values[key] = self.value(hints[key], value, f"{prefix}{key}", usual.get(key))
            else:
                self.errors.append(self.unknown_key(str(key), hints, prefix))
        for field in fields:
            if _is_required(field) and field.name not in raw:
                expected = _described(hints[field.name])
                self.errors.append(InputError(prefix + field.name, "nothing", expected))
        return values

    def value(self, hint: Any, value: object, name: str, usual: type | None = None) -> Any:
        """Build a section or check a plain value; None where an error was found."""
        kinds = _sections(hint)
        if kinds:
            return self.section(kinds, value, f"{name}.", usual)
        try:
            return _adapter(hint).validate_json(json.dumps(value, default=str), strict=True)
        except (ValueError, TypeError):
            self.errors.append(InputError(name, shown(value), _described(hint)))
            return None

    def unknown_key(self, key: str, known: Mapping, prefix: str) -> InputError:
        """Return the error for a key that the section lacks, wherever else it may belong."""
        paths = list(_paths(self.roots))
        if f"{prefix}{key}" in paths:
            return InputError(prefix + key, "a key of another kind of section", one_of(known))
        elsewhere = [path for path in paths if path.endswith(f".{key}")]
        if elsewhere:
            return InputError(prefix + key, "an unknown key", elsewhere[0])
        return unknown_name(key, "key", known, prefix)


def shown(value: object) -> str:
    """Return a value as YAML would have it, cut to what fits in a line of error.

    Args:
        value: Anything that YAML can hold.

    Example:
        >>> shown("ten"), shown(True), shown(None)
        ('"ten"', 'true', 'null')
    """
    try:
        text = json.dumps(value, default=str, ensure_ascii=False)
    except (ValueError, TypeError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


@cache
def _adapter(hint: Any) -> TypeAdapter:
    """Return pydantic's checker of a type."""
    return TypeAdapter(hint)


def _is_required(field: dataclasses.Field) -> bool:
    """Tell whether a field has no default."""
    return field.default is field.default_factory is dataclasses.MISSING


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the types that a union joins, or the type alone."""
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _sections(hint: Any) -> tuple[type, ...]:
    """Return the dataclasses that a type hint allows, none for plain values."""
    return tuple(member for member in _members(hint) if dataclasses.is_dataclass(member))


@cache
def _tags(kinds: tuple[type, ...]) -> tuple[str | None, dict[str, type]]:
    """Return the field that tells dataclasses apart, and which of its values means which."""
    hints = [get_type_hints(kind) for kind in kinds]
    for field in dataclasses.fields(kinds[0]):
        required = len(kinds) > 1 or _is_required(field)
        choices = [get_args(hint.get(field.name)) for hint in hints]
        literal = all(get_origin(hint.get(field.name)) is Literal for hint in hints)
        if required and literal and all(len(choice) == 1 for choice in choices):
            return field.name, {choice[0]: kind for choice, kind in zip(choices, kinds)}
    return None, {}


def _paths(kinds: tuple[type, ...], prefix: str = "") -> Iterator[str]:
    """Yield the dotted path of every key that a configuration can have."""
    for kind in kinds:
        for name, hint in get_type_hints(kind).items():
            yield f"{prefix}{name}"
            yield from _paths(_sections(hint), f"{prefix}{name}.")


def _described(hint: Any) -> str:
    """Return a type in a user's words."""
    if _sections(hint):
        return "a section"
    if get_origin(hint) is Literal:
        return one_of([shown(choice).strip('"') for choice in get_args(hint)])
    if get_origin(hint) is tuple:
        counted = get_args(hint)[-1] is not Ellipsis
        num_items = f"{len(get_args(hint))} " if counted else ""
        return f"a list of {num_items}{_described_items(get_args(hint)[0])}"
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    words[types.NoneType] = "null"
    return words[hint] if hint in words else " or ".join(map(_described, _members(hint)))


def _described_items(hint: Any) -> str:
    """Return the type of a list's items in a user's words."""
    if get_origin(hint) is Literal:
        return f"any of {', '.join(get_args(hint))}"
    return {int: "whole numbers", float: "numbers", str: "texts"}[hint]
