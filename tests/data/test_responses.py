"""Impulse responses come from files, or are made, and bad files are named."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from tfgan_audio.data.responses import ResponseSource
from tfgan_audio.errors import InputError


@pytest.fixture
def folder(tmp_path: Path, rng: np.random.Generator) -> Path:
    decay = np.exp(-np.arange(3000) / 400)[:, None] * rng.standard_normal((3000, 2))
    soundfile.write(tmp_path / "stereo.wav", 0.05 * decay, 16_000)
    return tmp_path


def test_a_recording_gives_its_first_channel_at_full_scale(folder: Path) -> None:
    source = ResponseSource(folder)
    (clip,) = source.clips()
    response = source.read(clip, 16_000)
    recorded, _ = soundfile.read(folder / "stereo.wav")
    assert response.shape == (3000, 1) and np.abs(response).max() == pytest.approx(0.9)
    assert np.corrcoef(response[:, 0], recorded[:, 0])[0, 1] == pytest.approx(1.0)
    assert source.describe(clip.name) == {"path": str(folder / "stereo.wav")}


def test_rooms_are_numbered_and_described_as_they_are_made() -> None:
    source = ResponseSource(num_rooms=3, rooms_seed=7, rt60_s=(0.2, 0.3))
    names = [clip.name for clip in source.clips()]
    assert names == ["room-7-00000", "room-7-00001", "room-7-00002"]
    clips = source.open(source.clips()[:2], 16_000)
    first, second = clips.read(0)[:, 0], clips.read(1)[:, 0]
    assert not np.array_equal(first[:2000], second[:2000])
    assert 0.2 <= source.describe(names[1])["rt60_s"] < 0.5


def test_what_the_responses_depend_on_is_told(folder: Path) -> None:
    rooms = ResponseSource(num_rooms=3)
    assert rooms.identity() != ResponseSource(num_rooms=4).identity()
    assert rooms.identity() != ResponseSource(num_rooms=3, rooms_seed=1).identity()
    recorded = ResponseSource(folder).identity()
    soundfile.write(folder / "stereo.wav", np.ones((900, 2)), 16_000)
    assert ResponseSource(folder).identity() != recorded
    section = SimpleNamespace(response_dir=None, num_rooms=3, rooms_seed=0, rt60_s=(0.2, 0.8))
    assert ResponseSource.of(section) == rooms


@pytest.mark.parametrize(
    ("waveform", "message"),
    [
        (np.zeros(900), "bad.wav: got digital silence, expected an impulse response"),
        (np.ones(161_000), "bad.wav: got 10.1 s, expected an impulse response of at most 10 s"),
    ],
)
def test_what_is_no_response_is_one_line(tmp_path: Path, waveform, message: str) -> None:
    soundfile.write(tmp_path / "bad.wav", 0.5 * waveform, 16_000)
    source = ResponseSource(tmp_path)
    with pytest.raises(InputError, match=message):
        source.read(source.clips()[0], 16_000)


def test_without_the_simulator_one_line_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyroomacoustics", None)
    source = ResponseSource(num_rooms=2)
    with pytest.raises(InputError, match=r"no room simulator, expected .*tfgan_audio\[mix\]"):
        source.read(source.clips()[0], 16_000)
