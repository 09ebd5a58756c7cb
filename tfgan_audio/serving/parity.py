"""How far two runtimes of one model may differ."""

from __future__ import annotations

import numpy as np

from tfgan_audio.audio.block_stream import BlockStream
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


def stream_difference(
    reference: np.ndarray, noisy: np.ndarray, stream: BlockStream, name: str
) -> float:
    """Compare the stream of an artefact, fed in uneven chunks, with the whole in Keras.

    Args:
        reference: Output of the Keras model for the whole signal.
        noisy: The signal.
        stream: Stream of the artefact.
        name: Artefact, for the message.

    Shape:
        reference and noisy [T].

    Returns:
        The largest absolute difference.

    Raises:
        InputError: As `max_difference`.
    """
    hop_samples = stream.hop_samples
    chunks = np.split(noisy, [1, hop_samples, 2 * hop_samples, 9 * hop_samples])
    streamed = np.concatenate([*map(stream.process, chunks), stream.flush()])
    return max_difference(reference, streamed, name)


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
