"""Read an experiment's configuration by name or path, change it by overrides, write it.

Relative paths inside a configuration are used as they are, so they start in the folder where the
program runs, not in the folder of the file.
"""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfgan_audio.config.building import build, shown
from tfgan_audio.config.schema import EXPERIMENTS, ExperimentConfig
from tfgan_audio.config.yaml_text import format_yaml, parse_yaml
from tfgan_audio.errors import InputError
from tfgan_audio.nearest import unknown_name

_SUFFIXES = (".yaml", ".yml")


def load_config(
    name_or_path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    kinds: Sequence[type] = EXPERIMENTS,
) -> Any:
    """Load a configuration, checked key by key.

    Args:
        name_or_path: Name of a configuration that ships with the package (`config_names()`), or
            path of a YAML file.
        overrides: Texts such as `train.num_steps=100`: dotted key, `=`, value as in YAML.
        kinds: Classes it can be of; by default those of the experiments.

    Returns:
        The configuration; of several kinds that which its `family` asks for.

    Raises:
        InputError: No such configuration, broken YAML, or a key that is unknown, missing, of a
            wrong type or out of range.

    Example:
        >>> load_config("segan_causal", ["train.num_steps=100"]).train.num_steps
        100
    """
    path = _find(name_or_path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(path, f"bytes that are not UTF-8 at {error.start}", "text") from error
    raw = parse_yaml(text, str(path))
    if raw is None:
        raise InputError(path, "an empty file", "a configuration")
    if not isinstance(raw, dict):
        raise InputError(path, shown(raw), "`key: value` lines")
    return build(kinds, _with_overrides(raw, overrides), _keys(overrides))


def override_config(config: ExperimentConfig, overrides: Sequence[str]) -> ExperimentConfig:
    """Return a configuration with some values changed and all checks made again.

    Args:
        config: The configuration to start from; it stays as it is.
        overrides: As for `load_config`.

    Raises:
        InputError: As for `load_config`.
    """
    raw = _with_overrides(dataclasses.asdict(config), overrides)
    return build(EXPERIMENTS, raw, _keys(overrides))


def dump_config(config: ExperimentConfig) -> str:
    """Return a configuration as YAML with every value written out.

    Args:
        config: The configuration.

    Returns:
        Text that loads back equal.
    """
    return format_yaml(dataclasses.asdict(config))


def config_names() -> list[str]:
    """Return the names of the configurations that ship with the package, sorted."""
    return sorted(_shipped())


def _shipped() -> dict[str, Path]:
    """Return the shipped files by name: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    places = [package / "configs", package.parent / "configs"]
    folder = next((place for place in places if place.is_dir()), places[0])
    paths = folder.rglob("*.yaml")
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in paths}


def _find(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the file that a name or a path means; a shipped name goes first."""
    shipped, path = _shipped(), Path(name_or_path)
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    if path.is_file():
        return path
    if path.is_dir():
        raise InputError(path, "a folder", "a YAML file")
    if path.suffix in _SUFFIXES:
        raise InputError(path, "no such file", "a YAML file")
    raise unknown_name(str(name_or_path), "configuration", sorted(shipped))


def _with_overrides(raw: dict[str, Any], overrides: Sequence[str]) -> dict[str, Any]:
    """Return plain values with each override's value set."""
    raw = dict(raw)
    for override in overrides:
        key, separator, text = override.partition("=")
        *sections, last = key.strip().split(".")
        if not separator or not all((*sections, last)):
            raise InputError(override, "no value", "KEY=VALUE such as train.num_steps=100")
        section = raw
        for depth, name in enumerate(sections, start=1):
            inner = section.get(name)
            if inner is not None and not isinstance(inner, dict):
                raise InputError(".".join(sections[:depth]), shown(inner), f"a section for {key}")
            # A copy, because an alias in the file can make two sections one object.
            section[name] = section = dict(inner or {})
        section[last] = _parsed(text.strip())
    return raw


def _keys(overrides: Sequence[str]) -> list[str]:
    """Return the dotted keys of overrides."""
    return [override.partition("=")[0].strip() for override in overrides]


def _parsed(text: str) -> Any:
    """Return an override's value; what is text stays as typed, with `#` and `:` in it."""
    try:
        value = parse_yaml(text, "override")
    except InputError:
        return text
    is_text = isinstance(value, str) and text[0] not in "'\""
    is_path = isinstance(value, dict) and text[0] != "{"
    return text if is_text or is_path else value
