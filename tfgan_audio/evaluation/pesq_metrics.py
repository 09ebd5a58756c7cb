"""PESQ by the established package, for aligned mono signals at 16 kHz in [-1, 1].

The package is in the extra `[eval]`, imported when first used. What it cannot score (silence, too
short) raises `InputError` with the reason. Letters in shapes: T samples.
"""

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked_pair
from tfgan_audio.evaluation.speech_metrics import require_packages

PESQ_PACKAGES = ("pesq",)

_PESQ_SAFE_SECONDS = 20.0
_PESQ_MAX_UTTERANCES = 40


def pesq_wb(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Wide-band PESQ (MOS-LQO), without corrigendum 2, as published tables use it.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Score from about 1.0 to 4.64; higher is better.

    Raises:
        InputError: If there is no speech in the reference, less than 0.25 s of it, more than 40
            utterances (the reference code has room for 50), or the package is missing.

    Reference:
        ITU-T P.862.2 (2005), by the package `pesq`.
    """
    return _pesq("pesq_wb", reference, estimate, "wb")


def pesq_nb(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Narrow-band PESQ (MOS-LQO) of signals at 16 kHz, as a telephone of 3.1 kHz would carry them.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Score from about 1.0 to 4.55; higher is better.

    Raises:
        InputError: As `pesq_wb`.

    Reference:
        ITU-T P.862 (2001) with the mapping of P.862.1 (2003), by the package `pesq`.
    """
    return _pesq("pesq_nb", reference, estimate, "nb")


def _pesq(name: str, reference: np.ndarray, estimate: np.ndarray, mode: str) -> float:
    """The package's score in one of its modes, or an error where it would crash."""
    reference, estimate = checked_pair(name, reference, estimate)
    require_packages(name, PESQ_PACKAGES)
    import pesq

    # The reference code writes past its tables, in the end a crash, when it finds more than 50
    # utterances; each takes at least 0.4 s, so short signals cannot have as many.
    if len(reference) > _PESQ_SAFE_SECONDS * SAMPLE_RATE_HZ:
        num_utterances = _most_utterances(reference)
        if num_utterances > _PESQ_MAX_UTTERANCES:
            seen = f"{num_utterances} utterances, too many for one PESQ score"
            raise InputError(name, seen, f"at most {_PESQ_MAX_UTTERANCES} in one file")
    try:
        return float(pesq.pesq(SAMPLE_RATE_HZ, reference, estimate, mode))
    except (pesq.PesqError, ValueError) as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise InputError(name, reason.lower(), "speech of at least 0.25 s") from error


def _most_utterances(reference: np.ndarray) -> int:
    """Most utterances that any level threshold finds: 4 ms frames, pauses and bursts over 0.2 s."""
    num_frames = len(reference) // 64
    power = (reference[: num_frames * 64].reshape(num_frames, 64) ** 2).mean(axis=-1)
    most = 0
    for threshold in power.max() * np.logspace(-8, 0, 81):
        edges = np.diff(np.concatenate([[0], power > threshold, [0]]))
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        if len(starts) > 0:
            parted = starts[1:] - ends[:-1] > 50
            lengths = ends[np.append(parted, True)] - starts[np.append(True, parted)]
            most = max(most, int((lengths >= 50).sum()))
    return most
