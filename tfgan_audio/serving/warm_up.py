"""Requests that a server answers as it loads a model, so that no user waits for the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

WARM_UP = Path("assets.extra", "tf_serving_warmup_requests")
"""Where TensorFlow Serving looks for them in a SavedModel."""


def write_warm_up(folder: Path, requests: Iterable[tuple[str, Mapping[str, np.ndarray]]]) -> None:
    """Write requests beside a SavedModel; of each batch, the first item is taken.

    Args:
        folder: SavedModel folder.
        requests: Signature keys, and arrays [B, ...] by name of the input.
    """
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    (folder / WARM_UP).parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(folder / WARM_UP)) as writer:
        for signature, inputs in requests:
            log = PredictionLog()
            request = log.predict_log.request
            request.model_spec.signature_name = signature
            for name, value in inputs.items():
                request.inputs[name].CopyFrom(tf.make_tensor_proto(value[:1]))
            writer.write(log.SerializeToString())
