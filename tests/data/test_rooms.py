"""Made rooms are drawn by seed and sound as long as they should."""

import numpy as np
import pytest

from tfgan_audio.data.reverberation import direct_path
from tfgan_audio.data.rooms import draw_room, room_response


def reverberation_time(response: np.ndarray, sample_rate_hz: int) -> float:
    """Seconds for 60 dB, from the backward integral between -5 and -25 dB."""
    decay_db = 10 * np.log10(np.cumsum(response[::-1].astype(np.float64) ** 2)[::-1])
    decay_db -= decay_db[0]
    first, last = (int(np.argmax(decay_db < level)) for level in (-5, -25))
    return 3 * (last - first) / sample_rate_hz


def test_a_room_depends_on_seed_and_index_alone_and_is_a_room() -> None:
    rooms = [draw_room(3, index) for index in range(200)]
    assert rooms == [draw_room(3, index) for index in range(200)]
    assert len(set(rooms)) == 200 and draw_room(4, 0) != rooms[0]
    for room in rooms:
        size, source, microphone = map(np.array, (room.size_m, room.source_m, room.microphone_m))
        for point in (source, microphone):
            assert np.all(point > 0.29) and np.all(point < size - 0.29)
        assert 0.29 < np.linalg.norm(source - microphone) < 3.01
        assert room.absorption <= 0.901
    times = [room.rt60_s for room in rooms]
    assert 0.2 <= min(times) < 0.3 and 0.7 < max(times) <= 0.8


@pytest.mark.parametrize("index", [0, 1])
def test_a_response_sounds_as_long_as_its_room(index: int) -> None:
    room = draw_room(1, index, (0.35, 0.6))
    response = room_response(room, 16_000)
    assert response.dtype == np.float32 and np.abs(response).max() == pytest.approx(0.9)
    # Sabine's formula is coarse for small rooms.
    assert 0.6 < reverberation_time(response, 16_000) / room.rt60_s < 1.5


def test_the_direct_sound_falls_on_a_sample_after_its_way() -> None:
    room = draw_room(2, 5)
    metres = np.linalg.norm(np.subtract(room.source_m, room.microphone_m))
    for sample_rate_hz in (16_000, 24_000):
        response = room_response(room, sample_rate_hz)
        direct = direct_path(response, sample_rate_hz)
        simulation_delay = 40
        expected = metres / 343.0 * sample_rate_hz + simulation_delay
        assert direct == pytest.approx(expected, abs=0.51)
        before = np.abs(response[direct - 12 : direct])
        assert before.max() < 0.05 * np.abs(response[direct])  # a pulse between samples rings


def test_the_same_room_sounds_the_same_whatever_was_made_before() -> None:
    first = room_response(draw_room(0, 0), 16_000)
    room_response(draw_room(0, 1), 16_000)
    np.random.default_rng(0)
    np.testing.assert_array_equal(room_response(draw_room(0, 0), 16_000), first)
