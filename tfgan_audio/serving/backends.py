"""SavedModel and TFLite exports, opened for use."""

from __future__ import annotations

import functools
import re
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.quiet import quiet_stderr
from tfgan_audio.serving.description import Description, read_description
from tfgan_audio.serving.verbs import Opened, opened, with_drawn_latents
from tfgan_audio.serving.waveform_descriptions import WindowEnhancerDescription


def open_saved_model(path: Path) -> Opened:
    """Open a SavedModel export.

    Args:
        path: Folder with `saved_model.pb`.

    Returns:
        An object with the family's verb, which runs the signature of its description.

    Raises:
        InputError: Not an export of this package, or a damaged one.
    """
    import tensorflow as tf

    description = read_description(path)
    try:
        model = tf.saved_model.load(str(path))
        model.signatures[description.signature]
    except Exception as error:  # TensorFlow raises a dozen kinds for damaged files
        raise InputError(path, first_line(error), "an export that is whole") from None

    def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        # Named by way of the model, whose variables live as long as it does.
        signature = model.signatures[description.signature]
        outputs = signature(**{name: tf.constant(value) for name, value in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    return opened(description, run)


def open_tflite(path: Path, num_threads: int = 1) -> Opened:
    """Open a TFLite export; needs NumPy and `ai-edge-litert` only.

    Args:
        path: File ending in `.tflite`.
        num_threads: Threads of the interpreter, at least 1.

    Returns:
        An object with the family's verb, which runs the signature of its description.

    Raises:
        InputError: Not an export of this package, or no interpreter is installed.
    """
    description = read_description(path)
    return _opened_tflite(path, description, open_interpreter(path, num_threads))


def open_observed(path: Path, look: Callable[[Callable[[int], np.ndarray]], None]) -> Opened:
    """Open a TFLite export whose inner tensors can be seen, which makes it slow.

    Args:
        path: File ending in `.tflite`.
        look: Called after each run with a function from the index of a tensor to its value.
    """
    description = read_description(path)
    kinds = sys.modules[_interpreter_class().__module__].OpResolverType
    interpreter = open_interpreter(
        path,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    after = functools.partial(look, interpreter.get_tensor)
    return _opened_tflite(path, description, interpreter, after)


def _opened_tflite(
    path: Path,
    description: Description,
    interpreter: Any,
    after: Callable[[], None] | None = None,
) -> Opened:
    """Return the object with the verb of a TFLite export; `after` is called after each run."""
    try:
        with quiet_stderr():  # the interpreter tells of its delegate
            interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner(description.signature)
    except (ValueError, RuntimeError) as error:
        raise InputError(path, first_line(error), "an export that is whole") from None
    one_at_a_time = threading.Lock()

    def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        with one_at_a_time:
            outputs = runner(**inputs)
            if after is not None:
                after()
            return outputs

    inputs = runner.get_input_details()
    if isinstance(description, WindowEnhancerDescription) and "latents" in inputs:
        run = with_drawn_latents(run, inputs["latents"]["shape_signature"][1:])
    stream = inputs.get("blocks") or inputs.get("mel")
    num_at_once = int(stream["shape_signature"][1]) if stream else -1
    return opened(description, run, None if num_at_once < 0 else num_at_once)


def open_interpreter(path: Path, num_threads: int = 1, **options: Any) -> Any:
    """Open a TFLite file with LiteRT, or with TensorFlow where that is missing.

    Args:
        path: File ending in `.tflite`.
        num_threads: Threads, at least 1.
        options: More for the interpreter.

    Raises:
        InputError: Neither runtime is installed, or the file is not a TFLite model.
    """
    interpreter_class = _interpreter_class()
    try:
        with warnings.catch_warnings():  # TensorFlow's says that LiteRT's is to be preferred
            warnings.simplefilter("ignore")
            return interpreter_class(model_path=str(path), num_threads=num_threads, **options)
    except (ValueError, RuntimeError) as error:
        raise InputError(path, first_line(error), "a TFLite model") from None


def _interpreter_class() -> Any:
    """Return LiteRT's interpreter, or TensorFlow's."""
    try:
        from ai_edge_litert.interpreter import Interpreter

        return Interpreter
    except ImportError:
        pass
    try:
        import tensorflow as tf

        return tf.lite.Interpreter
    except ImportError:
        expected = "pip install ai-edge-litert"
        raise InputError("ai-edge-litert", "nothing installed", expected) from None


def first_line(error: Exception) -> str:
    """Return the first line of substance of what an error of another library says.

    Args:
        error: The error.
    """
    # TensorFlow puts the node in front, and the operator behind.
    lines = [re.sub(r"\{\{.*?\}\}|\[Op:.*", "", line).strip() for line in str(error).splitlines()]
    line = next((line for line in lines if line and line[-1] != ":"), type(error).__name__)
    return line if len(line) <= 160 else f"{line[:157]}..."
