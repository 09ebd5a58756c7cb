"""The comparison that decides whether an artefact is published."""

import numpy as np
import pytest

from tfgan_audio.audio.block_stream import BlockStream
from tfgan_audio.errors import InputError
from tfgan_audio.serving.parity import (
    max_difference,
    probe_signal,
    refuse_non_finite,
    signal_to_noise_db,
    streamed,
)

NAN = float("nan")


def test_the_largest_difference_counts() -> None:
    reference = np.array([[0.5, -0.5, 0.0]])
    other = np.array([[0.5, -0.5 + 3e-6, -1e-6]])
    assert max_difference(reference, other, "a") == pytest.approx(3e-6)


@pytest.mark.parametrize(
    ("reference", "other", "message"),
    [
        ([0.0, 0.0], [0.0, 2e-5], "a: got 2e-05 away from Keras, expected at most 1e-05"),
        ([0.0, 0.0], [0.0, NAN], "a: got nan away from Keras, expected at most 1e-05"),
        ([0.0, 0.0], [0.0, np.inf], "a: got inf away from Keras"),
        ([0.0, NAN], [0.0, NAN], "a: got nan away from Keras"),
        ([0.0, 0.0], [0.0], r"a: got output shape \(1,\), expected \(2,\) as in Keras"),
    ],
)
def test_a_difference_is_refused(reference, other, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        max_difference(np.array(reference), np.array(other), "a")


@pytest.mark.parametrize("value", [NAN, np.inf])
def test_a_model_that_is_not_finite_is_refused(value: float) -> None:
    refuse_non_finite(np.zeros(3), "a")
    with pytest.raises(InputError, match="^a: got NaN or infinity from the Keras model itself"):
        refuse_non_finite(np.array([0.0, value]), "a")


@pytest.mark.parametrize("count_from", ["block", "call"])
def test_a_stream_that_forgets_its_history_is_found(count_from: str) -> None:
    """One that counts from where it should carry on is wrong, though each call alone is right."""

    def step(blocks, histories):
        (total,) = histories
        sums = np.cumsum(blocks.reshape(-1)).astype(np.float32) + total
        kept = sums[-1] if count_from == "block" else np.float32(0.0)
        return sums.reshape(blocks.shape), [kept]

    noisy = np.full(200, 0.001, np.float32)
    stream = BlockStream(step, [np.float32(0.0)], 4, 0)
    error = np.abs(streamed(stream, noisy, 4) - np.cumsum(noisy)).max()
    assert error < 1e-6 if count_from == "block" else error > 1e-3


def test_errors_are_told_against_the_signal() -> None:
    signal = np.tile([0.5, -0.5], 50)
    assert signal_to_noise_db(signal, signal + 0.005) == pytest.approx(40.0)
    assert signal_to_noise_db(signal, signal) == np.inf
    assert np.isnan(signal_to_noise_db(signal, signal + NAN))


def test_the_probe_is_loud_broad_and_has_a_pause() -> None:
    probe = probe_signal(16000, 16000)
    assert probe.dtype == np.float32 and 0.3 < np.abs(probe).max() <= 1.0
    np.testing.assert_array_equal(probe[6500:7900], 0.0)
    levels = np.abs(np.fft.rfft(probe)).reshape(-1)[:8000].reshape(8, 1000).mean(axis=1)
    assert levels.min() > 1.0
    np.testing.assert_array_equal(probe, probe_signal(16000, 16000))
