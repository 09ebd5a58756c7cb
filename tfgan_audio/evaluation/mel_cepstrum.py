"""Mel-cepstra of spectral envelopes. Letters in shapes: F frames, K frequency bins, D order."""

import functools

import numpy as np


def mel_cepstra(power: np.ndarray, order: int, warping: float) -> np.ndarray:
    """Return the cepstra of log amplitudes on a warped frequency axis.

    The log amplitude at the warped frequency w is `c_0 + c_1 cos(w) + c_2 cos(2 w) + ...`.

    Args:
        power: Power spectra above 0, from 0 Hz to half the sample rate.
        order: Highest coefficient D.
        warping: Coefficient of the all-pass filter that warps; 0.42 gives the mel scale at 16 kHz.

    Shape:
        `[F, K]` -> `[F, D + 1]`.

    Reference:
        Oppenheim and Johnson 1972, "Discrete representation of signals", Proc. IEEE 60(6).

    Example:
        >>> mel_cepstra(np.full([1, 257], np.exp(2.0)), order=2, warping=0.42).round(6)
        array([[1., 0., 0.]])
    """
    num_bins = power.shape[-1]
    cepstra = np.fft.irfft(np.log(power), axis=-1)[..., :num_bins]
    cepstra[..., [0, -1]] /= 2  # both ends stand once in the two-sided cepstrum, the others twice
    return cepstra @ _all_pass_powers(num_bins, order, warping)


@functools.cache
def _all_pass_powers(num_powers: int, order: int, warping: float) -> np.ndarray:
    """Coefficients 0 to D of each power of the all-pass filter, `[K, D + 1]`."""
    powers = np.zeros((num_powers, order + 1))
    powers[0, 0] = 1
    for last, power in zip(powers, powers[1:], strict=False):
        power[0] = warping * last[0]
        power[1:2] = (1 - warping**2) * last[0] + warping * last[1:2]
        for index in range(2, order + 1):
            power[index] = last[index - 1] + warping * (last[index] - power[index - 1])
    return powers
