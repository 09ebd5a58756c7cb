"""Filters that split a signal into equal bands at their least rate, and join them again."""

from __future__ import annotations

import numpy as np

from tfgan_audio.errors import InputError

_GOLDEN = 0.5 * (5.0**0.5 - 1.0)


def pqmf_filters(
    num_bands: int = 4, taps: int = 62, cutoff: float = 0.142, beta: float = 9.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the filters of a pseudo quadrature mirror filter bank.

    One low-pass prototype, a windowed sine, is shifted to the middle of each band by a cosine. Both
    directions correlate, without turning the filters round; see `layers.pqmf`.

    Args:
        num_bands: Number of bands N.
        taps: Order of the filters, an even number; they have one value more.
        cutoff: Of the prototype, as a share of half the rate. It has to fit the number of bands,
            about 0.57 / N: see `fitting_cutoff`.
        beta: Of the prototype's Kaiser window.

    Shape:
        Analysis and synthesis, [N, `taps` + 1] each.

    Returns:
        float64.

    Raises:
        InputError: A number out of range.

    Reference:
        Nguyen 1994, IEEE Transactions on Signal Processing 42(1) (near-perfect reconstruction);
        Lin and Vaidyanathan 1998, IEEE Signal Processing Letters 5(6) (the prototype); with the
        numbers of multi-band MelGAN, Yang et al. 2021, arXiv:2005.05106.
    """
    if num_bands < 1:
        raise InputError("num_bands", num_bands, "at least 1")
    if taps < 2 or taps % 2:
        raise InputError("taps", taps, "an even number above 0")
    if not 0.0 < cutoff < 1.0:
        raise InputError("cutoff", cutoff, "a number between 0 and 1")
    position = np.arange(taps + 1) - taps // 2
    prototype = cutoff * np.sinc(cutoff * position) * np.kaiser(taps + 1, beta)
    band = np.arange(num_bands)[:, None]
    angle = (2 * band + 1) * np.pi / (2 * num_bands) * position
    phase = np.where(band % 2, -1.0, 1.0) * np.pi / 4.0
    return 2.0 * prototype * np.cos(angle + phase), 2.0 * prototype * np.cos(angle - phase)


def pqmf_snr_db(
    num_bands: int = 4, taps: int = 62, cutoff: float = 0.142, beta: float = 9.0
) -> float:
    """Return how well white noise survives being split and joined.

    Args:
        num_bands: As in `pqmf_filters`.
        taps: The same.
        cutoff: The same.
        beta: The same.

    Returns:
        Ratio of the signal to its error in dB.
    """
    analysis, synthesis = pqmf_filters(num_bands, taps, cutoff, beta)
    position = np.arange(taps + 1) - taps // 2
    error = 0.0
    for phase in range(num_bands):  # of an impulse, to the samples that the bands keep
        is_kept = (position + phase) % num_bands == 0
        bands = np.where(is_kept, num_bands * analysis[:, ::-1], 0.0)
        joined = sum(np.correlate(*pair, "full") for pair in zip(bands, synthesis))
        joined[taps] -= 1.0
        error += np.sum(np.square(joined))
    return float(10.0 * np.log10(num_bands / error))


def fitting_cutoff(num_bands: int, taps: int = 62, beta: float = 9.0) -> float:
    """Return the cutoff with which a bank of so many bands reconstructs best.

    Args:
        num_bands: As in `pqmf_filters`.
        taps: The same.
        beta: The same.

    Returns:
        Cutoff, rounded to four digits.

    Example:
        >>> round(fitting_cutoff(4), 3)
        0.142
    """
    low, high = 0.5 / num_bands, min(0.99, 1.0 / num_bands)
    while high - low > 1e-5:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        of_left, of_right = (pqmf_snr_db(num_bands, taps, c, beta) for c in (left, right))
        low, high = (low, right) if of_left > of_right else (left, high)
    return round(0.5 * (low + high), 4)
