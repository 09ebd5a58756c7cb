"""With which configuration a run may be gone on with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from tfgan_audio.config.schema import ExperimentConfig
from tfgan_audio.errors import InputError

_LENGTH = "train.num_steps"


def refuse_another(kept: ExperimentConfig, wanted: ExperimentConfig) -> None:
    """Raise unless a run comes to the weights that the wanted configuration gives from the start.

    That is so with the configuration it has, or with more steps where no schedule depends on them.
    A run made longer keeps the validation at its former end.

    Args:
        kept: Configuration in the folder of the run.
        wanted: Configuration to go on with.

    Raises:
        InputError: An entry differs.
    """
    for name, old, new in _differences(asdict(kept), asdict(wanted)):
        expected = f"{_shown(old)} as in the run"
        if name == _LENGTH:
            schedule = kept.optimizer.schedule
            if schedule != "cosine" and new > old:
                continue
            ends = f", whose {schedule} schedule ends there"
            expected += ends if schedule == "cosine" else ", or more"
        raise InputError(name, _shown(new), expected)


def _differences(
    old: Mapping[str, object], new: Mapping[str, object], prefix: str = ""
) -> Iterator[tuple[str, object, object]]:
    """Yield dotted name and both values of each entry that differs."""
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differences(one, other, f"{prefix}{key}.")
        elif one != other:
            yield f"{prefix}{key}", one, other


def _shown(value: object) -> object:
    """A value as YAML has it."""
    return "null" if value is None else list(value) if isinstance(value, tuple) else value
