"""What a served model takes and gives, and whether arrays fit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tfgan_audio.errors import InputError

_MAX_BYTES = 2**31 - 2**20  # a message of 2 GiB does not pass; some of it are names


@dataclass(frozen=True)
class Tensor:
    """Type and shape of an input or output.

    Args:
        dtype: As NumPy calls it; "str" for texts.
        shape: Sizes, None where any will do; None in place of it where the rank is open too.
    """

    dtype: str
    shape: tuple[int | None, ...] | None

    def __str__(self) -> str:
        """Return both, as in `float32 [?, ?, 1]`."""
        sizes = "..." if self.shape is None else ", ".join(_size(size) for size in self.shape)
        return f"{self.dtype} [{sizes}]"


@dataclass(frozen=True)
class Signature:
    """One way to call a model.

    Args:
        inputs: By alias.
        outputs: By alias.
    """

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]


@dataclass(frozen=True)
class ServedModel:
    """One version of a model on a server.

    Args:
        version: Its number.
        signatures: By key.
        description: What the export says of itself as JSON; empty for those of other programs.
    """

    version: int
    signatures: dict[str, Signature] = field(default_factory=dict)
    description: str = ""

    def fitting(self, name: str, key: str, inputs: Mapping[str, object]) -> dict[str, np.ndarray]:
        """Return inputs as arrays that a signature takes.

        Floats of another precision are converted; nothing else is.

        Args:
            name: Name of the model, for errors.
            key: Key of the signature.
            inputs: Arrays, or what NumPy makes such of, by alias.

        Raises:
            InputError: An unknown signature, other inputs than it has, or an input of another type
                or shape, that is empty, not finite or too large for one message.
        """
        if key not in self.signatures:
            raise InputError(f"signature of {name}", key, " or ".join(sorted(self.signatures)))
        expected = self.signatures[key].inputs
        if set(inputs) != set(expected):
            seen = ", ".join(sorted(inputs)) or "none"
            raise InputError(f"inputs of {name} {key}", seen, ", ".join(sorted(expected)))
        arrays = {alias: fitting(alias, value, expected[alias]) for alias, value in inputs.items()}
        num_bytes = sum(array.nbytes for array in arrays.values())
        if num_bytes > _MAX_BYTES:
            seen = f"{num_bytes / 2**30:.1f} GiB in one request"
            raise InputError(f"inputs of {name} {key}", seen, "less than 2 GiB; send it in parts")
        return arrays


def fitting(alias: str, value: object, tensor: Tensor) -> np.ndarray:
    """Return a value as an array that an input takes.

    Args:
        alias: Name of the input, for errors.
        value: Array, or what NumPy makes one of.
        tensor: What the input takes.

    Raises:
        InputError: Another type or shape, no values, NaN or infinity.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise InputError(alias, "lists of unequal lengths", str(tensor)) from None
    if not _convertible(array, tensor.dtype):
        raise InputError(alias, f"{array.dtype} {list(array.shape)}", str(tensor))
    if tensor.shape is not None and (
        array.ndim != len(tensor.shape)
        or any(wanted not in (size, None) for size, wanted in zip(array.shape, tensor.shape))
    ):
        raise InputError(alias, f"shape {list(array.shape)}", str(tensor))
    if not array.size:
        raise InputError(alias, f"shape {list(array.shape)}", f"{tensor}, not empty")
    if array.nbytes > _MAX_BYTES:  # before it is looked through or copied
        raise InputError(alias, f"{array.nbytes / 2**30:.1f} GiB", "less than 2 GiB")
    if tensor.dtype == "str":
        return array.astype(object)
    array = array.astype(tensor.dtype, copy=False)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(alias, "NaN or infinity", "finite values")
    return array


def _convertible(array: np.ndarray, dtype: str) -> bool:
    """Tell whether an array is of a type, but for the precision of floats."""
    if dtype == "str":
        return array.dtype.kind in "SUO"
    wanted = np.dtype(dtype)
    return array.dtype == wanted or array.dtype.kind == wanted.kind == "f"


def _size(size: int | None) -> str:
    """Write a size."""
    return "?" if size is None else str(size)
