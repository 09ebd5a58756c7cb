"""One version of a model, ready to answer."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from tfgan_audio.serving.server.predict import predict
from tfgan_audio.serving.server.status_codes import status_of
from tfgan_audio.serving.session_model import SessionModel
from tfgan_audio.serving.status import StatusError
from tfgan_audio.serving.warm_up import WARM_UP

_MAX_WARM_UPS = 1000


class Servable:
    """One version of a model, loaded and warmed up.

    Args:
        name: Name of the model.
        version: Number of the version.
        folder: Its SavedModel.

    Raises:
        StatusError: It cannot be loaded, or a warm-up request fails.
    """

    def __init__(self, name: str, version: int, folder: Path) -> None:
        self.name, self.version = name, version
        try:
            self.model = SessionModel(folder)
        except Exception as error:  # TensorFlow raises a dozen kinds for damaged files
            raise status_of(error, "NOT_FOUND") from error
        try:
            self._warm_up(folder / WARM_UP)
        except BaseException:
            self.model.close()
            raise

    def close(self) -> None:
        """Free the weights; no request may be running."""
        self.model.close()

    def _warm_up(self, path: Path) -> None:
        """Answer the requests that the export brings, so that no user waits for the first."""
        if not path.exists():
            return
        for number, record in enumerate(_records(path)):
            if number == _MAX_WARM_UPS:
                text = f"Number of warmup records exceeds the maximum ({_MAX_WARM_UPS})"
                raise StatusError("INVALID_ARGUMENT", f"{text}: {path}")
            try:
                log = PredictionLog.FromString(record)
            except DecodeError:
                text = f"Failed to parse warmup record: {path}"
                raise StatusError("INVALID_ARGUMENT", text) from None
            if log.WhichOneof("log_type") != "predict_log":
                kind = log.WhichOneof("log_type")
                raise StatusError("UNIMPLEMENTED", f"Unsupported log_type for warmup: {kind}")
            predict(self, log.predict_log.request)


def _records(path: Path) -> list[bytes]:
    """Return the records of a TFRecord file, one more than allowed at most."""
    try:
        dataset = tf.data.TFRecordDataset(str(path)).take(_MAX_WARM_UPS + 1)
        return list(dataset.as_numpy_iterator())
    except tf.errors.OpError as error:
        raise status_of(error) from error
