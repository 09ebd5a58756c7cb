"""Things of several lengths in one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tfgan_audio.errors import InputError


def pad_batch(
    inputs: Mapping[str, Sequence[np.ndarray]],
) -> tuple[dict[str, np.ndarray], list[int]]:
    """Stack arrays of several lengths, with zeros behind the shorter ones.

    Args:
        inputs: Arrays [T, ...] by name; the same number and lengths under each name.

    Returns:
        Arrays [B, longest T, ...] by name, and the lengths.

    Raises:
        InputError: Nothing to stack, or lengths that do not agree.

    Example:
        >>> padded, lengths = pad_batch({"noisy": [np.ones(1), np.ones(3)]})
        >>> padded["noisy"], lengths
        (array([[1., 0., 0.],
               [1., 1., 1.]]), [1, 3])
    """
    padded, lengths = {}, None
    for name, arrays in inputs.items():
        arrays = [np.asarray(array) for array in arrays]
        if not arrays or any(not array.ndim for array in arrays):
            raise InputError(name, "nothing" if not arrays else "a scalar", "arrays [T, ...]")
        found = [len(array) for array in arrays]
        if lengths not in (None, found):
            raise InputError(name, f"lengths {found}", f"{lengths} as before")
        if len({array.shape[1:] for array in arrays}) > 1:
            raise InputError(name, "items of several shapes", "items that differ in length only")
        lengths = found
        padded[name] = np.zeros([len(arrays), max(found), *arrays[0].shape[1:]], arrays[0].dtype)
        for row, array in zip(padded[name], arrays):
            row[: len(array)] = array
    if lengths is None:
        raise InputError("inputs", "none", "arrays by name")
    return padded, lengths


def trim_batch(
    outputs: Mapping[str, np.ndarray], lengths: Sequence[int], scale: int = 1
) -> dict[str, list[np.ndarray]]:
    """Cut a batch into things of their own lengths.

    What the server has padded on its own account is cut off too.

    Args:
        outputs: Arrays [B, T, ...] by name.
        lengths: Lengths of the inputs.
        scale: Steps of an output for each step of an input.

    Raises:
        InputError: Outputs that are shorter than that.
    """
    trimmed = {}
    for name, array in outputs.items():
        wanted = scale * max(lengths)
        if array.ndim < 2 or len(array) < len(lengths) or array.shape[1] < wanted:
            expected = f"[{len(lengths)}, {wanted} or more, ...]"
            raise InputError(f"output {name}", f"shape {list(array.shape)}", expected)
        trimmed[name] = [row[: scale * length] for row, length in zip(array, lengths)]
    return trimmed
