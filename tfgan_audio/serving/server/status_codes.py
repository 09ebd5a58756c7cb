"""What an exception of TensorFlow is called on the wire."""

from __future__ import annotations

import grpc
import tensorflow as tf

from tfgan_audio.serving.status import StatusError

_NAMES = {code.value[0]: code.name for code in grpc.StatusCode}


def status_of(error: Exception, otherwise: str = "INTERNAL") -> StatusError:
    """Return an exception as an answer.

    Args:
        error: What was raised while a request was answered or a model was loaded.
        otherwise: Code where TensorFlow's runtime has given none.
    """
    if isinstance(error, StatusError):
        return error
    if isinstance(error, tf.errors.OpError):
        return StatusError(_NAMES.get(error.error_code, "UNKNOWN"), error.message)
    return StatusError(otherwise, f"{error}" or type(error).__name__)
