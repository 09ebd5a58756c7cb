"""Metrics of short frames, for aligned mono signals at 16 kHz.

Frames of 30 ms every 7.5 ms under a Hann window, the last full one left out, as the established
code of Hu and Loizou has them; thresholds are for samples in [-1, 1]. What cannot be scored
(silence, too short) raises `InputError` with the reason. Letters in shapes: T samples, F frames,
K frequency bins, L lags.
"""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from tfgan_audio.evaluation.signals import SAMPLE_RATE_HZ, checked_pair

_WINDOW_SAMPLES = 480
_HOP_SAMPLES = 120
_WINDOW = np.hanning(_WINDOW_SAMPLES + 2)[1:-1]
_BLOCK_FRAMES = 1024  # bounds the memory for long signals to a few megabytes
_KEPT_SHARE = 0.95  # of the frames, in order of distance: the worst are taken for outliers

_SEGMENTAL_SNR_LIMITS_DB = (-10.0, 35.0)

_LPC_ORDER = 16
_LPC_FFT_SAMPLES = 512  # at least window + order, so that circular filtering is linear
_SILENT_ENERGY = 1e-20  # of a frame; half a step of 16 bits in one sample has 2e-10

_WSS_FFT_SAMPLES = 1024
_WSS_POWER_FLOOR = 1e-10
_WSS_LOWEST_BAND_HZ = 50.0
_WSS_BANDWIDTHS_HZ = np.array([
    70.0, 70.0, 70.0, 70.0, 70.0, 70.0, 70.0, 77.3724, 86.0056, 95.3398, 105.411, 116.256, 127.914,
    140.423, 153.823, 168.154, 183.457, 199.776, 217.153, 235.631, 255.255, 276.072, 298.126,
    321.465, 346.136,
])  # fmt: skip
_WSS_GLOBAL_PEAK_DB = 20.0
_WSS_LOCAL_PEAK_DB = 1.0


def segmental_snr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Mean over frames of the signal-to-noise ratio in dB, each limited to [-10, 35].

    The noise is the difference of the two signals, so level and delay count. A silent frame of the
    reference counts -10 dB, whatever the estimate.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Ratio in dB; higher is better.

    Raises:
        InputError: If the signals do not match, one is silent, or they have less than 600 samples.

    Reference:
        Hansen and Pellom 1998, "An effective quality evaluation protocol for speech enhancement
        algorithms", ICSLP.
    """
    ratios_db = _per_frame("segmental_snr", reference, estimate, _frame_snr_db)
    return float(ratios_db.mean())


def llr_95(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Log-likelihood ratio of the linear predictors (order 16), mean of the lowest 95 % of frames.

    How much more energy the reference leaves behind the inverse filter of the estimate than behind
    its own, as a natural logarithm: the distance of the spectral envelopes. Level does not count.
    A silent frame has no envelope: its predictor is flat, and a silent reference is at distance 0.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Distance from 0, not limited; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, or they have less than 600 samples.

    Reference:
        Quackenbush, Barnwell and Clements 1988, "Objective Measures of Speech Quality".
    """
    return _lowest_mean(_per_frame("llr_95", reference, estimate, _frame_llr))


