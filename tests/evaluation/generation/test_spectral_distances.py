import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.spectral_distances import (
    mean_spectrum_distance_db,
    spectral_js,
)


def test_distance_of_mean_spectra_in_decibels():
    spectra = np.array([[1.0, 2.0, 4.0], [3.0, 2.0, 0.0]])  # mean 2, 2, 2
    assert mean_spectrum_distance_db(spectra, 100 * spectra) == pytest.approx(20)
    one_bin = np.array([[2.0, 2.0, 20.0]])
    assert mean_spectrum_distance_db(spectra, one_bin) == pytest.approx(10 / np.sqrt(3))
    assert mean_spectrum_distance_db(spectra, spectra[::-1]) == 0
    silence = np.zeros((1, 3))
    assert mean_spectrum_distance_db(silence, silence + 1e-8) == pytest.approx(20)


def test_divergence_of_shares_by_hand():
    """Shares (1, 0) and (1/2, 1/2): 1/2 log2(4/3) + 1/2 (1/2 log2(2/3) + 1/2 log2 2)."""
    expected = 0.5 * np.log2(4 / 3) + 0.5 * (0.5 * np.log2(2 / 3) + 0.5)
    found = spectral_js(np.array([[3.0, 0.0]]), np.array([[5.0, 5.0]]))
    assert found == pytest.approx(expected)
    assert spectral_js(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])) == pytest.approx(1)


def test_clips_count_alike_and_silence_not_at_all():
    mixed = np.array([[1.0, 0.0], [0.0, 100.0], [0.0, 0.0]])
    assert spectral_js(mixed, np.array([[1.0, 1.0]])) == pytest.approx(0, abs=1e-12)
    with pytest.raises(InputError, match="nothing but silence"):
        spectral_js(mixed, np.zeros((2, 2)))
