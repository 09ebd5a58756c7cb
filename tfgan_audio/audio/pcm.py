"""Samples as numbers of so many bits."""

import numpy as np

from tfgan_audio.errors import InputError


def pcm16(waveform: np.ndarray) -> np.ndarray:
    """Round samples in [-1, 1] to 16 bits; what lies outside is clipped.

    The inverse of ``samples.astype(np.float32) / 32768``, exactly.

    Args:
        waveform: Samples of any shape.

    Returns:
        int16 of the same shape.

    Raises:
        InputError: NaN or infinity, or integers.

    Example:
        >>> pcm16(np.array([-1.0, 0.5, 1.0]))
        array([-32768,  16384,  32767], dtype=int16)
    """
    waveform = np.asarray(waveform)
    refuse_unusable("waveform", waveform)
    return integers(waveform, 16).astype(np.int16)


def integers(waveform: np.ndarray, num_bits: int) -> np.ndarray:
    """Round samples to whole numbers of so many bits, clipped to their range.

    Args:
        waveform: Finite samples, full scale at 1.
        num_bits: 8 to 32.

    Returns:
        int32 of the same shape.

    Example:
        >>> integers(np.array([-2.0, 0.5]), 24)
        array([-8388608,  4194304], dtype=int32)
    """
    limit = 1 << (num_bits - 1)
    # float32 can not tell the largest number of 32 bits from the one after it.
    exact = np.promote_types(waveform.dtype, np.float64 if num_bits > 16 else np.float32)
    scaled = np.rint(waveform.astype(exact, copy=False) * limit)
    return np.clip(scaled, -limit, limit - 1).astype(np.int32)


def refuse_unusable(name: object, block: np.ndarray, position: int = 0) -> None:
    """Raise if a block holds what is no sample, or integers, whose scale nobody knows.

    Args:
        name: What errors call it.
        block: Samples, time first.
        position: Samples before this block.

    Raises:
        InputError: NaN or infinity, or integers.
    """
    if block.dtype.kind in "iub":
        raise InputError(name, f"{block.dtype} samples", "floating point samples in [-1, 1]")
    if not np.isfinite(block).all():
        where = position + int(np.argwhere(~np.isfinite(block))[0, 0]) if block.ndim else position
        raise InputError(name, f"NaN or infinity at sample {where}", "finite samples")
