"""Where impulse responses come from: a folder of recorded ones, or made rooms.

Shape letters: R samples of a response.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.audio.io import read_audio, read_info
from tfgan_audio.data.clips import Clips, MemoryClips
from tfgan_audio.data.manifest import Clip, list_clips
from tfgan_audio.data.rooms import draw_room, room_response
from tfgan_audio.data.work import ordered_map
from tfgan_audio.errors import InputError

MAX_SECONDS = 10.0
"""A longer file is no impulse response of a room."""


@dataclass(frozen=True)
class ResponseSource:
    """A set of impulse responses.

    Args:
        response_dir: Folder of recorded responses; None makes rooms.
        num_rooms: How many rooms to make.
        rooms_seed: Which rooms; another seed gives other ones.
        rt60_s: Shortest and longest reverberation time of made rooms.
    """

    response_dir: str | Path | None = None
    num_rooms: int = 200
    rooms_seed: int = 0
    rt60_s: tuple[float, float] = (0.2, 0.8)

    @classmethod
    def of(cls, section: Any) -> "ResponseSource":
        """Return the source whose fields are the attributes of the same names.

        Args:
            section: What has them, such as a section of a configuration.
        """
        return cls(**{field.name: getattr(section, field.name) for field in fields(cls)})

    def clips(self) -> list[Clip]:
        """List the responses; made ones are not on disk, and their path is a name only."""
        if self.response_dir is not None:
            return list_clips(self.response_dir)
        names = [f"room-{self.rooms_seed}-{index:05d}" for index in range(self.num_rooms)]
        return [Clip(name, Path(name), "") for name in names]

    def read(self, clip: Clip, sample_rate_hz: int) -> np.ndarray:
        """Read or make one response.

        Of a recording with several channels the first is taken: their mean would be another room.

        Args:
            clip: One of `clips`.
            sample_rate_hz: Rate of the result.

        Shape:
            [R, 1]

        Returns:
            float32 with a largest magnitude of 0.9.

        Raises:
            InputError: A file that is silent, longer than 10 s or no audio.
        """
        if self.response_dir is None:
            room = draw_room(self.rooms_seed, _number(clip.name), self.rt60_s)
            return room_response(room, sample_rate_hz)[:, None]
        info = read_info(clip.path)
        seconds = info.num_samples / info.sample_rate_hz
        if seconds > MAX_SECONDS:
            expected = f"an impulse response of at most {MAX_SECONDS:g} s"
            raise InputError(clip.path, f"{seconds:.1f} s", expected)
        waveform = read_audio(clip.path, sample_rate_hz)[0][:, :1]
        highest = np.abs(waveform).max()
        if not highest > 0.0:
            raise InputError(clip.path, "digital silence", "an impulse response")
        return waveform * np.float32(0.9 / highest)

    def open(self, clips: Sequence[Clip], sample_rate_hz: int) -> Clips:
        """Read or make some responses and hold them in memory.

        Args:
            clips: Some of `clips`.
            sample_rate_hz: Rate of the responses.

        Raises:
            InputError: As `read`.
        """

        def read(clip: Clip) -> tuple[Clip, np.ndarray]:
            return clip, self.read(clip, sample_rate_hz)

        return MemoryClips(ordered_map(read, clips, "rooms"), sample_rate_hz)

    def describe(self, name: str) -> dict[str, Any]:
        """Return what is known of a response, for a manifest."""
        if self.response_dir is not None:
            return {"path": str(Path(self.response_dir) / name)}
        return asdict(draw_room(self.rooms_seed, _number(name), self.rt60_s))

    def identity(self) -> list[Any]:
        """Return what the responses depend on, ready for JSON."""
        if self.response_dir is None:
            return ["rooms", self.num_rooms, self.rooms_seed, list(self.rt60_s)]
        return [(clip.name, clip.path.stat().st_size) for clip in self.clips()]


def _number(name: str) -> int:
    """Return which room of its sequence a name means."""
    return int(name.rsplit("-", 1)[1])
