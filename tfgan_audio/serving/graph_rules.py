"""What a graph must not contain, so that TF Serving runs it, and what it says when it fails."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework.types_pb2 import DT_FLOAT, DT_INT32
from tensorflow.core.protobuf import saved_model_pb2

from tfgan_audio.errors import InputError
from tfgan_audio.serving.backends import first_line

_XLA = "_XlaMustCompile"


def check_servable(folder: Path, name: object) -> None:
    """Refuse a SavedModel that loads here and fails, or misleads, in production.

    TF Serving disables XLA, so a function made with `jit_compile=True` fails there; it links the
    operators of TensorFlow itself and no others; and clients get float32, or counts in int32.

    Args:
        folder: Folder with `saved_model.pb`.
        name: What errors call it.

    Raises:
        InputError: A function that only XLA may run, an operator of another library, or an output
            of another type.
    """
    content = (folder / "saved_model.pb").read_bytes()
    for graph in saved_model_pb2.SavedModel.FromString(content).meta_graphs:
        _check_operators(graph.graph_def, name)
        for key, signature in graph.signature_def.items():
            for output, info in signature.outputs.items():
                if info.dtype not in (DT_FLOAT, DT_INT32) and not key.startswith("__"):
                    seen = f"{tf.as_dtype(info.dtype).name} as output {output!r} of {key!r}"
                    raise InputError(name, seen, "float32 or int32")


@contextlib.contextmanager
def graph_errors_told(name: object, expected: str) -> Iterator[None]:
    """Turn what TensorFlow's runtime raises into an error of one line.

    Args:
        name: What the error calls the artefact.
        expected: What was expected of it.
    """
    try:
        yield
    except tf.errors.OpError as error:
        # Of trouble with a file the system's words say it all; the file is a temporary one.
        system = [text for text in map(os.strerror, errno.errorcode) if f"; {text}" in str(error)]
        raise InputError(name, system[0] if system else first_line(error), expected) from None


def _check_operators(graph_def, name: object) -> None:
    """Raise for what only XLA may run and for operators from outside TensorFlow."""
    functions = graph_def.library.function
    nodes = [*graph_def.node, *(node for function in functions for node in function.node_def)]
    for part in [*nodes, *functions]:
        if part.attr[_XLA].b:
            raise InputError(name, "a function that only XLA may run", "jit_compile=False")
    known = {function.signature.name for function in functions}
    foreign = {node.op for node in nodes if not hasattr(tf.raw_ops, node.op)} - known
    if foreign:
        seen = f"operators {', '.join(sorted(foreign))}"
        raise InputError(name, seen, "operators of TensorFlow itself")
