"""Exported models, wherever they run."""

from __future__ import annotations

import functools
import re
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.block_stream import BlockStep, BlockStream, Histories
from tfgan_audio.audio.window_stream import WindowStream
from tfgan_audio.errors import InputError
from tfgan_audio.quiet import quiet_stderr
from tfgan_audio.serving.description import (
    AcousticDescription,
    Description,
    EnhancerDescription,
    SoundDescription,
    VocoderDescription,
    VocoderStepDescription,
    WindowEnhancerDescription,
    read_description,
)
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.sound_generator import SoundGenerator
from tfgan_audio.serving.speaker import Speaker
from tfgan_audio.serving.stateless_normal import stateless_normal
from tfgan_audio.serving.vocoder import Vocoder

Run = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]
_FRAMES_OF_A_STEP = 32
Opened = Enhancer | SoundGenerator | Speaker | Vocoder


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
        run = _with_drawn_latents(run, inputs["latents"]["shape_signature"][1:])
    stream = inputs.get("blocks") or inputs.get("mel")
    num_at_once = int(stream["shape_signature"][1]) if stream else -1
    return opened(description, run, None if num_at_once < 0 else num_at_once)


def _with_drawn_latents(run: Run, shape: Sequence[int]) -> Run:
    """Return what draws the latents of windows by their indices, as servers do by themselves."""

    def run_windows(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        seed = WindowEnhancerDescription.seed
        latents = [stateless_normal(shape, (seed, int(index))) for index in inputs["index"]]
        return run({"window": inputs["window"], "latents": np.stack(latents)})

    return run_windows


def opened(description: Description, run: Run, num_at_once: int | None = None) -> Opened:
    """Return the object with the verb of a family.

    Args:
        description: Description of the artefact.
        run: Runs the signature of its description, from named arrays to named arrays.
        num_at_once: How many blocks or frames a step takes, 1 block for an enhancer; None for any
            number.
    """
    if isinstance(description, VocoderStepDescription):
        render = vocoder_steps(run, description, num_at_once)
        reach = description.frames_before, description.frames_after
        return Vocoder(render, description.features, *reach)
    if isinstance(description, VocoderDescription):
        return Vocoder(
            lambda mel: run({"mel": mel})["waveform"],
            description.features,
            description.frames_before,
            description.frames_after,
        )
    if isinstance(description, AcousticDescription):
        return Speaker(run, description)
    if isinstance(description, SoundDescription):
        return _sound_generator(description, run)
    if isinstance(description, WindowEnhancerDescription):
        return _window_enhancer(description, run)

    step = block_step(run) if num_at_once is None else _one_by_one(block_step(run))
    return Enhancer(lambda: open_stream(description, step), description.sample_rate_hz)


def _window_enhancer(description: WindowEnhancerDescription, run: Run) -> Enhancer:
    """Return an enhancer that cuts what it gets into windows."""

    def enhance(window: np.ndarray, index: int) -> np.ndarray:
        inputs = {"window": window[None, :, None]}
        if description.has_latents:
            inputs["index"] = np.array([index], np.int32)
        return run(inputs)["enhanced"][0, :, 0]

    shape = description.window_samples, description.overlap, description.pre_emphasis
    return Enhancer(lambda: WindowStream(enhance, *shape), description.sample_rate_hz)


def _sound_generator(description: SoundDescription, run: Run) -> SoundGenerator:
    """Return a generator; an index of a class is sent as the whole share of it."""
    num_classes = len(description.label_names)

    def render(latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        inputs = {"latents": latents}
        if num_classes:
            shares = np.eye(num_classes, dtype=np.float32)[labels] if labels.ndim == 1 else labels
            inputs["shares"] = shares.astype(np.float32)
        return run(inputs)["waveform"]

    return SoundGenerator(render, **asdict(description))


def block_step(run: Run) -> BlockStep:
    """Return the signature `step` as a function of blocks and histories.

    Args:
        run: Runs the signature, from named arrays to named arrays.
    """

    def step(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        named = {history_name(index): history for index, history in enumerate(histories)}
        outputs = run({"blocks": blocks, **named})
        return outputs["enhanced"], [outputs[name] for name in named]

    return step


def vocoder_steps(
    run: Run, description: VocoderStepDescription, num_at_once: int | None
) -> Callable[[np.ndarray], np.ndarray]:
    """Return the step of a vocoder as a function of whole mels between quiet frames.

    Args:
        run: Runs the signature, from named arrays to named arrays.
        description: Description of the model.
        num_at_once: How many frames a step takes; None for any number.

    Shape:
        [1, F, M] -> [1, F * hop, 1].
    """
    quiet = quiet_frame(description.features)
    size = num_at_once or _FRAMES_OF_A_STEP

    def render(mel: np.ndarray) -> np.ndarray:
        num_frames = mel.shape[1]
        num_filled = -num_frames % size if num_at_once else 0
        before = np.tile(quiet, [1, description.frames_before, 1])
        after = np.tile(quiet, [1, description.frames_after + num_filled, 1])
        frames = np.concatenate([before, mel, after], axis=1)
        history, frames = np.split(frames, [description.history_frames], axis=1)
        samples = []
        for start in range(0, frames.shape[1], size):
            outputs = run({"mel": frames[:, start : start + size], "history": history})
            history = outputs["history"]
            samples.append(outputs["waveform"])
        return np.concatenate(samples, axis=1)[:, : num_frames * description.features.hop_samples]

    return render


def _one_by_one(step: BlockStep) -> BlockStep:
    """Make a step of any number of blocks of one that takes a single block."""

    def steps(blocks: np.ndarray, histories: Histories) -> tuple[np.ndarray, Histories]:
        enhanced = []
        for index in range(blocks.shape[1]):
            block, histories = step(blocks[:, index : index + 1], histories)
            enhanced.append(block)
        return np.concatenate(enhanced, axis=1), histories

    return steps


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


def history_name(index: int) -> str:
    """Name of a history among the inputs and the outputs of a step."""
    return f"history_{index}"


def first_line(error: Exception) -> str:
    """Return the first line of substance of what an error of another library says.

    Args:
        error: The error.
    """
    # TensorFlow puts the node in front, and the operator behind.
    lines = [re.sub(r"\{\{.*?\}\}|\[Op:.*", "", line).strip() for line in str(error).splitlines()]
    line = next((line for line in lines if line and line[-1] != ":"), type(error).__name__)
    return line if len(line) <= 160 else f"{line[:157]}..."


def open_stream(description: EnhancerDescription, step: BlockStep) -> BlockStream:
    """Open a stream of one channel, silent before its start.

    Args:
        description: Description of the enhancer.
        step: Its step.
    """
    histories = [np.zeros([1, *shape], np.float32) for shape in description.history_shapes]
    return BlockStream(step, histories, description.hop_samples, description.latency_samples)
