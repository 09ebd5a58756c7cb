import sys

import numpy as np
import pytest
from scipy import signal

from tfgan_audio.errors import InputError
from tfgan_audio.evaluation import voice_metrics
from tfgan_audio.evaluation.voice_metrics import f0_rmse_hz, mcd, periodicity_rmse, vuv_error

pytest.importorskip("pyworld")

RATE_HZ = 16000


def voice(pitch_hz, seconds=1.0):
    """All harmonics below 7 kHz of a pitch, one number or one for each sample."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(pitch_hz, int(seconds * RATE_HZ))) / RATE_HZ
    harmonics = range(1, int(7000 / np.max(pitch_hz)))
    return 0.05 * sum(np.cos(k * phase + k * k) / k for k in harmonics)


def expected_mcd(taps):
    """Root mean square of a filter's gain in dB around its mean, along the warped frequencies."""
    warped = np.linspace(0, np.pi, 20001)
    unwarped = warped - 2 * np.arctan(0.42 * np.sin(warped) / (1 + 0.42 * np.cos(warped)))
    return np.std(20 * np.log10(np.abs(signal.freqz(taps, 1, unwarped)[1])))


@pytest.mark.parametrize("taps", [[1, 0.5], [1, -0.5], [1, 0, 0.3]])
def test_mcd_of_a_filter_is_its_spread_in_db(rng, taps):
    speech = voice(150.3) + 1e-3 * rng.standard_normal(RATE_HZ)
    assert mcd(speech, signal.lfilter(taps, 1, speech)) == pytest.approx(
        expected_mcd(taps), rel=0.02
    )


def test_mcd_ignores_level_but_not_time(rng):
    noise = 1e-3 * rng.standard_normal(RATE_HZ)
    speech = signal.lfilter([1], [1, -0.9], voice(np.linspace(90, 220, RATE_HZ))) + noise
    assert mcd(speech, 0.3 * speech) < 0.01
    halves = speech[:8000], speech[8000:]
    assert mcd(speech, np.concatenate(halves[::-1])) > 1


def test_mcd_of_digital_silence_is_that_of_rounding_noise(rng):
    """A pause without a sample in one signal, and rounded to 16 bits in the other."""
    pause = np.zeros(RATE_HZ)
    rounding = rng.uniform(-0.5, 0.5, RATE_HZ) / 32768
    speech = voice(150.3) + 1e-3 * rng.standard_normal(RATE_HZ)
    silent, rounded = (np.concatenate([speech, part]) for part in (pause, rounding))
    assert mcd(silent, rounded) < 1
    assert mcd(silent, np.concatenate([speech, 1e3 * rounding])) > mcd(silent, rounded)


def test_pitch_error_is_the_difference():
    reference, late = voice(150.3), np.arange(RATE_HZ) >= 8000
    assert f0_rmse_hz(reference, reference) == 0
    assert f0_rmse_hz(reference, voice(155.3)) == pytest.approx(5, abs=0.1)
    assert f0_rmse_hz(reference, voice(300.6)) == pytest.approx(150.3, rel=0.01)
    half = voice(np.where(late, 170.3, 150.3))
    assert f0_rmse_hz(reference, half) == pytest.approx(20 * 0.5**0.5, rel=0.05)


@pytest.mark.parametrize("share", [0.25, 0.6])
def test_voicing_error_is_the_share_of_other_frames(share):
    reference = voice(150.3)
    partly = np.where(np.arange(RATE_HZ) < share * RATE_HZ, 0, reference)
    assert vuv_error(reference, reference) == 0
    assert vuv_error(reference, partly) == pytest.approx(share, abs=0.03)
    assert vuv_error(partly, reference) == vuv_error(reference, partly)


@pytest.mark.parametrize("pitch_hz", [93.7, 233.7])
@pytest.mark.parametrize("snr_db", [20, 10, 0])
def test_periodicity_is_the_share_of_periodic_energy(rng, pitch_hz, snr_db):
    """A voice alone has periodicity 1, with noise `snr / (1 + snr)`."""
    reference = voice(pitch_hz)
    noise = rng.standard_normal(RATE_HZ) * reference.std() * 10 ** (-snr_db / 20)
    expected = 1 / (1 + 10 ** (snr_db / 10))
    assert periodicity_rmse(reference, reference + noise) == pytest.approx(expected, abs=0.02)


def test_wrong_pitch_is_not_periodic_at_the_reference():
    assert periodicity_rmse(voice(150.3), voice(200.0)) > 0.9
    assert periodicity_rmse(voice(150.3), voice(300.6)) < 0.01


def test_long_signals_are_taken_in_parts(rng, monkeypatch):
    reference = voice(np.linspace(90, 220, RATE_HZ))
    estimate = signal.lfilter([1, 0.5], 1, reference) + 0.01 * rng.standard_normal(RATE_HZ)
    whole = [metric(reference, estimate) for metric in (mcd, periodicity_rmse)]
    monkeypatch.setattr(voice_metrics, "_BLOCK_FRAMES", 64)
    parts = [metric(reference, estimate) for metric in (mcd, periodicity_rmse)]
    assert parts == pytest.approx(whole, rel=1e-6)


def test_without_a_voice_there_is_no_pitch_error():
    click = np.eye(1, RATE_HZ)[0]
    with pytest.raises(InputError, match="f0_rmse_hz: got no frame that is voiced in both"):
        f0_rmse_hz(click, voice(150.3))
    with pytest.raises(InputError, match="no voiced frame in the reference"):
        periodicity_rmse(click, voice(150.3))
    assert vuv_error(click, click) == 0


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyworld", None)
    with pytest.raises(InputError, match="no package pyworld"):
        mcd(voice(150.3), voice(150.3))
