"""YAML 1.2 to plain values and back, with errors that name the line."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.representer import SafeRepresenter

from tfgan_audio.errors import InputError


class _Representer(SafeRepresenter):
    """Writes tuples as lists on one line."""

    def represent_tuple(self, values: tuple) -> Any:
        """Return the node of a tuple."""
        return self.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)


_Representer.add_representer(tuple, _Representer.represent_tuple)


def parse_yaml(text: str, name: str) -> Any:
    """Return what a YAML 1.2 document holds, so that `1e-4` is a number and `no` is text.

    Args:
        text: The document.
        name: What to call it in an error, such as its path.

    Returns:
        Mappings, lists, texts, numbers, booleans, None.

    Raises:
        InputError: It is not valid YAML, has a key twice or holds objects of a program.

    Example:
        >>> parse_yaml("rate: 1e-4", "example")
        {'rate': 0.0001}
    """
    try:
        return _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}, column {mark.column + 1}" if mark else name
        raise InputError(where, error.problem or error.context, "valid YAML") from error
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        seen = getattr(error, "reason", None) or error or type(error).__name__
        raise InputError(name, seen, "valid YAML") from error


def format_yaml(values: dict[str, Any]) -> str:
    """Return a YAML document that `parse_yaml` reads back equal, tuples as lists.

    Args:
        values: Mappings, tuples, texts, numbers, booleans, None.
    """
    stream = StringIO()
    _yaml().dump(values, stream)
    return stream.getvalue()


def _yaml() -> YAML:
    """Return a reader and writer of plain values in YAML 1.2."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 4096
    return yaml
