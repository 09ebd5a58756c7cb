"""Mel spectrograms that one model makes and another one takes have to be the same."""

from dataclasses import asdict

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError


def check_pair(name: object, found: MelFeatures, wanted: MelFeatures, expected: str) -> None:
    """Refuse mels of another definition.

    Args:
        name: What the error calls their owner.
        found: The definition of its mels.
        wanted: What it has to be.
        expected: Whose definition that is, for the error.

    Raises:
        InputError: They differ; both definitions are shown where they do.

    Example:
        >>> check_pair("voice", MelFeatures(), MelFeatures(fmin_hz=80.0), "those of the data")
        Traceback (most recent call last):
        tfgan_audio.errors.InputError: voice: got mels of fmin_hz 0.0 (fingerprint ...
    """
    if found.fingerprint() == wanted.fingerprint():
        return
    theirs, ours = asdict(found), asdict(wanted)
    differing = [field for field in ours if ours[field] != theirs[field]]
    shown = [
        f"{', '.join(f'{field} {_short(fields[field])}' for field in differing)} "
        f"(fingerprint {features.fingerprint()})"
        for fields, features in ((theirs, found), (ours, wanted))
    ]
    raise InputError(name, f"mels of {shown[0]}", f"{expected}: {shown[1]}")


def _short(value: object) -> str:
    """Return a value of a definition; of many numbers, the first ones."""
    if isinstance(value, tuple | list) and len(value) > 2:
        return f"[{value[0]:g}, {value[1]:g}, ...]"
    return str(value)
