"""Segments of recordings with what an acoustic model made of them: both of the same place."""

from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.predicted_source import (
    PredictedSegments,
    predicted_utterances,
    read_mels,
    write_mels,
)
from tfgan_audio.errors import InputError

HOP = 64
FEATURES = MelFeatures(
    sample_rate_hz=8000, fft_samples=256, hop_samples=HOP, window_samples=200, num_mels=20
)
FRAMES = (40, 11, 3, 24)


def numbered(number: int, num_frames: int) -> np.ndarray:
    """A mel whose every frame tells its recording and its place."""
    return np.tile(1000.0 * number + np.arange(num_frames)[:, None], [1, 20]).astype(np.float32)


@pytest.fixture(scope="module")
def clips() -> MemoryClips:
    """Recordings whose samples rise by a step of 16 bits from each to the next, from zero."""
    clips = MemoryClips((), 8000)
    for number, num_frames in enumerate(FRAMES):
        ramp = np.arange(num_frames * HOP, dtype=np.float32)[:, None] / 32768
        clips.add(Clip(f"{number}.wav", Path("x"), ""), ramp)
    return clips


@pytest.fixture(scope="module")
def mels(clips, tmp_path_factory) -> dict[str, np.ndarray]:
    """The numbered mels, written and read."""
    folder = tmp_path_factory.mktemp("mels")
    made = {name: numbered(int(name[0]), FRAMES[int(name[0])]) for name in clips.names}
    write_mels(folder, clips, FEATURES, made.__getitem__)
    found = read_mels(folder, clips, FEATURES)
    assert list(found) == list(made)
    for name, mel in made.items():
        np.testing.assert_array_equal(found[name], mel)
    return found


def test_a_segment_begins_with_the_same_frame_in_both(clips, mels) -> None:
    source = PredictedSegments(clips, mels, FEATURES, 8 * HOP, seed=3)
    starts = {number: set() for number in range(4)}
    for index in range(400):
        mel, waveform = source.item(index)
        assert mel.shape == (8, 20) and waveform.shape == (8 * HOP, 1)
        number, first = divmod(int(mel[0, 0]), 1000)
        inside = min(8, FRAMES[number] - first)
        np.testing.assert_array_equal(mel[:inside], numbered(number, first + 8)[first:][:inside])
        samples = np.arange(first * HOP, (first + inside) * HOP) / 32768
        np.testing.assert_array_equal(waveform[: inside * HOP, 0], samples.astype(np.float32))
        assert not waveform[inside * HOP :].any()
        starts[number].add(first)
    # Every place at which a segment fits is visited, the first and the last ones too.
    assert starts == {0: set(range(33)), 1: set(range(4)), 2: {0}, 3: set(range(17))}


def test_behind_a_short_recording_the_mel_is_that_of_silence(clips, mels) -> None:
    source = PredictedSegments(clips, mels, FEATURES, 8 * HOP)
    short = next(mel for mel, _ in map(source.item, range(50)) if int(mel[0, 0]) == 2000)
    silence = log_mel(np.zeros([1, 8 * HOP], np.float32), FEATURES)[0].numpy()
    np.testing.assert_array_equal(short[:3], numbered(2, 3))
    np.testing.assert_allclose(short[3:], silence[3:], rtol=1e-6)


def test_a_batch_is_its_items_and_depends_on_step_and_seed_alone(clips, mels) -> None:
    source = PredictedSegments(clips, mels, FEATURES, 8 * HOP, seed=1)
    mel, waveform = source.batch(5, 4)
    for row in range(4):
        for array, one in zip((mel, waveform), source.item(20 + row), strict=True):
            np.testing.assert_array_equal(array[row], one)
    again = PredictedSegments(clips, mels, FEATURES, 8 * HOP, seed=1).batch(5, 4)
    np.testing.assert_array_equal(again[1], waveform)
    other = PredictedSegments(clips, mels, FEATURES, 8 * HOP, seed=2).batch(5, 4)
    assert np.any(other[0] != mel)
    assert [part.shape for part in source.batch(0, 0)] == [(0, 8, 20), (0, 8 * HOP, 1)]


def test_utterances_keep_their_mels_up_to_their_longest(clips, mels) -> None:
    found = predicted_utterances(clips, mels, FEATURES, 9, max_seconds=12.9 * HOP / 8000)
    assert sorted(each.name for each in found) == clips.names
    for each in found:
        number = int(each.name[0])
        num_frames = min(12, FRAMES[number])
        np.testing.assert_array_equal(each.mel, numbered(number, num_frames))
        ramp = np.arange(num_frames * HOP, dtype=np.float32)[:, None] / 32768
        np.testing.assert_array_equal(each.waveform, ramp)
    few = predicted_utterances(clips, mels, FEATURES, 2, max_seconds=9.0)
    assert [each.name for each in few] == [each.name for each in found[:2]]


def test_mels_that_do_not_fit_the_recordings_are_refused(clips, tmp_path) -> None:
    with pytest.raises(InputError, match="mels.npy: got no array of mels, expected one of `prep"):
        read_mels(tmp_path, clips, FEATURES)
    write_mels(tmp_path, clips, FEATURES, lambda name: numbered(0, FRAMES[int(name[0])]))
    fewer = clips.select([0, 1])
    with pytest.raises(InputError, match=r"mels.npy: got shape \[78, 20\], expected \[51, 20\]"):
        read_mels(tmp_path, fewer, FEATURES)
    with pytest.raises(InputError, match="segment_samples: got 100, expected a multiple of hop"):
        PredictedSegments(clips, {}, FEATURES, 100)
