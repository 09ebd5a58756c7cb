"""The inverse transform and the search for phases, against librosa and NumPy."""

import librosa
import numpy as np
import pytest
import tensorflow as tf

from tfgan_audio.audio.griffin_lim import griffin_lim, inverse_stft
from tfgan_audio.audio.spectral import stft

FFT, HOP = 64, 32


@pytest.fixture
def waveform(rng) -> np.ndarray:
    """Two examples of noise that swells and fades."""
    envelope = np.sin(np.linspace(0.0, np.pi, 40 * HOP)) ** 2
    return (rng.standard_normal([2, 40 * HOP]) * envelope).astype(np.float32)


def spectrum_of(waveform: np.ndarray, hop: int = HOP) -> tf.Tensor:
    """Frames that lie within the waveform."""
    return stft(waveform, FFT, hop, centring="none")


def in_numpy(magnitudes: np.ndarray, num_iterations: int) -> np.ndarray:
    """One example, in float64, with the ends faded as the package says."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FFT) / FFT)
    starts = HOP * np.arange(len(magnitudes))

    def back(spectrum: np.ndarray) -> np.ndarray:
        total, weights = np.zeros([2, starts[-1] + FFT])
        for start, frame in zip(starts, np.fft.irfft(spectrum), strict=True):
            total[start : start + FFT] += frame * window
            weights[start : start + FFT] += window**2
        return total / np.maximum(weights, 0.1 * weights.max())

    spectrum = magnitudes.astype(np.complex128)
    for _ in range(num_iterations):
        waveform = back(spectrum)
        frames = np.stack([waveform[start : start + FFT] * window for start in starts])
        spectrum = magnitudes * np.exp(1j * np.angle(np.fft.rfft(frames)))
    return back(spectrum)


@pytest.mark.parametrize("hop", [32, 16])
def test_the_inverse_of_a_real_spectrum_is_the_waveform(waveform, hop: int) -> None:
    found = inverse_stft(spectrum_of(waveform, hop), hop)
    inner = slice(FFT, -FFT)
    np.testing.assert_allclose(found[:, inner], waveform[:, inner], atol=1e-5)
    theirs = librosa.istft(
        np.moveaxis(spectrum_of(waveform, hop).numpy(), 1, 2),
        hop_length=hop,
        n_fft=FFT,
        center=False,
    )
    np.testing.assert_allclose(found[:, inner], theirs[:, inner], atol=1e-5)


def test_the_inverse_of_an_impossible_spectrum_is_the_nearest(rng) -> None:
    """Least squares: the waveform's own spectrum differs from it in the direction of no waveform.

    So no small change of the waveform brings it nearer.
    """
    shape = [12, FFT // 2 + 1]
    target = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)
    target[:, [0, -1]] = target[:, [0, -1]].real
    waveform = inverse_stft(target, HOP).numpy()

    def distance(candidate: np.ndarray) -> float:
        difference = np.abs(spectrum_of(candidate.astype(np.float32)).numpy() - target) ** 2
        twice = np.full(FFT // 2 + 1, 2.0)
        twice[[0, -1]] = 1.0
        return float((difference * twice).sum())

    least = distance(waveform)
    for _ in range(20):
        change = np.zeros_like(waveform)
        change[FFT:-FFT] = 0.05 * rng.standard_normal(len(waveform) - 2 * FFT)
        assert distance(waveform + change) > least


@pytest.mark.parametrize("num_iterations", [0, 1, 16])
def test_the_search_is_that_of_numpy(waveform, num_iterations: int) -> None:
    magnitudes = np.abs(spectrum_of(waveform).numpy())
    found = griffin_lim(magnitudes, HOP, num_iterations).numpy()
    for example, own in zip(found, magnitudes, strict=True):
        expected = in_numpy(own, num_iterations)
        np.testing.assert_allclose(example, expected, atol=2e-3 * np.abs(expected).max())


def test_more_iterations_bring_it_nearer(waveform) -> None:
    magnitudes = np.abs(spectrum_of(waveform).numpy())
    distances = [
        np.linalg.norm(np.abs(spectrum_of(griffin_lim(magnitudes, HOP, num)).numpy()) - magnitudes)
        for num in (0, 4, 16, 64)
    ]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.2 * distances[0]


def test_silence_stays_silent() -> None:
    found = griffin_lim(tf.zeros([3, 10, FFT // 2 + 1]), HOP)
    np.testing.assert_array_equal(found, np.zeros([3, 9 * HOP + FFT]))
