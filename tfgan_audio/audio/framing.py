"""Frames, overlap-add and windows with cross-fade, for NumPy arrays and TensorFlow tensors.

NumPy in gives NumPy out and needs no TensorFlow; a tensor in gives a tensor out, with an unknown
batch size or length if need be. Letters: B batch, T samples, C channels, F frames, N samples of a
frame, W windows.
"""

from typing import Any

import numpy as np

from tfgan_audio.errors import InputError

Array = Any  # np.ndarray or tf.Tensor; the result is of the same kind


def frame(waveform: Array, frame_samples: int, hop_samples: int) -> Array:
    """Cut a waveform into overlapping frames; what fills no frame at the end is left out.

    Args:
        waveform: Samples, time last.
        frame_samples: Length N of a frame.
        hop_samples: Distance between frames.

    Shape:
        [..., T] -> [..., F, N] with ``F = 1 + (T - N) // hop_samples``, or 0.

    Example:
        >>> frame(np.arange(5), 3, 2)
        array([[0, 1, 2],
               [2, 3, 4]])
    """
    _check_counts(frame_samples=frame_samples, hop_samples=hop_samples)
    if not isinstance(waveform, np.ndarray):
        import tensorflow as tf

        return tf.signal.frame(waveform, frame_samples, hop_samples)
    if waveform.shape[-1] < frame_samples:
        return np.zeros((*waveform.shape[:-1], 0, frame_samples), waveform.dtype)
    windows = np.lib.stride_tricks.sliding_window_view(waveform, frame_samples, axis=-1)
    return windows[..., ::hop_samples, :].copy()


def overlap_add(frames: Array, hop_samples: int, window: np.ndarray | None = None) -> Array:
    """Add overlapping frames up; with a window, the inverse of `frame`.

    Args:
        frames: Frames.
        hop_samples: Distance between frames, at most N.
        window: Weights of a frame's samples. Each frame is multiplied by them, and the sum is
            divided by theirs, so that frames which agree are given back exactly.

    Shape:
        [..., F, N] -> [..., T] with ``T = (F - 1) * hop_samples + N``.

    Raises:
        InputError: A hop beyond the frame, or a window that leaves samples without weight.
    """
    frame_samples = frames.shape[-1]
    _check_counts(hop_samples=hop_samples)
    if hop_samples > frame_samples:
        raise InputError("hop_samples", hop_samples, f"at most {frame_samples}, the frame's length")
    if window is None:
        return _sum(frames, hop_samples)
    if window.shape != (frame_samples,) or np.any(window <= 0.0):
        raise InputError("window", f"shape {window.shape}", f"{frame_samples} weights above 0")
    window = window.astype(np.float32)
    if isinstance(frames, np.ndarray):
        weights = np.broadcast_to(window, frames.shape[-2:])
    else:
        import tensorflow as tf

        weights = tf.broadcast_to(window, tf.shape(frames)[-2:])
    return _sum(frames * window, hop_samples) / _sum(weights, hop_samples)


def pad_to_multiple(waveform: Array, multiple_samples: int, axis: int = -1) -> Array:
    """Append zeros along the time axis up to the next multiple of a length.

    Args:
        waveform: Samples.
        multiple_samples: What the length shall be divisible by.
        axis: Time axis.
    """
    _check_counts(multiple_samples=multiple_samples)
    axis %= len(waveform.shape)
    if isinstance(waveform, np.ndarray):
        missing = -waveform.shape[axis] % multiple_samples
        return np.pad(waveform, [(0, missing * (k == axis)) for k in range(waveform.ndim)])
    import tensorflow as tf

    missing = -tf.shape(waveform)[axis] % multiple_samples
    return tf.pad(waveform, [(0, missing * (k == axis)) for k in range(waveform.shape.rank)])


def cross_fade_weights(window_samples: int, overlap_samples: int) -> np.ndarray:
    """Return weights that rise over the overlap, stay at one and fall over the overlap.

    Windows that overlap by ``overlap_samples`` have weights that sum to one, except in the first
    rise and the last fall.

    Args:
        window_samples: Length N of a window.
        overlap_samples: Samples that neighbours share, from 0 to half a window.

    Returns:
        float32 [N], above 0: raised cosine.

    Raises:
        InputError: An overlap outside its range.
    """
    _check_counts(window_samples=window_samples)
    if not 0 <= overlap_samples <= window_samples // 2:
        expected = f"from 0 to half a window ({window_samples // 2})"
        raise InputError("overlap_samples", overlap_samples, expected)
    phase = (np.arange(overlap_samples) + 0.5) / max(1, overlap_samples)
    rise = np.square(np.sin(0.5 * np.pi * phase))
    flat = np.ones(window_samples - 2 * overlap_samples)
    return np.concatenate([rise, flat, rise[::-1]]).astype(np.float32)


def split_windows(waveform: Array, window_samples: int, overlap_samples: int) -> Array:
    """Cut a whole waveform into windows that overlap, the last one filled up with zeros.

    Args:
        waveform: Samples, at least one.
        window_samples: Length N of a window.
        overlap_samples: Samples that neighbours share.

    Shape:
        [T, C] -> [W, N, C].

    Raises:
        InputError: An overlap beyond half a window.
    """
    cross_fade_weights(window_samples, overlap_samples)  # checks the lengths
    hop_samples = window_samples - overlap_samples
    if isinstance(waveform, np.ndarray):
        missing = -max(0, len(waveform) - window_samples) % hop_samples
        missing += max(0, window_samples - len(waveform))
        padded = np.pad(waveform, [(0, missing), (0, 0)])
        return np.moveaxis(frame(padded.T, window_samples, hop_samples), 0, -1)
    import tensorflow as tf

    num_samples = tf.shape(waveform)[0]
    missing = -tf.maximum(0, num_samples - window_samples) % hop_samples
    missing += tf.maximum(0, window_samples - num_samples)
    padded = tf.pad(waveform, [(0, missing), (0, 0)])
    return tf.signal.frame(padded, window_samples, hop_samples, axis=0)


def join_windows(windows: Array, overlap_samples: int, num_samples: int | Array) -> Array:
    """Put processed windows together again, cross-fading from each to the next.

    Args:
        windows: Windows as `split_windows` cuts them.
        overlap_samples: Samples that neighbours share.
        num_samples: Length T of the result.

    Shape:
        [W, N, C] -> [T, C].
    """
    window_samples = windows.shape[1]
    weights = cross_fade_weights(window_samples, overlap_samples)
    hop_samples = window_samples - overlap_samples
    if isinstance(windows, np.ndarray):
        return overlap_add(np.moveaxis(windows, -1, 0), hop_samples, weights).T[:num_samples]
    import tensorflow as tf

    channels = overlap_add(tf.transpose(windows, [2, 0, 1]), hop_samples, weights)
    return tf.transpose(channels)[:num_samples]


def _sum(frames: Array, hop_samples: int) -> Array:
    """Add frames [..., F, N] up at their places."""
    if not isinstance(frames, np.ndarray):
        import tensorflow as tf

        return tf.signal.overlap_and_add(frames, hop_samples)
    num_frames, frame_samples = frames.shape[-2:]
    num_samples = (num_frames - 1) * hop_samples + frame_samples if num_frames else 0
    total = np.zeros((*frames.shape[:-2], num_samples), frames.dtype)
    for k in range(num_frames):
        start = k * hop_samples
        total[..., start : start + frame_samples] += frames[..., k, :]
    return total


def _check_counts(**counts: int) -> None:
    """Raise unless all are at least 1."""
    for name, value in counts.items():
        if value < 1:
            raise InputError(name, value, "a whole number above 0")
