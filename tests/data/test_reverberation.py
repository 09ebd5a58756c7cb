"""Rooms leave the direct sound where it was, and the target keeps the part asked for."""

import numpy as np
import pytest
import scipy.signal

from tfgan_audio.data.reverberation import direct_path, reverberate
from tfgan_audio.errors import InputError

RATE_HZ = 16_000


def made_room(seed: int, delay: int = 37, num_samples: int = 6000) -> np.ndarray:
    """A direct pulse after a delay, then decaying noise from 3 ms on."""
    rng = np.random.default_rng(seed)
    time = np.arange(num_samples - delay)
    tail = 0.2 * rng.standard_normal(len(time)) * np.exp(-time / 1500) * (time > 48)
    return np.concatenate([np.zeros(delay), [0.7], tail[1:]])


@pytest.fixture
def speech(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal(9000).astype(np.float32)


@pytest.mark.parametrize("delay", [0, 1, 37, 900])
def test_the_direct_sound_stays_in_time_and_at_its_level(speech: np.ndarray, delay: int) -> None:
    room = made_room(1, delay)
    reverberant, target = reverberate(speech, room, 0, RATE_HZ)
    np.testing.assert_array_equal(target, speech)
    full = scipy.signal.convolve(speech.astype(np.float64), room / 0.7)
    np.testing.assert_allclose(reverberant, full[delay : delay + 9000], atol=2e-5)
    lags = scipy.signal.correlate(reverberant, speech)
    assert int(np.argmax(lags)) - (len(speech) - 1) == 0


def test_the_direct_sound_is_the_first_strong_pulse_not_the_strongest() -> None:
    response = np.zeros(2000)
    response[[100, 103, 500]] = [0.4, -0.6, 1.0]
    assert direct_path(response, RATE_HZ) == 103
    response[103] = 0.2
    assert direct_path(response, RATE_HZ) == 500
    assert direct_path(-response, RATE_HZ) == 500


def test_a_reversed_or_quiet_recording_is_put_right(speech: np.ndarray) -> None:
    expected = reverberate(speech, made_room(2), 50, RATE_HZ)
    for factor in (-1.0, 0.01):
        for seen, wanted in zip(
            reverberate(speech, factor * made_room(2), 50, RATE_HZ), expected, strict=True
        ):
            np.testing.assert_allclose(seen, wanted, atol=1e-4)


def test_the_target_keeps_early_reflections_and_no_late_ones() -> None:
    click = np.zeros(6000, np.float32)
    click[0] = 1.0
    room = made_room(3)
    late, early = 37 + 55 * 16, 37 + 50 * 16  # after 50 ms and the taper of 5 ms
    reverberant, target = reverberate(click, room, 50, RATE_HZ)
    np.testing.assert_allclose(target[: early - 37], reverberant[: early - 37], atol=1e-6)
    assert np.abs(target[late - 37 + 1 :]).max() < 1e-6 < np.abs(reverberant[late - 37 :]).max()
    faded = np.abs(target[early - 37 : late - 37]) <= np.abs(reverberant[early - 37 : late - 37])
    assert np.mean(faded) > 0.95


def test_without_a_limit_the_target_is_all_that_is_heard(speech: np.ndarray) -> None:
    reverberant, target = reverberate(speech, made_room(4), None, RATE_HZ)
    np.testing.assert_array_equal(reverberant, target)
    nearly = reverberate(speech, made_room(4), 1000.0, RATE_HZ)[1]
    np.testing.assert_allclose(nearly, reverberant, atol=2e-5)


def test_a_response_longer_than_the_speech_gives_the_start_of_it_all(speech: np.ndarray) -> None:
    room = made_room(5, num_samples=6000)
    whole, _ = reverberate(speech, room, 50, RATE_HZ)
    part, target = reverberate(speech[:800], room, 50, RATE_HZ)
    np.testing.assert_allclose(part, whole[:800], atol=2e-5)
    assert len(target) == 800


@pytest.mark.parametrize(
    ("response", "early_ms", "message"),
    [
        (np.zeros(100), 50, "response: got digital silence, expected an impulse response"),
        (np.ones(3), -1.0, "early_ms: got -1.0"),
        (np.ones(3), float("nan"), "early_ms: got nan"),
    ],
)
def test_what_makes_no_sense_is_one_line(response, early_ms, message: str) -> None:
    with pytest.raises(InputError, match=message):
        reverberate(np.ones(50, np.float32), response, early_ms, RATE_HZ)
