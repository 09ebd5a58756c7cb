"""The range checks of the configuration dataclasses; each raises `InputError` naming the key."""

import math

from tfgan_audio.errors import InputError


def check(name: str, seen: object, holds: bool, expected: str) -> None:
    """Raise unless a condition holds.

    Args:
        name: Key that is checked.
        seen: Its value.
        holds: Whether the value is good.
        expected: What would be good.
    """
    if not holds:
        raise InputError(name, seen, expected)


def check_at_least(least: float, **values: float) -> None:
    """Require finite numbers that are not below the least.

    Args:
        least: Smallest good value.
        values: The numbers by key.
    """
    for name, value in values.items():
        check(name, value, math.isfinite(value) and value >= least, f"at least {least}")


def check_above_0(**values: float) -> None:
    """Require finite numbers above 0.

    Args:
        values: The numbers by key.
    """
    for name, value in values.items():
        check(name, value, math.isfinite(value) and value > 0, "above 0")


def check_rising(**ranges: tuple[float, float]) -> None:
    """Require two finite numbers each, the second not below the first.

    Args:
        ranges: The pairs by key.
    """
    for name, (low, high) in ranges.items():
        rising = math.isfinite(low) and math.isfinite(high) and low <= high
        check(name, [low, high], rising, "the lower number first, then the higher")
