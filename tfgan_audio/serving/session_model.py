"""A SavedModel in a session: how TensorFlow Serving loads and runs it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.python.client import pywrap_tf_session

_LOADER_LOCK = threading.Lock()  # the loader works on the graph of its thread, and logs for all


class SessionModel:
    """A SavedModel, loaded by the session loader and run below Python's own checks.

    `tf.saved_model.load` is more forgiving: it accepts exports that the server cannot restore.
    What the runtime says of bad input is what the real server passes on.

    Args:
        folder: Folder with `saved_model.pb`.

    Raises:
        tf.errors.OpError: Weights that cannot be restored.
        OSError: No SavedModel, or a damaged one.
        RuntimeError: A SavedModel that is not tagged for serving.
    """

    def __init__(self, folder: Path) -> None:
        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph)
        try:
            with _LOADER_LOCK, graph.as_default(), _without_deprecations():
                loaded = tf.compat.v1.saved_model.load(self._session, ["serve"], str(folder))
        except BaseException:
            self._session.close()
            raise
        self.signatures = dict(loaded.signature_def)

    def run(
        self, feeds: dict[str, np.ndarray], fetches: list[str], timeout_seconds: float | None = None
    ) -> list[np.ndarray]:
        """Run a part of the graph.

        Args:
            feeds: Arrays by name of the tensor, such as "serving_default_noisy:0".
            fetches: Names of the tensors to compute.
            timeout_seconds: When to give up.

        Raises:
            tf.errors.OpError: Whatever the runtime says.
        """
        find = self._session.graph.get_tensor_by_name
        with _run_options(timeout_seconds) as options:
            # Session.run would convert the arrays and check their shapes in its own words.
            return self._session._call_tf_sessionrun(
                options,
                {find(name)._as_tf_output(): array for name, array in feeds.items()},
                [find(name)._as_tf_output() for name in fetches],
                [],
                None,
            )

    def close(self) -> None:
        """Free the weights."""
        self._session.close()
        del self._session


@contextlib.contextmanager
def _run_options(timeout_seconds: float | None) -> Iterator[object]:
    """Give the runtime's form of a time limit."""
    if timeout_seconds is None:
        yield None
        return
    milliseconds = max(1, round(1000 * timeout_seconds))
    options = tf.compat.v1.RunOptions(timeout_in_ms=milliseconds)
    buffer = pywrap_tf_session.TF_NewBufferFromString(options.SerializeToString())
    try:
        yield buffer
    finally:
        pywrap_tf_session.TF_DeleteBuffer(buffer)


@contextlib.contextmanager
def _without_deprecations() -> Iterator[None]:
    """Keep back that the loader has a successor, which is the forgiving one."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")
    try:
        yield
    finally:
        logger.setLevel(level)
