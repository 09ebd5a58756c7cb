"""The streaming step of a model, wherever it runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tfgan_audio.audio.block_stream import BlockStep, BlockStream, Histories
from tfgan_audio.errors import InputError
from tfgan_audio.serving.description import Description, read_description
from tfgan_audio.serving.enhancer import Enhancer

# Blocks that TFLite runs at once where a chunk holds many: a change of shape costs a new plan.
_TFLITE_BLOCKS = 64


def enhancer_from_saved_model(path: Path) -> Enhancer:
    """Open a SavedModel export.

    Args:
        path: Folder with `saved_model.pb`.

    Returns:
        An enhancer that runs its `step` signature.

    Raises:
        InputError: Not an export of this package.
    """
    import tensorflow as tf

    description = read_description(path)
    model = tf.saved_model.load(str(path))

    def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        run = model.signatures["step"]
        outputs = run(blocks=tf.constant(blocks), **_named(histories, tf.constant))
        return outputs["enhanced"].numpy(), _ordered(outputs, len(histories))

    return _enhancer(description, step)


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
    runner = open_interpreter(path, num_threads).get_signature_runner("step")

    def run(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        outputs = runner(blocks=blocks, **_named(histories, np.asarray))
        return outputs["enhanced"], _ordered(outputs, len(histories))

    def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        enhanced = []
        while blocks.shape[1]:
            size = _TFLITE_BLOCKS if blocks.shape[1] >= _TFLITE_BLOCKS else 1
            part, histories = run(blocks[:, :size], histories)
            enhanced.append(part)
            blocks = blocks[:, size:]
        return np.concatenate(enhanced, axis=1), histories

    return _enhancer(description, step)


def open_interpreter(path: Path, num_threads: int = 1):
    """Open a TFLite file with LiteRT, or with TensorFlow where that is missing.

    Args:
        path: File ending in `.tflite`.
        num_threads: Threads, at least 1.

    Raises:
        InputError: Neither runtime is installed, or the file is not a TFLite model.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        try:
            from tensorflow.lite import Interpreter
        except ImportError:
            raise InputError("ai-edge-litert", "nothing installed", "pip install ai-edge-litert")
    try:
        return Interpreter(model_path=str(path), num_threads=num_threads)
    except (ValueError, RuntimeError) as error:
        raise InputError(path, str(error), "a TFLite model") from None


def history_name(index: int) -> str:
    """Name of a history among the inputs and the outputs of a step."""
    return f"history_{index}"


def _named(histories: Histories, convert) -> dict:
    """Histories by name."""
    return {history_name(index): convert(history) for index, history in enumerate(histories)}


def _ordered(outputs: dict, count: int) -> Histories:
    """Histories by position."""
    return [outputs[history_name(index)] for index in range(count)]


def _enhancer(description: Description, step: BlockStep) -> Enhancer:
    """Build an enhancer around a step."""

    def open_stream() -> BlockStream:
        histories = [np.zeros([1, *shape], np.float32) for shape in description.history_shapes]
        return BlockStream(step, histories, description.hop_samples, description.latency_samples)

    return Enhancer(open_stream, description.sample_rate_hz)
