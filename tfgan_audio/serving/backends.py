"""The streaming step of an exported model, wherever it runs."""

from __future__ import annotations

import re
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.block_stream import BlockStep, BlockStream, Histories
from tfgan_audio.errors import InputError
from tfgan_audio.quiet import quiet_stderr
from tfgan_audio.serving.description import Description, read_description
from tfgan_audio.serving.enhancer import Enhancer


def enhancer_from_saved_model(path: Path) -> Enhancer:
    """Open a SavedModel export.

    Args:
        path: Folder with `saved_model.pb`.

    Returns:
        An enhancer that runs its `step` signature.

    Raises:
        InputError: Not an export of this package, or a damaged one.
    """
    import tensorflow as tf

    description = read_description(path)
    try:
        model = tf.saved_model.load(str(path))
        model.signatures["step"]
    except Exception as error:  # TensorFlow raises a dozen kinds for damaged files
        raise InputError(path, first_line(error), "an export that is whole") from None

    def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        # Named by way of the model, whose variables live as long as it does.
        outputs = model.signatures["step"](**step_inputs(blocks, histories, tf.constant))
        return outputs["enhanced"].numpy(), step_histories(outputs)

    return Enhancer(lambda: open_stream(description, step), description.sample_rate_hz)


def enhancer_from_tflite(path: Path, num_threads: int = 1) -> Enhancer:
    """Open a TFLite export; needs NumPy and `ai-edge-litert` only.

    Args:
        path: File ending in `.tflite`.
        num_threads: Threads of the interpreter, at least 1.

    Returns:
        An enhancer that runs its `step` signature.

    Raises:
        InputError: Not an export of this package, or no interpreter is installed.
    """
    description = read_description(path)
    interpreter = open_interpreter(path, num_threads)
    try:
        with quiet_stderr():  # the interpreter tells of its delegate
            interpreter.allocate_tensors()
        runner = interpreter.get_signature_runner("step")
    except (ValueError, RuntimeError) as error:
        raise InputError(path, first_line(error), "an export that is whole") from None
    one_at_a_time = threading.Lock()

    def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        with one_at_a_time:
            outputs = runner(**step_inputs(blocks, histories))
        return outputs["enhanced"], step_histories(outputs)

    takes_one = runner.get_input_details()["blocks"]["shape_signature"][1] == 1
    step = _one_by_one(step) if takes_one else step
    return Enhancer(lambda: open_stream(description, step), description.sample_rate_hz)


def _one_by_one(step: BlockStep) -> BlockStep:
    """Make a step of any number of blocks of one that takes a single block."""

    def steps(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        enhanced = []
        for index in range(blocks.shape[1]):
            block, histories = step(blocks[:, index : index + 1], histories)
            enhanced.append(block)
        return np.concatenate(enhanced, axis=1), histories

    return steps


def open_interpreter(path: Path, num_threads: int = 1) -> Any:
    """Open a TFLite file with LiteRT, or with TensorFlow where that is missing.

    Args:
        path: File ending in `.tflite`.
        num_threads: Threads, at least 1.

    Raises:
        InputError: Neither runtime is installed, or the file is not a TFLite model.
    """
    interpreter_class = _interpreter_class()
    try:
        with warnings.catch_warnings():  # TensorFlow's says that LiteRT's is to be preferred
            warnings.simplefilter("ignore")
            return interpreter_class(model_path=str(path), num_threads=num_threads)
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


def open_stream(description: Description, step: BlockStep) -> BlockStream:
    """Open a stream of one channel, silent before its start.

    Args:
        description: Description of the artefact.
        step: Its step.
    """
    histories = [np.zeros([1, *shape], np.float32) for shape in description.history_shapes]
    return BlockStream(step, histories, description.hop_samples, description.latency_samples)


def history_name(index: int) -> str:
    """Name of a history among the inputs and the outputs of a step."""
    return f"history_{index}"


def step_inputs(blocks: np.ndarray, histories: Histories, convert=np.asarray) -> dict[str, Any]:
    """Return the inputs of a step by name.

    Args:
        blocks: Blocks of samples.
        histories: Histories by position.
        convert: Applied to each.
    """
    named = {history_name(index): convert(history) for index, history in enumerate(histories)}
    return {"blocks": convert(blocks), **named}


def step_histories(outputs: dict[str, Any]) -> Histories:
    """Return the histories by position.

    Args:
        outputs: Outputs of a step by name.
    """
    return [outputs[history_name(index)] for index in range(len(outputs) - 1)]


def first_line(error: Exception) -> str:
    """Return the first line of substance of what an error of another library says.

    Args:
        error: The error.
    """
    # TensorFlow puts the node in front, and the operator behind.
    lines = [re.sub(r"\{\{.*?\}\}|\[Op:.*", "", line).strip() for line in str(error).splitlines()]
    line = next((line for line in lines if line and line[-1] != ":"), type(error).__name__)
    return line if len(line) <= 160 else f"{line[:157]}..."
