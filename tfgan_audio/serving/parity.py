"""How far two runtimes of one model may differ."""

from __future__ import annotations

import math

import numpy as np

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.audio.frame_stream import FrameStream
from tfgan_audio.errors import InputError

LIMIT = 1e-5


def max_difference(
    reference: np.ndarray, other: np.ndarray, name: str, limit: float = LIMIT
) -> float:
    """Compare the outputs of two runtimes.

    Args:
        reference: Output of the Keras model.
        other: Output of the artefact for the same input.
        name: Artefact, for the message.
        limit: Largest difference that is accepted, in units of full scale.

    Returns:
        The largest absolute difference.

    Raises:
        InputError: Another shape, NaN, or a difference above the limit.
    """
    if reference.shape != other.shape:
        raise InputError(name, f"output shape {other.shape}", f"{reference.shape} as in Keras")
    difference = float(np.max(np.abs(reference - other), initial=0.0))
    if not difference <= limit:
        raise InputError(name, f"{difference:.3g} away from Keras", f"at most {limit:g}")
    return difference


def refuse_non_finite(reference: np.ndarray, name: str) -> None:
    """Refuse a model that no artefact can repair.

    Args:
        reference: Output of the Keras model.
        name: Artefact, for the message.

    Raises:
        InputError: NaN or infinity.
    """
    if not np.isfinite(reference).all():
        raise InputError(name, "NaN or infinity from the Keras model itself", "finite weights")


def signal_to_noise_db(reference: np.ndarray, other: np.ndarray) -> float:
    """Return how far the error of an artefact lies below the signal.

    Args:
        reference: Output of the Keras model.
        other: Output of the artefact for the same input.
    """
    error = float(np.mean(np.square(reference - other, dtype=np.float64)))
    power = float(np.mean(np.square(reference, dtype=np.float64)))
    return 10.0 * math.log10(power / error) if error and power else math.inf


def streamed(stream: BlockStream | FrameStream, signal: np.ndarray, size: int) -> np.ndarray:
    """Return what a stream makes of a signal that comes in uneven chunks.

    Args:
        stream: Stream of an artefact.
        signal: What goes in, longer than nine chunks.
        size: Samples or frames of a chunk.

    Shape:
        [T].
    """
    chunks = np.split(signal, [1, size, 2 * size, 9 * size])
    return np.concatenate([*map(stream.process, chunks), stream.flush()])


def probe_signal(num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Return a signal that exercises a model: a sweep in noise, with a pause.

    Args:
        num_samples: Length.
        sample_rate_hz: Rate, which sets the sweep's range.

    Shape:
        [T] float32 in [-1, 1].
    """
    time = np.arange(num_samples) / sample_rate_hz
    duration = num_samples / sample_rate_hz
    sweep = 0.3 * np.sin(2 * np.pi * (100 * time + sample_rate_hz / 8 * time**2 / duration))
    noise = 0.05 * np.random.default_rng(0).standard_normal(num_samples)
    pause = (time < 0.4 * duration) | (time > 0.5 * duration)
    return ((sweep + noise) * pause).astype(np.float32)
