"""Metrics of speech by the established packages, for aligned mono signals at 16 kHz in [-1, 1].

The packages are the extra `[eval]`, imported when first used. What they cannot score (silence, too
short) raises `InputError` with the reason. Letters in shapes: T samples.
"""

import functools
import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked, checked_pair
from tfgan_audio.quiet import quiet_stderr

if TYPE_CHECKING:
    from visqol import VisqolApi

PESQ_PACKAGES = ("pesq",)
STOI_PACKAGES = ("pystoi",)
DNSMOS_PACKAGES = ("speechmos", "onnxruntime", "librosa", "requests")
VISQOL_PACKAGES = ("visqol", "ai_edge_litert")

_PESQ_SAFE_SECONDS = 20.0
_PESQ_MAX_UTTERANCES = 40
_STOI_MIN_SAMPLES = 6554  # 30 frames of 12.8 ms and one window


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


def stoi(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Short-time objective intelligibility.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Score up to 1; higher is better.

    Raises:
        InputError: If one signal is silent, there are fewer than 30 frames (0.4 s) of speech, or
            the package is missing.

    Reference:
        Taal et al. 2011, IEEE TASLP 19(7), by the package `pystoi`.
    """
    return _pystoi("stoi", reference, estimate, extended=False)


def estoi(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Extended short-time objective intelligibility, for maskers that vary in time.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Score up to 1; higher is better.

    Raises:
        InputError: If one signal is silent, there are fewer than 30 frames (0.4 s) of speech, or
            the package is missing.

    Reference:
        Jensen and Taal 2016, IEEE/ACM TASLP 24(11), by the package `pystoi`.
    """
    return _pystoi("estoi", reference, estimate, extended=True)


def dnsmos(estimate: np.ndarray) -> dict[str, float]:
    """Predict the listening scores of P.835 and P.808 from the processed speech alone.

    Samples beyond full scale are clipped, as an int16 file would have them.

    Args:
        estimate: Processed speech.

    Shape:
        `[T]` -> four scalars.

    Returns:
        `dnsmos_sig` (speech), `dnsmos_bak` (background), `dnsmos_ovrl` (overall) and
        `dnsmos_p808`, each from about 1 to 5; higher is better.

    Raises:
        InputError: If the signal is silent or empty, or the packages are missing.

    Reference:
        Reddy et al. 2022, arXiv:2110.01763, by the package `speechmos`.
    """
    estimate = checked("dnsmos", "estimate", estimate)
    require_packages("dnsmos", DNSMOS_PACKAGES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from speechmos import dnsmos as package

        scores = package.run(np.clip(estimate, -1.0, 1.0), SAMPLE_RATE_HZ)
    return {f"dnsmos_{key}": float(scores[f"{key}_mos"]) for key in ("sig", "bak", "ovrl", "p808")}


def visqol(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Predict a listening score from the similarity of auditory spectrograms, for speech.

    The mode for speech, mapped to scores by the lattice network, as version 3.3 does unless told
    otherwise. The package shifts the signals to fit and ignores their level. Where numba is
    installed, the very first call compiles for half a minute.

    Args:
        reference: Original speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Score from 1 to 5; higher is better.

    Raises:
        InputError: If the signals do not match, one is silent, there is too little speech, or a
            package is missing.

    Reference:
        Chinen et al. 2020, "ViSQOL v3", arXiv:2004.09584, by the package `visqol-python`.
    """
    reference, estimate = checked_pair("visqol", reference, estimate)
    require_packages("visqol", VISQOL_PACKAGES)
    try:
        return float(_visqol().measure_from_arrays(reference, estimate, SAMPLE_RATE_HZ).moslqo)
    except (ValueError, IndexError) as error:  # the latter where it finds no patch to compare
        raise InputError("visqol", "too little speech", "about a second or more") from error


@functools.cache
def _visqol() -> "VisqolApi":
    """The package's judge, which loads its network once."""
    from visqol import VisqolApi

    judge = VisqolApi()
    with quiet_stderr():
        judge.create(mode="speech", use_lattice_model=True)
    return judge


def require_packages(name: str, packages: tuple[str, ...]) -> None:
    """Refuse a metric whose optional packages are not installed, with the command that does it.

    Args:
        name: Metric, for the message.
        packages: Names to import.

    Raises:
        InputError: If one of them is missing.
    """
    for package in packages:
        if importlib.util.find_spec(package) is None:
            expected = 'it installed: pip install "tfgan_audio[eval]"'
            raise InputError(name, f"no package {package}", expected)


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


def _pystoi(name: str, reference: np.ndarray, estimate: np.ndarray, extended: bool) -> float:
    """The package's score, or an error where it would give a placeholder."""
    reference, estimate = checked_pair(name, reference, estimate, _STOI_MIN_SAMPLES)
    require_packages(name, STOI_PACKAGES)
    import pystoi

    with warnings.catch_warnings(), _fixed_numpy_seed():
        warnings.filterwarnings("error", message="Not enough STFT frames")
        try:
            return float(pystoi.stoi(reference, estimate, SAMPLE_RATE_HZ, extended))
        except RuntimeWarning as error:
            raise InputError(name, "less than 0.4 s of speech", "30 frames or more") from error


@contextmanager
def _fixed_numpy_seed() -> Iterator[None]:
    """Make the dither that pystoi draws from the global generator the same every time."""
    state = np.random.get_state()
    np.random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(state)
