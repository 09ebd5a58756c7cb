"""Arrays in TensorProto messages."""

from __future__ import annotations

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from tfgan_audio.serving.status import StatusError

_MAX_BYTES = 2**31 - 1
_FIELDS = {
    "float32": "float_val",
    "float64": "double_val",
    "int8": "int_val",
    "int16": "int_val",
    "int32": "int_val",
    "uint8": "int_val",
    "uint16": "int_val",
    "int64": "int64_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "bool": "bool_val",
    "string": "string_val",
}


def array_of(message: TensorProto, alias: str) -> np.ndarray:
    """Return the array that a message holds.

    Args:
        message: Values in any of the forms that TensorFlow writes.
        alias: Name of the input, for the error.

    Raises:
        StatusError: No tensor, such as one of fewer bytes than its shape says.
    """
    try:
        dtype = tf.as_dtype(message.dtype)
        dimensions = [dimension.size for dimension in message.tensor_shape.dim]
        num_bytes = math.prod(dimensions) * max(dtype.size or 1, 1)
        if message.tensor_shape.unknown_rank or min(dimensions, default=0) < 0:
            raise ValueError("not a shape")
        if num_bytes > _MAX_BYTES:  # claimed by a message that is itself small
            raise ValueError("more than a message holds")
        return tf.make_ndarray(message)
    except (TypeError, ValueError, KeyError):
        raise StatusError("INVALID_ARGUMENT", f"tensor parsing error: {alias}") from None


def message_of(array: np.ndarray, dtype: int, as_content: bool) -> TensorProto:
    """Return a message that holds an array.

    Args:
        array: Values.
        dtype: Type as the signature states it.
        as_content: Write bytes rather than a list of values, which is what the real server writes
            by default.
    """
    field = _FIELDS.get(tf.as_dtype(dtype).name)
    if as_content or field is None:
        return tf.make_tensor_proto(array, dtype=dtype)
    message = TensorProto(dtype=dtype)
    for size in array.shape:
        message.tensor_shape.dim.add(size=size)
    getattr(message, field).extend(array.ravel().tolist())
    return message
