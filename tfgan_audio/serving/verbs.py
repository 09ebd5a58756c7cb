"""Objects with the verbs of the families, from a function that runs an exported signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np

from tfgan_audio.audio.block_stream import BlockStep, BlockStream, Histories
from tfgan_audio.audio.window_stream import WindowStream
from tfgan_audio.serving.description import Description
from tfgan_audio.serving.enhancer import Enhancer
from tfgan_audio.serving.mel_checks import quiet_frame
from tfgan_audio.serving.mel_descriptions import (
    AcousticDescription,
    VocoderDescription,
    VocoderStepDescription,
)
from tfgan_audio.serving.sound_generator import SoundGenerator
from tfgan_audio.serving.speaker import Speaker
from tfgan_audio.serving.stateless_normal import stateless_normal
from tfgan_audio.serving.vocoder import Vocoder
from tfgan_audio.serving.waveform_descriptions import (
    EnhancerDescription,
    SoundDescription,
    WindowEnhancerDescription,
)

Run = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]
_FRAMES_OF_A_STEP = 32
Opened = Enhancer | SoundGenerator | Speaker | Vocoder


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


def with_drawn_latents(run: Run, shape: Sequence[int]) -> Run:
    """Return what draws the latents of windows by their indices, as servers do by themselves.

    Args:
        run: Runs the signature of an enhancer of windows that takes the latents.
        shape: Shape of one window's latents.
    """

    def run_windows(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        seed = WindowEnhancerDescription.seed
        latents = [stateless_normal(shape, (seed, int(index))) for index in inputs["index"]]
        return run({"window": inputs["window"], "latents": np.stack(latents)})

    return run_windows


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


def open_stream(description: EnhancerDescription, step: BlockStep) -> BlockStream:
    """Open a stream of one channel, silent before its start.

    Args:
        description: Description of the enhancer.
        step: Its step.
    """
    histories = [np.zeros([1, *shape], np.float32) for shape in description.history_shapes]
    return BlockStream(step, histories, description.hop_samples, description.latency_samples)


def history_name(index: int) -> str:
    """Name of a history among the inputs and the outputs of a step."""
    return f"history_{index}"
