import json

import numpy as np
import pytest
import soundfile
import soxr
from scipy import signal

from tfgan_audio.evaluation.mel_cepstrum import mel_cepstra


@pytest.mark.parametrize("warping", [-0.3, 0.0, 0.42])
@pytest.mark.parametrize("filter_", [([1, 0.5], [1]), ([1], [1, -0.6, 0.3])])
def test_series_gives_the_log_amplitude_at_warped_frequencies(filter_, warping):
    warped = np.linspace(0, np.pi, 50)
    unwarped = warped - 2 * np.arctan2(
        warping * np.sin(warped), 1 + warping * np.cos(warped)
    )  # phase of the all-pass filter of the opposite sign
    power = np.abs(signal.freqz(*filter_, np.linspace(0, np.pi, 513))[1]) ** 2
    (cepstrum,) = mel_cepstra(power[None], 80, warping)
    expected = np.log(np.abs(signal.freqz(*filter_, unwarped)[1]))
    series = np.cos(warped[:, None] * np.arange(81)) @ cepstrum
    np.testing.assert_allclose(series, expected, atol=1e-9)


def test_order_only_cuts():
    power = np.random.default_rng(1).uniform(0.1, 2, [3, 129])
    longer = mel_cepstra(power, 12, 0.42)
    for order in (0, 1, 5):
        np.testing.assert_allclose(mel_cepstra(power, order, 0.42), longer[:, : order + 1])


@pytest.mark.golden
def test_golden_distances_of_sptk(golden_dir):
    """pymcd: 14 coefficients with c_0 by SPTK of WORLD's power, taken for an amplitude."""
    pyworld = pytest.importorskip("pyworld")

    def cepstra(path):
        waveform = soxr.resample(soundfile.read(path)[0], 16000, 22050)
        pitch_hz, times_s = pyworld.dio(waveform, 22050)
        pitch_hz = pyworld.stonemask(waveform, pitch_hz, times_s, 22050)
        envelope = pyworld.cheaptrick(waveform, pitch_hz, times_s, 22050, fft_size=512)
        return mel_cepstra(envelope**2 + 1e-8, 13, 0.65)

    folder = golden_dir / "metrics"
    for values in json.loads((folder / "values.json").read_text()):
        clean, degraded = (cepstra(folder / "wav" / values[key]) for key in ("clean", "degraded"))
        distances = np.sqrt(2 * ((clean - degraded) ** 2).sum(axis=1))
        expected = pytest.approx(values["mcd_pymcd_plain"], rel=1e-3)
        assert 10 / np.log(10) * distances.mean() == expected, values["degraded"]
