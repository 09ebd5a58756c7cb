"""Splitting and joining in graphs, against SciPy and against each other."""

import keras
import numpy as np
import pytest
from layer_checks import check_layer
from scipy import signal

from tfgan_audio.audio.pqmf import fitting_cutoff, pqmf_filters
from tfgan_audio.layers.pqmf import PQMFAnalysis, PQMFSynthesis


@pytest.mark.parametrize(
    ("kind", "input_shape", "output_shape"),
    [
        (PQMFAnalysis, (2, 130, 1), (2, 32, 4)),
        (PQMFSynthesis, (2, 30, 4), (2, 120, 1)),
    ],
)
def test_what_every_layer_owes(tmp_path, kind, input_shape: tuple, output_shape: tuple) -> None:
    kwargs = {"num_bands": 4, "taps": 62, "cutoff": 0.142, "beta": 9.0}
    check_layer(kind, kwargs, input_shape, output_shape, tmp_path)


@pytest.mark.parametrize("num_samples", [1, 4, 37, 160])
def test_analysis_is_filtering_and_keeping_every_nth(rng, num_samples: int) -> None:
    waveform = rng.standard_normal([2, num_samples, 1]).astype(np.float32)
    analysis, _ = pqmf_filters()
    padded = np.pad(waveform[:, :, 0], [(0, 0), (31, 31)])
    expected = np.stack(
        [
            [signal.correlate(row, taps, "valid")[: num_samples // 4 * 4 : 4] for taps in analysis]
            for row in padded
        ]
    )
    found = PQMFAnalysis()(waveform)
    np.testing.assert_allclose(found, expected.transpose(0, 2, 1), rtol=0, atol=1e-6)


@pytest.mark.parametrize("num_bands", [2, 3, 4, 5])
@pytest.mark.parametrize("num_frames", [1, 2, 40])
def test_synthesis_is_stuffing_and_filtering(rng, num_bands: int, num_frames: int) -> None:
    bands = rng.standard_normal([2, num_frames, num_bands]).astype(np.float32)
    cutoff = fitting_cutoff(num_bands)
    _, synthesis = pqmf_filters(num_bands, cutoff=cutoff)
    stuffed = np.zeros([2, num_frames * num_bands, num_bands])
    stuffed[:, ::num_bands] = num_bands * bands
    padded = np.pad(stuffed, [(0, 0), (31, 31), (0, 0)])
    expected = sum(
        np.stack([signal.correlate(row, synthesis[band], "valid") for row in padded[:, :, band]])
        for band in range(num_bands)
    )
    found = PQMFSynthesis(num_bands, cutoff=cutoff)(bands)
    np.testing.assert_allclose(found[:, :, 0], expected, rtol=0, atol=1e-5)


def test_both_ways_round_are_nearly_the_identity(rng) -> None:
    """Of waveforms, and of sub-bands too: as many numbers go in as come out."""
    split, join = PQMFAnalysis(), PQMFSynthesis()
    for given, through in (
        (rng.standard_normal([1, 20000, 1]), lambda waveform: join(split(waveform))),
        (rng.standard_normal([1, 5000, 4]), lambda bands: split(join(bands))),
    ):
        given = given.astype(np.float32)
        error = (through(given) - given).numpy()[:, 50:-50]
        snr_db = 10 * np.log10(np.mean(given**2) / np.mean(error**2))
        assert snr_db > 60


def test_half_precision_does_not_reach_the_filters(rng) -> None:
    bands = rng.standard_normal([1, 50, 4]).astype(np.float32)
    expected = PQMFSynthesis()(bands)
    keras.config.set_dtype_policy("mixed_bfloat16")
    found = PQMFSynthesis()(bands)
    np.testing.assert_array_equal(found, expected)
