import numpy as np
import pytest

from tfgan_audio.evaluation.generation import signal_statistics as statistics


def sine(frequency_hz, amplitude=1.0, num_samples=16000):
    return amplitude * np.sin(2 * np.pi * frequency_hz * np.arange(num_samples) / 16000 + 0.3)


def test_levels_of_sines():
    """The mean square of a sine of amplitude a is a^2 / 2: -3.01 dB."""
    clips = np.stack([sine(1000), sine(1000, 0.1), 0 * sine(1)])
    assert statistics.rms_dbfs(clips) == pytest.approx([-3.0103, -23.0103, -120], abs=1e-3)
    assert statistics.peak_dbfs(clips) == pytest.approx([0, -20, -120], abs=0.05)
    assert statistics.is_silent(clips).tolist() == [False, False, True]
    assert statistics.is_silent(sine(1000, [[0.001], [0.002]])).tolist() == [True, False]


def test_clipped_samples_are_counted():
    clip = np.zeros((1, 100))
    clip[0, :7] = [1, -1, 0.9995, -1.2, 0.998, 0.5, -0.9]
    assert statistics.clipping_rate(clip) == [0.04]


def test_power_at_a_bin_is_the_square_of_the_amplitude():
    spectra = statistics.power_spectra(np.stack([sine(1000), sine(3000, 0.5)]), 1024)
    assert spectra.shape == (2, 513)
    assert spectra.argmax(axis=1).tolist() == [64, 192]
    assert spectra.max(axis=1) == pytest.approx([1, 0.25], rel=1e-4)
    assert statistics.power_spectra(np.ones((1, 10)), 256).shape == (1, 129)


def test_white_noise_is_flat_and_loud_as_it_is(rng):
    """Noise of variance v has an expected power of 4 v sum(w^2) / sum(w)^2 at every inner bin."""
    clips = 0.1 * rng.normal(size=(40, 16000))
    window = np.hanning(513)[:-1]
    expected = 4 * 0.01 * np.square(window).sum() / window.sum() ** 2
    mean = statistics.power_spectra(clips, 512).mean(axis=0)[1:-1]
    np.testing.assert_allclose(mean, expected, rtol=0.15)


def test_centroid_and_bandwidth_of_tones():
    clips = np.stack([sine(2000), sine(1000) + sine(3000), sine(1000) + sine(3000, 0.5)])
    spectra = statistics.power_spectra(clips, 1024)
    centroids = statistics.spectral_centroid_hz(spectra, 16000)
    assert centroids == pytest.approx([2000, 2000, (1000 + 0.25 * 3000) / 1.25], abs=2)
    bandwidths = statistics.spectral_bandwidth_hz(spectra, 16000)
    assert bandwidths[1:] == pytest.approx([1000, 800], abs=2) and bandwidths[0] < 20
    assert np.isnan(statistics.spectral_centroid_hz(np.zeros((1, 5)), 16000)).all()
    assert np.isnan(statistics.spectral_bandwidth_hz(np.zeros((1, 5)), 16000)).all()
