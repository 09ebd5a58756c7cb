"""The loss of intelligibility follows STOI, and trains."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import signal

from tfgan_audio.losses.intelligibility import stoi_distance

pystoi = pytest.importorskip("pystoi")
RATE_HZ = 16000


@pytest.fixture(scope="module")
def speechlike() -> np.ndarray:
    """Three seconds of noise in syllables, each of another colour, with pauses."""
    rng = np.random.default_rng(3)
    syllables = []
    for _ in range(12):
        low_hz = rng.uniform(200, 2500)
        band = signal.butter(2, [low_hz, 1.8 * low_hz], "band", fs=RATE_HZ, output="sos")
        sound = signal.sosfilt(band, rng.standard_normal(3200)) * np.hanning(3200)
        syllables += [sound / np.abs(sound).max(), np.zeros(800)]
    return np.concatenate(syllables).astype(np.float32)


def distance(clean: np.ndarray, processed: np.ndarray) -> float:
    return float(stoi_distance(clean[None, :, None], processed[None, :, None]))


@pytest.mark.parametrize("snr_db", [-10.0, -5.0, 0.0, 5.0, 15.0])
def test_it_follows_the_established_implementation(speechlike, snr_db: float) -> None:
    noise = np.random.default_rng(1).standard_normal(len(speechlike)).astype(np.float32)
    noise *= np.sqrt(np.mean(speechlike**2)) / 10 ** (snr_db / 20)
    expected = 1 - pystoi.stoi(speechlike, speechlike + noise, RATE_HZ)
    assert distance(speechlike, speechlike + noise) == pytest.approx(expected, abs=0.02)


def test_only_the_shape_of_the_levels_counts(speechlike) -> None:
    noisy = speechlike + 0.1 * np.random.default_rng(2).standard_normal(len(speechlike))
    noisy = noisy.astype(np.float32)
    assert distance(speechlike, speechlike) == pytest.approx(0, abs=1e-5)
    assert distance(speechlike, 0.5 * noisy) == pytest.approx(distance(speechlike, noisy), abs=1e-5)


def test_channels_and_examples_count_alike(speechlike, rng) -> None:
    clean = np.stack([speechlike, speechlike[::-1]])
    noisy = clean + 0.1 * rng.standard_normal(clean.shape).astype(np.float32)
    singly = np.mean([distance(*pair) for pair in zip(clean, noisy, strict=True)])
    in_channels = stoi_distance(clean.T[None], noisy.T[None])
    assert float(stoi_distance(clean, noisy)) == pytest.approx(singly, abs=2e-3)
    assert float(in_channels) == pytest.approx(float(stoi_distance(clean, noisy)), abs=1e-6)


def test_following_its_slope_makes_speech_more_intelligible(speechlike) -> None:
    rng = np.random.default_rng(5)
    noise = 0.3 * rng.standard_normal(len(speechlike)).astype(np.float32)
    estimate = tf.Variable((speechlike + noise)[None])
    optimizer = tf.keras.optimizers.Adam(3e-3)
    before = pystoi.stoi(speechlike, estimate.numpy()[0], RATE_HZ)
    for _ in range(20):
        with tf.GradientTape() as tape:
            loss = stoi_distance(speechlike[None], estimate)
        optimizer.apply([tape.gradient(loss, estimate)], [estimate])
    assert pystoi.stoi(speechlike, estimate.numpy()[0], RATE_HZ) > before + 0.03


def test_silence_has_a_finite_slope(speechlike) -> None:
    for clean in (np.zeros_like(speechlike), speechlike):
        estimate = tf.Variable(np.zeros_like(speechlike)[None])
        with tf.GradientTape() as tape:
            loss = stoi_distance(clean[None], estimate)
        assert np.isfinite(float(loss))
        assert np.isfinite(tape.gradient(loss, estimate).numpy()).all()
