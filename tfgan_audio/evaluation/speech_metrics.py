"""Metrics of speech by the established packages, for aligned mono signals at 16 kHz in [-1, 1].

The packages are the extra `[eval]`, imported when first used. What they cannot score (silence, too
short) raises `InputError` with the reason. Letters in shapes: T samples.
"""

import functools
import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked, checked_pair
from tfgan_audio.quiet import quiet_stderr

if TYPE_CHECKING:
    from speechmos.dnsmos import DNSMOS
    from visqol import VisqolApi

STOI_PACKAGES = ("pystoi",)
DNSMOS_PACKAGES = ("speechmos", "onnxruntime", "librosa", "requests")
VISQOL_PACKAGES = ("visqol", "ai_edge_litert")

_STOI_MIN_SAMPLES = 6554  # 30 frames of 12.8 ms and one window


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
        scores = _dnsmos()(np.clip(estimate, -1.0, 1.0), SAMPLE_RATE_HZ, False)
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
def _dnsmos() -> "DNSMOS":
    """The package's judge, which loads its networks once; its idle threads sleep.

    By default they spin while they wait, and take a quarter of the time from other processes.
    """
    from onnxruntime import InferenceSession, SessionOptions
    from speechmos import dnsmos as package

    options = SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    folder = Path(package.__file__).parent / "dnsmos_models"
    judge = package.DNSMOS.__new__(package.DNSMOS)  # its constructor takes no options
    judge.onnx_sess, judge.p808_onnx_sess = (
        InferenceSession(folder / name, options) for name in ("sig_bak_ovr.onnx", "model_v8.onnx")
    )
    return judge


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
