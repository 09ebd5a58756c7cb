import keras
import numpy as np
import pytest

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.generation.upsampling_noise import line_weights, upsampling_noise_db
from tfgan_audio.models.wavegan import WaveGAN


def with_tones(noise, spacing_hz, amplitude):
    """Noise with a tone at each multiple of a frequency below half the rate of 16 kHz."""
    time_s = np.arange(noise.shape[1]) / 16000
    frequencies_hz = np.arange(spacing_hz, 8000, spacing_hz)[:, None]
    return noise + amplitude * np.sin(2 * np.pi * frequencies_hz * time_s + 0.5).sum(axis=0)


def zeros_between(noise, factor):
    """What a stride of `factor` does before any filter: each sample and zeros after it."""
    stuffed = np.zeros_like(noise)
    stuffed[:, ::factor] = noise[:, ::factor]
    return stuffed


def test_noise_has_no_lines_and_tones_of_upsampling_have(rng):
    noise = 0.1 * rng.normal(size=(40, 16384))
    # The lines weigh as much as about a hundred equal ones: 0.4 dB a clip, 0.07 their mean.
    assert upsampling_noise_db(noise).mean() == pytest.approx(0, abs=0.25)
    assert upsampling_noise_db(with_tones(noise, 4000, 0.02)).mean() > 4
    assert upsampling_noise_db(with_tones(noise, 1000, 0.02)).mean() > 8
    assert upsampling_noise_db(with_tones(noise, 1030, 0.02)).mean() < 0.5


def test_lines_grow_with_their_level_up_to_a_limit(rng):
    noise = 0.1 * rng.normal(size=(10, 16384))
    levels = [
        upsampling_noise_db(with_tones(noise, 1000, level)).mean() for level in (0.002, 0.01, 0.05)
    ]
    assert levels[0] < levels[1] < levels[2]
    assert upsampling_noise_db(with_tones(0 * noise, 15.625, 0.1)).max() <= 10 * np.log10(65)


def test_level_and_timbre_do_not_matter(rng):
    clips = with_tones(0.1 * rng.normal(size=(8, 16384)), 1000, 0.02)
    found = upsampling_noise_db(clips)
    np.testing.assert_allclose(upsampling_noise_db(10 * clips), found, rtol=1e-9)
    spectrum = np.fft.rfft(clips) * np.exp(-np.arange(8193) / 2000)
    tilted = upsampling_noise_db(np.fft.irfft(spectrum))
    np.testing.assert_allclose(tilted, found, atol=0.3)


def test_a_mean_that_is_upsampled_leaves_lines(rng):
    """A signal with a mean, as ReLU gives, has images of it; one without has images of noise."""
    noise = rng.normal(size=(10, 16384))
    assert upsampling_noise_db(zeros_between(1 + noise, 4)).mean() > 3
    assert upsampling_noise_db(zeros_between(noise - noise.mean(), 4)).mean() < 1


def test_weights_are_those_of_an_untrained_wavegan(rng):
    """Its lines at a quarter, a sixteenth, ... of the rate, by their height above the floor."""
    magnitude = 0
    for seed in range(6):
        keras.utils.set_random_seed(seed)
        generator = WaveGAN(base_channels=8).generator
        latents = rng.uniform(-1, 1, (16, 100)).astype(np.float32)
        magnitude = magnitude + np.abs(np.fft.rfft(generator(latents)[..., 0])).mean(axis=0)
    lines = (magnitude / np.median(magnitude))[16:-1:16] - 1
    weights = line_weights()
    assert weights.shape == lines.shape and weights.sum() == pytest.approx(1)
    number = np.arange(1, 512)
    levels = [number % 256 == 0]
    for spacing in (64, 16, 4):  # every 1000, 250, 62.5 Hz, those of the level before left out
        levels.append((number % spacing == 0) & (number % (4 * spacing) != 0))
    found, expected = ([each[level].mean() for level in levels] for each in (weights, lines))
    ratios = np.array(found) / np.array(expected) * expected[1] / found[1]
    np.testing.assert_allclose(ratios, 1, atol=0.35)


def test_other_strides_have_other_lines(rng):
    clips = with_tones(0.1 * rng.normal(size=(6, 16384)), 3200, 0.02)
    assert upsampling_noise_db(clips, (5, 5, 5)).mean() > 4 > 1 > upsampling_noise_db(clips).mean()


def test_silence_and_short_clips():
    assert np.isnan(upsampling_noise_db(np.zeros((2, 16384)))).all()
    with pytest.raises(InputError, match="noise: got 4000 samples, expected at least 4096"):
        upsampling_noise_db(np.ones((1, 4000)))
