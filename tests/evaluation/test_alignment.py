import numpy as np
import pytest
import soundfile
from scipy import signal

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation.alignment import align, find_lag
from tfgan_audio.evaluation.metrics import si_sdr


@pytest.fixture
def speech_like(rng):
    """Noise with a falling spectrum and a slow envelope, as speech has."""
    noise = signal.lfilter([1], [1, -0.9], rng.standard_normal(16000))
    return noise * (1 + np.sin(2 * np.pi * 3 * np.arange(16000) / 16000))


@pytest.mark.parametrize("lag_samples", [0, 1, 23, 160, 1600, -1, -23, -1600])
@pytest.mark.parametrize("gain", [1.0, -0.3])
def test_shift_is_found_with_its_sign(speech_like, lag_samples, gain):
    estimate = gain * np.roll(speech_like, lag_samples)
    assert find_lag(speech_like, estimate, 16000) == lag_samples


def test_lag_agrees_with_the_direct_sum_in_noise(speech_like, rng):
    reference = speech_like[:4000]
    estimate = np.roll(reference, 37) + rng.standard_normal(4000)
    centred = estimate - estimate.mean(), reference - reference.mean()
    direct = np.correlate(*centred, mode="full")[3999 - 1600 : 3999 + 1601]
    assert find_lag(reference, estimate, 16000) == np.argmax(np.abs(direct)) - 1600 == 37


def test_bound_is_in_milliseconds(speech_like):
    estimate = np.roll(speech_like, 80)
    assert find_lag(speech_like, estimate, 16000, max_lag_ms=5) == 80
    assert abs(find_lag(speech_like, estimate, 16000, max_lag_ms=4.9)) < 80
    assert find_lag(speech_like, estimate, 16000, max_lag_ms=0) == 0


def test_offset_does_not_hide_the_lag(speech_like):
    estimate = np.roll(speech_like, -50) + 100.0
    assert find_lag(speech_like + 50.0, estimate, 16000) == -50


def test_silence_has_no_lag(speech_like):
    silence = np.zeros(16000)
    assert find_lag(silence, speech_like, 16000) == 0
    assert find_lag(speech_like, silence, 16000) == 0
    assert find_lag(np.zeros(0), speech_like, 16000) == 0


@pytest.mark.parametrize("max_lag_ms", [-1.0, float("nan")])
def test_impossible_bound_is_refused(speech_like, max_lag_ms):
    with pytest.raises(InputError, match="max_lag_ms"):
        find_lag(speech_like, speech_like, 16000, max_lag_ms)


@pytest.mark.parametrize(("start", "stop"), [(0, 16000), (40, 16000), (0, 12000), (300, 9000)])
def test_aligned_parts_are_the_same_samples(speech_like, start, stop):
    delayed = np.concatenate([np.zeros(100), speech_like])[start:stop]
    reference, estimate, lag = align(speech_like, delayed, 16000)
    assert lag == 100 - start
    assert len(reference) == len(estimate) >= stop - start - 100
    overlap = reference[max(lag, 0) : len(reference) - 200]
    np.testing.assert_array_equal(overlap, estimate[max(lag, 0) : len(estimate) - 200])


def test_delayed_low_pass_of_the_golden_set(golden_dir):
    """The pair is 23 samples late and filtered; the filter's own delay comes on top."""
    folder = golden_dir / "metrics" / "wav"
    clean, rate_hz = soundfile.read(folder / "clean_0890.wav")
    late, _ = soundfile.read(folder / "0890_lowpass_delay.wav")
    _, group_delay = signal.group_delay(signal.butter(4, 2000, fs=rate_hz), [500], fs=rate_hz)
    lag = find_lag(clean, late, rate_hz)
    assert lag == 23 + round(group_delay[0])
    assert find_lag(late, clean, rate_hz) == -lag
    assert find_lag(clean, -late, rate_hz) == lag
    scores = [si_sdr(clean[: -(lag + step)], late[lag + step :]) for step in range(-5, 6)]
    assert np.argmax(scores) == 5
