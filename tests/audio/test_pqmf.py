"""The filters that split signals into bands."""

import numpy as np
import pytest
from scipy import signal

from tfgan_audio.audio.pqmf import fitting_cutoff, pqmf_filters, pqmf_snr_db
from tfgan_audio.errors import InputError


def reconstructed(noise: np.ndarray, num_bands: int, cutoff: float) -> np.ndarray:
    """Split and join by SciPy, the samples between those that are kept set to zero."""
    kept = np.zeros_like(noise)
    kept[::num_bands] = num_bands
    return sum(
        signal.correlate(kept * signal.correlate(noise, down, "same"), up, "same")
        for down, up in zip(*pqmf_filters(num_bands, cutoff=cutoff), strict=True)
    )


@pytest.mark.parametrize(
    ("num_bands", "cutoff", "least_db"), [(4, 0.142, 63.0), (4, 0.15, 19.0), (2, 0.267, 66.0)]
)
def test_white_noise_survives_as_foretold(rng, num_bands: int, cutoff: float, least_db) -> None:
    noise = rng.standard_normal(200000)
    inside = slice(100, -100)
    error = (reconstructed(noise, num_bands, cutoff) - noise)[inside]
    snr_db = 10 * np.log10(np.sum(noise[inside] ** 2) / np.sum(error**2))
    assert snr_db > least_db
    assert abs(snr_db - pqmf_snr_db(num_bands, cutoff=cutoff)) < 0.1


@pytest.mark.parametrize("num_bands", [3, 4, 6])
def test_each_filter_passes_its_band(num_bands: int) -> None:
    cutoff = fitting_cutoff(num_bands)
    for filters in pqmf_filters(num_bands, cutoff=cutoff):
        for band, taps in enumerate(filters):
            hz, response = signal.freqz(taps, worN=1024, fs=2 * num_bands)
            level_db = 20 * np.log10(np.abs(response) + 1e-12)
            middle = band + 0.5
            assert np.all(np.abs(level_db[np.abs(hz - middle) < 0.25]) < 0.5)
            assert np.all(level_db[np.abs(hz - middle) > 1.1] < -60)


def test_the_fitting_cutoff_is_the_best_and_that_of_the_paper() -> None:
    assert abs(fitting_cutoff(4) - 0.142) < 5e-4
    for num_bands in (2, 3, 5):
        best = fitting_cutoff(num_bands)
        snr_db = pqmf_snr_db(num_bands, cutoff=best)
        assert snr_db > 60
        scan = np.arange(0.4 / num_bands, 0.9 / num_bands, 0.002)
        assert snr_db > max(pqmf_snr_db(num_bands, cutoff=cutoff) for cutoff in scan)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_bands": 0}, "num_bands: got 0, expected at least 1"),
        ({"taps": 61}, "taps: got 61, expected an even number above 0"),
        ({"cutoff": 1.0}, "cutoff: got 1.0, expected a number between 0 and 1"),
    ],
)
def test_what_no_filter_bank_has(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        pqmf_filters(**options)