def wss_95(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Weighted spectral slope distance of 25 critical bands, mean of the lowest 95 % of frames.

    Squared differences of the slopes between neighbouring bands in dB, weighted by how near a band
    is to the highest and to its own peak, in both signals.

    Args:
        reference: Clean speech.
        estimate: Processed speech.

    Shape:
        `[T]`, `[T]` -> scalar.

    Returns:
        Distance from 0; lower is better.

    Raises:
        InputError: If the signals do not match, one is silent, or they have less than 600 samples.

    Reference:
        Klatt 1982, "Prediction of perceived phonetic distance from critical-band spectra: a first
        step", ICASSP.
    """
    return _lowest_mean(_per_frame("wss_95", reference, estimate, _frame_wss))


def _per_frame(
    name: str,
    reference: np.ndarray,
    estimate: np.ndarray,
    function: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Value of every frame, [T], [T] -> [F]."""
    signals = checked_pair(name, reference, estimate, _WINDOW_SAMPLES + _HOP_SAMPLES)
    return np.concatenate([function(frames) for frames in _blocks(np.stack(signals))])


def _blocks(signals: np.ndarray) -> Iterator[np.ndarray]:
    """Windowed frames, some at a time, [2, T] -> [2, F, 480]."""
    num_frames = (signals.shape[1] - _WINDOW_SAMPLES) // _HOP_SAMPLES
    frames = np.lib.stride_tricks.sliding_window_view(signals, _WINDOW_SAMPLES, axis=1)
    frames = frames[:, : num_frames * _HOP_SAMPLES : _HOP_SAMPLES]
    for start in range(0, num_frames, _BLOCK_FRAMES):
        yield frames[:, start : start + _BLOCK_FRAMES] * _WINDOW


def _lowest_mean(distances: np.ndarray) -> float:
    """Mean of the lowest 95 %."""
    return float(np.sort(distances)[: round(_KEPT_SHARE * len(distances))].mean())


def _power(frames: np.ndarray, num_points: int) -> np.ndarray:
    """Power spectrum, [..., 480] -> [..., K]."""
    spectrum = np.fft.rfft(frames, num_points)
    return spectrum.real**2 + spectrum.imag**2


def _frame_snr_db(frames: np.ndarray) -> np.ndarray:
    """Limited ratio of every frame, [2, F, 480] -> [F]."""
    signal, noise = (frames[0] ** 2).sum(axis=-1), ((frames[0] - frames[1]) ** 2).sum(axis=-1)
    low, high = (10 ** (limit_db / 10) for limit_db in _SEGMENTAL_SNR_LIMITS_DB)
    ratio = np.divide(signal, noise, out=np.full_like(signal, high), where=noise > 0)
    return 10 * np.log10(np.clip(np.where(signal > 0, ratio, low), low, high))


def _frame_llr(frames: np.ndarray) -> np.ndarray:
    """Log-likelihood ratio of every frame, [2, F, 480] -> [F]."""
    power = _power(frames, _LPC_FFT_SAMPLES)
    lags = np.fft.irfft(power, _LPC_FFT_SAMPLES)[..., : _LPC_ORDER + 1]
    inverse_filters = _power(_predictors(lags), _LPC_FFT_SAMPLES)
    left = np.fft.irfft(power[0] * inverse_filters, _LPC_FFT_SAMPLES)[..., 0] + _SILENT_ENERGY
    return np.log(left[1] / left[0])


def _predictors(lags: np.ndarray) -> np.ndarray:
    """Prediction-error filters by the Levinson-Durbin recursion, [..., L] -> [..., L]."""
    filters = np.zeros_like(lags)
    filters[..., 0] = 1
    error = lags[..., 0].copy()
    for order in range(1, lags.shape[-1]):
        product = (filters[..., :order] * lags[..., order:0:-1]).sum(axis=-1)
        audible = error > _SILENT_ENERGY
        reflection = np.divide(-product, error, out=np.zeros_like(error), where=audible)
        filters[..., 1 : order + 1] += reflection[..., None] * filters[..., order - 1 :: -1]
        error *= 1 - reflection**2
    return filters


def _frame_wss(frames: np.ndarray) -> np.ndarray:
    """Weighted spectral slope distance of every frame, [2, F, 480] -> [F]."""
    power = _power(frames, _WSS_FFT_SAMPLES) @ _critical_bands()
    levels_db = 10 * np.log10(np.maximum(power, _WSS_POWER_FLOOR))
    slopes_db = np.diff(levels_db)
    weights = _slope_weights(levels_db, slopes_db).mean(axis=0)
    return (weights * (slopes_db[0] - slopes_db[1]) ** 2).sum(axis=-1) / weights.sum(axis=-1)


def _slope_weights(levels_db: np.ndarray, slopes_db: np.ndarray) -> np.ndarray:
    """Klatt's weights of the slopes, [..., 25], [..., 24] -> [..., 24].

    The search for a slope's own peak goes uphill. To the right it ends one band short of the peak,
    as in the established code, whose values are the published ones.
    """
    bands = np.arange(slopes_db.shape[-1])
    rising = slopes_db > 0
    next_fall = np.where(rising, len(bands), bands)[..., ::-1]
    next_fall = np.minimum.accumulate(next_fall, axis=-1)[..., ::-1]
    last_rise = np.maximum.accumulate(np.where(rising, bands, -1), axis=-1)
    local_peak = np.where(rising, next_fall - 1, last_rise + 1)
    below_local_db = np.take_along_axis(levels_db, local_peak, axis=-1) - levels_db[..., :-1]
    below_global_db = levels_db.max(axis=-1, keepdims=True) - levels_db[..., :-1]
    near_global = _WSS_GLOBAL_PEAK_DB / (_WSS_GLOBAL_PEAK_DB + below_global_db)
    return near_global * _WSS_LOCAL_PEAK_DB / (_WSS_LOCAL_PEAK_DB + below_local_db)


@functools.cache
def _critical_bands() -> np.ndarray:
    """Gaussian filters of equal weight, `[K, 25]`."""
    bin_hz = SAMPLE_RATE_HZ / _WSS_FFT_SAMPLES
    steps_hz = np.concatenate([[_WSS_LOWEST_BAND_HZ], _WSS_BANDWIDTHS_HZ[:-1]])
    centres, widths = np.floor(np.cumsum(steps_hz) / bin_hz), _WSS_BANDWIDTHS_HZ / bin_hz
    bins = np.arange(_WSS_FFT_SAMPLES // 2 + 1)[:, None]
    gains = np.exp(-11 * ((bins - centres) / widths) ** 2) * widths[0] / widths
    return np.where(gains > np.exp(-30 / 4.606), gains, 0)
