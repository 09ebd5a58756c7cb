"""Names in error lines: the nearest known one, a choice, the first few."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from tfgan_audio.errors import InputError


def unknown_name(name: str, what: str, known: Iterable[str], prefix: str = "") -> InputError:
    """Return the error for a name that is not known, with the nearest known one or all of them.

    Args:
        name: The unknown name.
        what: What it names, such as `key`.
        known: All names that would have been accepted.
        prefix: Said before each name, such as the section of a key and a dot.

    Returns:
        The error to raise or to collect.

    Example:
        >>> str(unknown_name("num_step", "key", ["num_steps", "batch_size"], prefix="train."))
        'train.num_step: got an unknown key, expected train.num_steps'
    """
    known = list(known)
    near = get_close_matches(name, known, n=1)
    expected = prefix + near[0] if near else one_of(known)
    return InputError(prefix + name, f"an unknown {what}", expected)


def one_of(names: Iterable[str]) -> str:
    """Return names as the words of a choice.

    Args:
        names: What there is to choose from, at least one.

    Example:
        >>> one_of(["mixtures", "pairs"])
        'one of mixtures, pairs'
    """
    names = list(names)
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}"


def first_few(names: Sequence[str], num_shown: int = 3) -> str:
    """Join the first names for an error line and say how many are left out.

    Example:
        >>> first_few(["a", "b", "c", "d"], num_shown=2)
        'a, b and 2 more'
    """
    text = ", ".join(names[:num_shown])
    return f"{text} and {len(names) - num_shown} more" if len(names) > num_shown else text
