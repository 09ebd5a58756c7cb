"""Arrays in the JSON of the REST API."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

import numpy as np
import tensorflow as tf

from tfgan_audio.serving.decimals import short_decimals
from tfgan_audio.serving.status import StatusError

_TYPES = {
    dict: "Object", list: "Array", str: "String", bool: "True", type(None): "Null",
    int: "Number", float: "Number",
}  # fmt: skip
_KINDS = {"f": "iuf", "i": "iu", "u": "iu", "b": "b"}
_READABLE = (
    "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint32", "uint64", "bool",
    "string",
)  # fmt: skip
_WRITABLE = (*_READABLE, "uint16")


def array_from_json(value: Any, dtype: int) -> np.ndarray:
    """Return nested lists as an array.

    Args:
        value: Numbers, texts, or `{"b64": text}` for bytes, in lists of equal lengths.
        dtype: Type as the signature states it.

    Raises:
        StatusError: Lists of different lengths, or values of another type.
    """
    wanted = tf.as_dtype(dtype)
    if wanted.name not in _READABLE:
        text = f"Conversion of JSON Value: {_shown(value)} to type: {_type_name(dtype)}"
        raise StatusError("UNIMPLEMENTED", text)
    if wanted == tf.string:
        _check(value, _shape(value), 0, dtype)
        return np.array(_decoded(value), object).reshape(_shape(value))
    try:
        array = np.array(value)
        if array.size and array.dtype.kind not in _KINDS[np.dtype(wanted.as_numpy_dtype).kind]:
            raise ValueError("values of another type")
    except (ValueError, OverflowError):
        _check(value, _shape(value), 0, dtype)
        raise _refused(f"JSON Value: {_shown(value)} is not of one type") from None
    return _narrowed(array, wanted.as_numpy_dtype, dtype)


def array_to_json(array: np.ndarray, alias: str, dtype: int) -> Any:
    """Return an array as nested lists.

    Args:
        array: Values; bytes are written as base64 where the alias ends in `_bytes`, else as UTF-8.
        alias: Name of the output.
        dtype: Type as the signature states it.

    Raises:
        StatusError: A type that JSON is not written for, such as float16.
    """
    name = tf.as_dtype(dtype).name
    if name not in _WRITABLE:
        text = f"Failed to write JSON value for tensor type: {_type_name(dtype)}"
        raise _refused(text)
    if name == "string":
        return _encoded(array.tolist(), alias.endswith("_bytes"))
    return short_decimals(array)


def _check(value: Any, shape: tuple[int, ...], level: int, dtype: int) -> None:
    """Raise for the first thing that keeps nested lists from being a tensor."""
    if not isinstance(value, list):
        if level != len(shape):
            text = f"JSON Value: {_shown(value)} found at incorrect level: {level + 1}"
            raise _refused(f"{text} in the JSON DOM. Expected at level: {len(shape)}")
        _check_leaf(value, dtype)
    elif level >= len(shape):
        text = f"Encountered list at unexpected level: {level} expected < {len(shape)}"
        raise _refused(text)
    elif len(value) != shape[level]:
        text = f"Encountered list at unexpected size: {len(value)} at level: {level}"
        raise _refused(f"{text} expected size: {shape[level]}")
    else:
        for inner in value:
            _check(inner, shape, level + 1, dtype)


def _check_leaf(value: Any, dtype: int) -> None:
    """Raise for a value of another type."""
    wanted = tf.as_dtype(dtype)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if wanted == tf.string and isinstance(value, dict):
        if set(value) != {"b64"} or not isinstance(value["b64"], str):
            text = f"JSON Value: {_shown(value)} not formatted correctly for base64 data"
            raise _refused(text)
    elif not (
        (wanted == tf.string and isinstance(value, str))
        or (wanted == tf.bool and isinstance(value, bool))
        or (wanted.is_floating and is_number)
        or (wanted.is_integer and is_number and isinstance(value, int))
    ):
        kind = "False" if value is False else _TYPES[type(value)]
        text = f"JSON Value: {_shown(value)} Type: {kind} is not of expected type:"
        raise _refused(f"{text} {_type_name(dtype)}")


def _narrowed(array: np.ndarray, wanted: type, dtype: int) -> np.ndarray:
    """Return values in the type of the signature, refused where they do not fit into it."""
    limits = None
    if np.issubdtype(wanted, np.integer):
        limits = np.iinfo(wanted)
    elif np.issubdtype(wanted, np.floating):
        limits = np.finfo(wanted)
    finite = array[np.isfinite(array)] if array.size else array
    if limits is not None and finite.size:
        if finite.min() < limits.min or finite.max() > limits.max:
            worst = finite.max() if finite.max() > limits.max else finite.min()
            text = f"Cannot convert JSON value: {worst} to {_type_name(dtype)}"
            raise _refused(f"{text} without loss of precision.")
    return array.astype(wanted)


def _shape(value: Any) -> tuple[int, ...]:
    """Return the shape that the first elements have."""
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        if not value:
            break
        value = value[0]
    return tuple(shape)


def _decoded(value: Any) -> list[bytes]:
    """Return the bytes of nested lists of texts, in order."""
    if isinstance(value, list):
        return [text for inner in value for text in _decoded(inner)]
    if isinstance(value, str):
        return [value.encode()]
    try:
        return [base64.b64decode(value["b64"], validate=True)]
    except binascii.Error:
        raise _refused("Unable to base64 decode") from None


def _encoded(value: Any, as_base64: bool) -> Any:
    """Return nested lists of bytes as JSON."""
    if isinstance(value, list):
        return [_encoded(inner, as_base64) for inner in value]
    if as_base64:
        return {"b64": base64.b64encode(value).decode()}
    return value.decode(errors="replace")


def _type_name(dtype: int) -> str:
    """Return a type as TensorFlow's C++ calls it."""
    names = {"float32": "float", "float64": "double", "float16": "half"}
    name = tf.as_dtype(dtype).name
    return names.get(name, name)


def _shown(value: Any) -> str:
    """Return a value for an error."""
    return json.dumps(value)


def _refused(text: str) -> StatusError:
    """Return the error of a body that does not fit."""
    return StatusError("INVALID_ARGUMENT", text)
