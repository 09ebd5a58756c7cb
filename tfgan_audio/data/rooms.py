"""Made rooms: shoe boxes drawn by seed, their impulse responses by pyroomacoustics.

Shape letters: R samples of a response.
"""

import math
import threading
from dataclasses import dataclass

import numpy as np

from tfgan_audio.data.draws import generator_at
from tfgan_audio.errors import InputError

_SMALLEST_M, _LARGEST_M = (3.0, 2.5, 2.2), (9.0, 6.0, 3.5)
_DISTANCE_M = (0.3, 3.0)
_FROM_WALL_M = 0.3
_LARGEST_ABSORPTION = 0.9
_SOUND_M_PER_S = 343.0
_MAX_ORDER = 12  # of image sources; what comes later is traced by rays
_TAIL_DB = -60.0
_ROOM_STREAM = 21

_simulation = threading.Lock()  # pyroomacoustics draws from one generator of the process

Position = tuple[float, float, float]


@dataclass(frozen=True)
class Room:
    """A room with a speaker and a microphone.

    Args:
        size_m: Length, width and height in metres.
        rt60_s: Seconds in which reverberation falls by 60 dB, by Sabine's formula.
        source_m: Where the speaker is.
        microphone_m: Where the microphone is.
        seed: Of the rays.
    """

    size_m: Position
    rt60_s: float
    source_m: Position
    microphone_m: Position
    seed: int

    @property
    def absorption(self) -> float:
        """Share of the energy that a wall takes at each reflection, by Sabine's formula."""
        length, width, height = self.size_m
        volume = length * width * height
        surface = 2 * (length * width + width * height + height * length)
        return 24 * math.log(10) * volume / (_SOUND_M_PER_S * surface * self.rt60_s)


def draw_room(seed: int, index: int, rt60_s: tuple[float, float] = (0.2, 0.8)) -> Room:
    """Draw room `index` of an endless sequence.

    Args:
        seed: Names the sequence.
        index: Position in it, at least 0.
        rt60_s: Shortest and longest reverberation time; a large room may not be as dead as the
            shortest, and then has walls that absorb 90 %.

    Returns:
        A room of 3 to 9, 2.5 to 6 and 2.2 to 3.5 m, speaker and microphone 0.3 to 3 m apart.
    """
    rng = generator_at(seed, index, _ROOM_STREAM)
    size = rng.uniform(_SMALLEST_M, _LARGEST_M)
    drawn_rt60_s = float(rng.uniform(*rt60_s))
    while True:
        source = rng.uniform(_FROM_WALL_M, size - _FROM_WALL_M)
        direction = rng.standard_normal(3)
        distance = rng.uniform(*_DISTANCE_M)
        microphone = source + distance * direction / np.linalg.norm(direction)
        if np.all((microphone > _FROM_WALL_M) & (microphone < size - _FROM_WALL_M)):
            break
    ray_seed = int(rng.integers(2**31))
    room = Room(_position(size), drawn_rt60_s, _position(source), _position(microphone), ray_seed)
    least_rt60_s = drawn_rt60_s * room.absorption / _LARGEST_ABSORPTION
    rt60_s = max(drawn_rt60_s, least_rt60_s)
    return Room(room.size_m, rt60_s, room.source_m, room.microphone_m, ray_seed)


def room_response(room: Room, sample_rate_hz: int) -> np.ndarray:
    """Simulate the impulse response of a room.

    The microphone is moved along its line to the speaker, by half a sample of sound at most, so
    that the direct sound falls on a sample and not between two.

    Args:
        room: The room.
        sample_rate_hz: Rate of the response.

    Shape:
        [R]

    Returns:
        float32 with a largest magnitude of 0.9, without the tail that is 60 dB below the whole.

    Raises:
        InputError: pyroomacoustics is not installed.

    Reference:
        Scheibler et al. 2018, "Pyroomacoustics", arXiv:1710.04196; hybrid of image sources and ray
        tracing.
    """
    try:
        import pyroomacoustics
    except ImportError as error:
        expected = "the package pyroomacoustics (pip install tfgan_audio[mix]), or a response_dir"
        raise InputError("made rooms", "no room simulator", expected) from error
    source, microphone = np.array(room.source_m), np.array(room.microphone_m)
    samples_apart = np.linalg.norm(microphone - source) / _SOUND_M_PER_S * sample_rate_hz
    microphone = source + (microphone - source) * round(samples_apart) / samples_apart
    with _simulation:
        pyroomacoustics.constants.set("num_threads", 1)  # more would sum in another order
        pyroomacoustics.random.seed(room.seed)
        box = pyroomacoustics.ShoeBox(
            room.size_m,
            fs=sample_rate_hz,
            materials=pyroomacoustics.Material(room.absorption),
            max_order=_MAX_ORDER,
            ray_tracing=True,
        )
        box.add_source(source)
        box.add_microphone(microphone)
        box.compute_rir()
    response = np.asarray(box.rir[0][0])
    return _without_tail(response * (0.9 / np.abs(response).max())).astype(np.float32)


def _without_tail(response: np.ndarray) -> np.ndarray:
    """Cut off the end that holds a negligible share of the energy."""
    remaining = np.cumsum(response[::-1] ** 2)[::-1]
    return response[: int(np.count_nonzero(remaining > remaining[0] * 10 ** (_TAIL_DB / 10)))]


def _position(point: np.ndarray) -> Position:
    """Round to a tenth of a millimetre, which a record shows in full."""
    x, y, z = (round(float(value), 4) for value in point)
    return x, y, z
