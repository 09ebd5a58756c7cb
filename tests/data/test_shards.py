"""Shards hold what was written, can be read by TensorFlow, and say when they are damaged."""

import json
import os
import resource
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data.clips import Clips, MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.shards import ShardSet, write_shards
from tfgan_audio.errors import InputError


def made_clips(num_clips: int = 7, num_channels: int = 1) -> list[tuple[Clip, np.ndarray]]:
    """Clips of 1 sample, 1001 samples and so on, every value of which 16 bits hold exactly."""
    rng = np.random.default_rng(0)
    clips = []
    for index in range(num_clips):
        name, split = f"ä{index % 2}/clip {index}.wav", ("train", "validation")[index % 3 == 2]
        pcm = rng.integers(-32768, 32768, (1 + 1000 * index, num_channels))
        clip = Clip(name, Path("/source") / name, f"ä{index % 2}", split)
        clips.append((clip, (pcm / 32768).astype(np.float32)))
    return clips


@pytest.fixture(params=["shards", "memory", "stereo shards", "stereo memory"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Clips, list]:
    """The two kinds of sets, with what they shall hold."""
    num_channels = 2 if "stereo" in request.param else 1
    made = made_clips(num_channels=num_channels)
    if "shards" in request.param:
        return write_shards(made, tmp_path / "set", 16_000, num_channels, shard_bytes=5000), made
    return MemoryClips(made, 16_000, num_channels), made


def test_a_set_holds_what_it_was_given(case: tuple[Clips, list]) -> None:
    clips, made = case
    assert clips.names == [clip.name for clip, _ in made]
    assert clips.labels == [clip.label for clip, _ in made]
    assert clips.splits == [clip.split for clip, _ in made]
    assert clips.seconds == sum(len(waveform) for _, waveform in made) / 16_000
    for index, (_, waveform) in enumerate(made):
        part = clips.read(index)
        assert part.dtype == np.float32
        np.testing.assert_array_equal(part, waveform)


def test_any_part_equals_a_slice(case: tuple[Clips, list], rng: np.random.Generator) -> None:
    clips, made = case
    for index, (_, waveform) in enumerate(made):
        for _ in range(5):
            start, stop = sorted(rng.integers(0, len(waveform) + 1, 2))
            np.testing.assert_array_equal(clips.read(index, start, stop), waveform[start:stop])
        for start, stop in ((0, len(waveform) + 1), (-1, 1), (1, 0)):
            with pytest.raises(IndexError, match="clip"):
                clips.read(index, start, stop)


def test_a_subset_is_one_split(case: tuple[Clips, list]) -> None:
    clips, made = case
    held_out = [(clip, waveform) for clip, waveform in made if clip.split == "validation"]
    subset = clips.subset("validation")
    assert subset.names == [clip.name for clip, _ in held_out]
    np.testing.assert_array_equal(subset.read(1), held_out[1][1])
    assert clips.subset("train").num_clips + subset.num_clips == clips.num_clips
    assert clips.subset(None) is clips


def test_tensorflow_reads_the_records(tmp_path: Path) -> None:
    import tensorflow as tf

    made = made_clips(num_channels=2)
    write_shards(made, tmp_path / "set", 22_050, 2, shard_bytes=20_000)
    shards = sorted(map(str, (tmp_path / "set").glob("*.tfrecord")))
    assert len(shards) > 1
    text, number = tf.io.FixedLenFeature([], tf.string), tf.io.FixedLenFeature([], tf.int64)
    features = dict.fromkeys(("name", "label", "split", "samples"), text)
    features |= dict.fromkeys(("sample_rate_hz", "num_channels"), number)
    records = list(tf.data.TFRecordDataset(shards))  # checks every CRC
    assert len(records) == len(made)
    for record, (clip, waveform) in zip(records, made, strict=True):
        parsed = tf.io.parse_single_example(record, features)
        samples = tf.io.decode_raw(parsed["samples"], tf.int16, little_endian=True)
        np.testing.assert_array_equal(samples.numpy().reshape(-1, 2) / 32768, waveform)
        assert parsed["name"].numpy().decode() == clip.name
        assert parsed["split"].numpy().decode() == clip.split
        assert (int(parsed["sample_rate_hz"]), int(parsed["num_channels"])) == (22_050, 2)


@pytest.mark.parametrize("waveform", [np.zeros((0, 1)), np.zeros((5, 2)), np.zeros(5)])
def test_samples_of_a_wrong_shape_are_refused(tmp_path: Path, waveform: np.ndarray) -> None:
    clip = Clip("a.wav", Path("/source/a.wav"), "")
    with pytest.raises(InputError, match="/source/a.wav: got samples of shape"):
        write_shards([(clip, waveform)], tmp_path / "set", 16_000)
    assert os.listdir(tmp_path) == []
    with pytest.raises(InputError, match="/source/a.wav: got samples of shape"):
        MemoryClips([(clip, waveform)], 16_000)


def test_damage_is_named_on_opening(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    write_shards(made_clips(), folder, 16_000)
    shard, index = folder / "clips-00000.tfrecord", folder / "index.json"
    content = shard.read_bytes()
    shard.write_bytes(content[:-1])
    seen = f"clips-00000.tfrecord: got {len(content) - 1} bytes, expected {len(content)} bytes"
    with pytest.raises(InputError, match=seen):
        ShardSet(folder)
    shard.unlink()
    with pytest.raises(InputError, match="clips-00000.tfrecord: got no such file"):
        ShardSet(folder)
    index.write_text(index.read_text()[:100])
    with pytest.raises(InputError, match="index.json: got no file of this format"):
        ShardSet(folder)
    with pytest.raises(InputError, match="nowhere/index.json: got no file"):
        ShardSet(tmp_path / "nowhere")


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    write_shards(made_clips(), tmp_path / "set", 16_000)
    index = tmp_path / "set" / "index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"version": 2}))
    with pytest.raises(InputError, match="version 2, expected tfgan_audio.shards version 1"):
        ShardSet(tmp_path / "set")


def test_nothing_is_overwritten_without_being_told(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    write_shards(made_clips(3), folder, 16_000)
    with pytest.raises(InputError, match="set: got a set of other files or settings"):
        write_shards(made_clips(5), folder, 16_000)
    assert ShardSet(folder).num_clips == 3
    write_shards(made_clips(5), folder, 16_000, replace=True)
    assert ShardSet(folder).num_clips == 5
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="home: got a folder with other files"):
        write_shards(made_clips(5), tmp_path / "home", 16_000, replace=True)
    with pytest.raises(InputError, match="letter.txt: got a file"):
        write_shards(made_clips(5), tmp_path / "home" / "letter.txt", 16_000, replace=True)
    assert os.listdir(tmp_path / "home") == ["letter.txt"]


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk: both make the same call fail.
    made, limits = made_clips(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, limits[1]))
    try:
        with pytest.raises(InputError) as caught:
            write_shards(made, tmp_path / "set", 16_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    expected = "expected a place that can be written, with enough free space"
    assert str(caught.value) == f"{tmp_path / 'set'}: got File too large, {expected}"
    assert os.listdir(tmp_path) == []
