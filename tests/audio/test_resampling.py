"""Resampling against exact tones, and in blocks against in one piece."""

import numpy as np
import pytest

from tfgan_audio.audio.resampling import resample, resample_blocks, resampled_samples
from tfgan_audio.errors import InputError

RATES = [(44100, 16000), (16000, 44100), (48000, 16000), (8000, 16000), (22050, 24000)]


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
@pytest.mark.parametrize(("band", "tolerance"), [(0.02, 2e-5), (0.5, 2e-5), (0.85, 1.2e-3)])
def test_a_tone_stays_the_tone(from_hz, to_hz, band, tolerance):
    """Amplitude, phase and time are kept, 0.01 dB near the band's edge; the ends ring."""
    tone_hz = band * min(from_hz, to_hz) / 2
    before = np.sin(2 * np.pi * tone_hz * np.arange(from_hz) / from_hz)
    after = resample(before[:, None], from_hz, to_hz)
    assert after.dtype == np.float32 and after.shape == (to_hz, 1)
    expected = np.sin(2 * np.pi * tone_hz * np.arange(to_hz) / to_hz)
    inner = slice(to_hz // 4, -to_hz // 4)
    np.testing.assert_allclose(after[inner, 0], expected[inner], atol=tolerance)


def test_what_lies_above_the_new_band_is_removed():
    tone = np.sin(2 * np.pi * 12000 * np.arange(44100) / 44100)
    assert np.abs(resample(tone, 44100, 16000)[2000:-2000]).max() < 1e-6


@pytest.mark.parametrize(("from_hz", "to_hz"), [*RATES, (48000, 44100)])
def test_lengths_follow_the_rule(from_hz, to_hz):
    for num_samples in [0, 1, 2, 3, 7, 239, 240, 241, 1000, 4410]:
        expected = int(np.floor(num_samples * to_hz / from_hz + 0.5))
        assert resampled_samples(num_samples, from_hz, to_hz) == expected
        assert len(resample(np.zeros(num_samples), from_hz, to_hz)) == expected


@pytest.mark.parametrize(("from_hz", "to_hz"), [*RATES, (16000, 16000)])
@pytest.mark.parametrize("block_samples", [1, 997, 5000])
def test_blocks_give_what_the_whole_gives(from_hz, to_hz, block_samples, rng):
    num_samples = 30 if block_samples == 1 else 5003
    waveform = rng.standard_normal([num_samples, 2]).astype(np.float32)
    parts = np.split(waveform, range(block_samples, num_samples, block_samples))
    joined = np.concatenate(list(resample_blocks(iter(parts), from_hz, to_hz)))
    np.testing.assert_allclose(joined, resample(waveform, from_hz, to_hz), atol=1e-6)


def test_equal_rates_change_nothing(rng):
    waveform = rng.standard_normal([50, 2]).astype(np.float32)
    np.testing.assert_array_equal(resample(waveform, 8000, 8000), waveform)


def test_there_and_back_within_the_band(rng):
    spectrum = np.zeros(8001, complex)
    spectrum[100:5000] = rng.standard_normal(4900) + 1j * rng.standard_normal(4900)
    waveform = np.fft.irfft(spectrum)
    waveform *= np.hanning(16000) / np.abs(waveform).max()
    back = resample(resample(waveform, 16000, 22050), 22050, 16000)
    np.testing.assert_allclose(back, waveform, atol=1e-5)


def test_bad_arguments_are_refused():
    for rate_hz in (0, -1, 0.5):
        with pytest.raises(InputError) as caught:
            resample(np.zeros(4), 8000, rate_hz)
        assert str(caught.value) == (
            f"to_hz: got {rate_hz}, expected a whole number of hertz above 0"
        )
    with pytest.raises(InputError, match=r"waveform: got shape \(1, 2, 3\), expected \[samples\]"):
        resample(np.zeros([1, 2, 3]), 8000, 16000)
