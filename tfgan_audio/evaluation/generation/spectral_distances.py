"""Distances of the mean spectra of two sets of clips.

Letters: N and M clips, K frequency bins.
"""

import numpy as np
from scipy.spatial.distance import jensenshannon

from tfgan_audio.errors import InputError

JS_SCALES = (256, 512, 1024, 2048, 4096)
"""Lengths of the transforms that `spectral_js` is the mean over, in samples."""
_FLOOR = 1e-10  # 100 dB below a full-scale sine


def mean_spectrum_distance_db(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return the RMS difference in dB of the mean power spectra, down to 100 dB below full scale.

    Args:
        reference: Power spectra of real clips, see `power_spectra`.
        estimate: Power spectra of generated clips.

    Shape:
        `[N, K]`, `[M, K]` -> scalar.
    """
    levels_db = [
        10 * np.log10(np.maximum(spectra.mean(axis=0), _FLOOR)) for spectra in (reference, estimate)
    ]
    return float(np.sqrt(np.square(levels_db[0] - levels_db[1]).mean()))


def spectral_js(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Return the Jensen-Shannon divergence in bits of how two sets share energy out over frequency.

    Every clip counts alike, whatever its level; digital silence does not count.

    Args:
        reference: Power spectra of real clips.
        estimate: Power spectra of generated clips.

    Shape:
        `[N, K]`, `[M, K]` -> scalar from 0 (equal) to 1 (nothing in common).

    Raises:
        InputError: Nothing but silence in a set.
    """
    return float(jensenshannon(_shares(reference), _shares(estimate), base=2) ** 2)


def _shares(spectra: np.ndarray) -> np.ndarray:
    """Mean over the clips of their energy's shares, `[K]`."""
    total = spectra.sum(axis=1)
    if not total.any():
        raise InputError("spectral divergence", "nothing but silence", "clips with sound")
    audible = total > 0
    return (spectra[audible] / total[audible, None]).mean(axis=0)
