"""The small layers before discriminators: half rates, periods, log-mel spectrograms."""

from dataclasses import asdict

import numpy as np
import pytest
from layer_checks import check_layer

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.errors import InputError
from tfgan_audio.layers.average_pooling import HalfRate
from tfgan_audio.layers.log_mel import LogMel
from tfgan_audio.layers.periodic_rows import PeriodicRows
from tfgan_audio.layers.replication_padding import ReplicationPadding1D

SMALL = MelFeatures(
    sample_rate_hz=8000, fft_samples=64, hop_samples=16, window_samples=64, num_mels=8
)


@pytest.mark.parametrize(
    ("kind", "kwargs", "output_shape"),
    [
        (HalfRate, {}, (2, 12, 5)),
        (PeriodicRows, {"period": 5}, (10, 5, 5)),
        (ReplicationPadding1D, {"left": 2}, (2, 27, 5)),
    ],
)
def test_what_every_layer_owes(tmp_path, kind, kwargs: dict, output_shape: tuple) -> None:
    check_layer(kind, kwargs, (2, 25, 5), output_shape, tmp_path)


@pytest.mark.parametrize("num_samples", [2, 3, 8, 9])
def test_averages_of_what_there_is(rng, num_samples: int) -> None:
    frames = rng.standard_normal([2, num_samples, 3]).astype(np.float32)
    expected = [
        frames[:, max(0, 2 * n - 1) : 2 * n + 3].mean(axis=1) for n in range(num_samples // 2)
    ]
    np.testing.assert_allclose(HalfRate()(frames), np.stack(expected, axis=1), atol=1e-6)


def test_rows_of_a_period() -> None:
    """Nine samples of period 4: the reflection adds three."""
    waveform = np.arange(18, dtype=np.float32).reshape(2, 9, 1)
    rows = PeriodicRows(4)(waveform)[:, :, 0]
    expected = [[0, 4, 8], [1, 5, 7], [2, 6, 6], [3, 7, 5]]
    np.testing.assert_array_equal(rows[:4], expected)
    np.testing.assert_array_equal(rows[4:], np.array(expected) + 9)


def test_the_first_sample_is_repeated() -> None:
    padded = ReplicationPadding1D(2)(np.array([[[3.0], [5.0]]]))
    np.testing.assert_array_equal(padded[0, :, 0], [3, 3, 3, 5])


def test_log_mel_owes_the_same_and_is_the_one_definition(tmp_path, rng) -> None:
    check_layer(
        LogMel, {"features": asdict(SMALL)}, (2, 320, 1), (2, 20, 8), tmp_path, on_device=False
    )
    waveform = rng.standard_normal([2, 320, 1]).astype(np.float32)
    found = LogMel(SMALL)(waveform)
    np.testing.assert_allclose(found, log_mel(waveform[:, :, 0], SMALL), atol=1e-4)


@pytest.mark.parametrize(("kind", "argument"), [(PeriodicRows, 0), (ReplicationPadding1D, -1)])
def test_numbers_that_mean_nothing(kind, argument: int) -> None:
    with pytest.raises(InputError, match=f"got {argument}, expected"):
        kind(argument)
