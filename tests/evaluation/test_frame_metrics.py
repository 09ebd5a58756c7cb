import math

import numpy as np
import pytest
from scipy import linalg, signal

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation import frame_metrics
from tfgan_audio.evaluation.frame_metrics import llr_95, segmental_snr, wss_95

FUNCTIONS = [segmental_snr, llr_95, wss_95]
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, 481) / 481)


@pytest.fixture
def speech(rng):
    """Two seconds of resonant noise whose level and resonance change, as in speech."""
    parts = []
    for centre_hz in (400, 900, 1700, 2600):
        poles = 0.97 * np.exp(2j * np.pi * np.array([centre_hz, 2.2 * centre_hz]) / 16000)
        coefficients = np.poly([*poles, *poles.conj()]).real
        parts.append(signal.lfilter([1], coefficients, rng.standard_normal(8000)))
    joined = np.concatenate(parts) * (1.1 + np.sin(2 * np.pi * 3 * np.arange(32000) / 16000))
    return 0.3 * joined / np.abs(joined).max()


@pytest.fixture
def noisy(speech, rng):
    return speech + 0.01 * rng.standard_normal(len(speech))


def frames_of(waveform):
    """Windowed frames one by one; the last full one does not count."""
    for start in range(0, len(waveform) - 480 - 119, 120):
        yield waveform[start : start + 480] * HANN


def slow_llr(reference_frame, estimate_frame):
    """By the normal equations and the quadratic forms of the definition."""
    lags = [np.correlate(x, x, "full")[479:496] for x in (reference_frame, estimate_frame)]
    filters = [np.r_[1, linalg.solve_toeplitz(r[:16], -r[1:])] for r in lags]
    matrix = linalg.toeplitz(lags[0])
    own, other = (a @ matrix @ a for a in filters)
    return math.log(other / own)


def slow_wss(reference_frame, estimate_frame):
    """Band by band: levels, slopes, the walk uphill to the peak, weights."""
    slopes, weights = [], []
    for frame in (reference_frame, estimate_frame):
        power = np.abs(np.fft.fft(frame, 1024)[:512]) ** 2
        levels, centre_hz = [], 50.0
        for width_hz in frame_metrics._WSS_BANDWIDTHS_HZ:
            bins = np.arange(512) - math.floor(centre_hz / 15.625)
            gains = 70 / width_hz * np.exp(-11 * (bins * 15.625 / width_hz) ** 2)
            gains[gains <= math.exp(-30 / 4.606)] = 0
            levels.append(10 * math.log10(max(gains @ power, 1e-10)))
            centre_hz += width_hz
        slope = [levels[band + 1] - levels[band] for band in range(24)]
        weight = []
        for band in range(24):
            peak = band
            if slope[band] > 0:
                while peak + 1 < 24 and slope[peak + 1] > 0:
                    peak += 1
            else:
                while peak > 0 and slope[peak - 1] <= 0:
                    peak -= 1
            near_local = 1 / (1 + levels[peak] - levels[band])
            weight.append(20 / (20 + max(levels) - levels[band]) * near_local)
        slopes.append(np.array(slope))
        weights.append(np.array(weight))
    mean_weight = (weights[0] + weights[1]) / 2
    return (mean_weight * (slopes[0] - slopes[1]) ** 2).sum() / mean_weight.sum()


@pytest.mark.parametrize(("function", "slow"), [(llr_95, slow_llr), (wss_95, slow_wss)])
def test_equals_a_second_implementation(function, slow, speech, noisy):
    distances = sorted(map(slow, frames_of(speech), frames_of(noisy)))
    assert len(distances) == (32000 - 480) // 120
    expected = np.mean(distances[: round(0.95 * len(distances))])
    assert function(speech, noisy) == pytest.approx(expected, rel=1e-8)


def test_segmental_snr_by_hand():
    """Three frames from 0, 120 and 240: noise in the first, too much in the third, none between.

    The squares of the window sum to 3/8 * 481. What only the last full frame holds does not count.
    """
    reference, estimate = np.ones(840), np.ones(840)
    estimate[[60, 650, 800]] += [2.0, 1e4, 7.0]
    weight = 0.5 - 0.5 * math.cos(2 * math.pi * 61 / 481)
    first_db = 10 * math.log10(3 / 8 * 481 / (2.0 * weight) ** 2)
    assert -10 < first_db < 35
    expected = (first_db + 35 - 10) / 3
    assert segmental_snr(reference, estimate) == pytest.approx(expected, abs=1e-9)


def test_segmental_snr_of_a_level_error(speech):
    assert segmental_snr(speech, 0.5 * speech) == pytest.approx(20 * math.log10(2), abs=1e-9)
    assert segmental_snr(speech, 1.001 * speech) == pytest.approx(35)
    assert segmental_snr(speech, 100 * speech) == pytest.approx(-10)


@pytest.mark.parametrize("function", [llr_95, wss_95])
def test_a_gain_changes_no_distance(function, speech, noisy):
    assert function(speech, -3 * noisy) == pytest.approx(function(speech, noisy), rel=1e-9)
    assert function(3 * speech, noisy) == pytest.approx(function(speech, noisy), rel=1e-9)


def test_equal_signals_have_the_best_score(speech):
    assert segmental_snr(speech, speech) == pytest.approx(35)
    assert llr_95(speech, speech) == wss_95(speech, speech) == 0


def test_more_noise_is_worse(speech, rng):
    noise = rng.standard_normal(len(speech))
    scores = [[f(speech, speech + level * noise) for f in FUNCTIONS] for level in (1e-3, 1e-2, 0.1)]
    ratios_db, *distances = zip(*scores, strict=True)
    assert sorted(ratios_db, reverse=True) == list(ratios_db)
    assert all(sorted(values) == list(values) and values[0] > 0 for values in distances)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_order_of_the_frames_does_not_matter(function, speech, noisy):
    """Parts with a frame's length of silence between them can change places."""
    scores = []
    for order in ([0, 1, 2], [2, 0, 1]):
        joined = []
        for waveform in (speech, noisy):
            parts = [np.pad(waveform[i * 9600 : i * 9600 + 6000], (480, 0)) for i in order]
            joined.append(np.concatenate([*parts, np.zeros(600)]))
        scores.append(function(*joined))
    assert scores[0] == pytest.approx(scores[1], rel=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_digital_silence_has_a_finite_score(function, speech, noisy):
    gate = np.arange(len(speech)) < 16000
    for reference, estimate in ((gate * speech, noisy), (speech, gate * noisy)):
        assert np.isfinite(function(reference, estimate))
    both = function(gate * speech, gate * noisy)
    assert np.isfinite(both)
    if function is not segmental_snr:
        assert both < function(speech, noisy)


def test_a_silent_frame_of_the_reference_counts_the_lowest_ratio(speech):
    half = np.where(np.arange(32000) < 16000, speech, 0)
    num_frames, num_audible = (32000 - 480) // 120, 134  # the last of these from 133 * 120 = 15960
    expected = (35 * num_audible - 10 * (num_frames - num_audible)) / num_frames
    assert segmental_snr(half, half) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_blocks_change_nothing(function, speech, noisy, monkeypatch):
    expected = function(speech, noisy)
    monkeypatch.setattr(frame_metrics, "_BLOCK_FRAMES", 7)
    assert function(speech, noisy) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_one_frame_is_enough(function, speech, noisy):
    assert np.isfinite(function(speech[:600], noisy[:600]))
    with pytest.raises(InputError, match=f"{function.__name__}: got 599 samples, .*600"):
        function(speech[:599], noisy[:599])
