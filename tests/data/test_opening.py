"""Folders become clips at the rate and channel count asked for, or one clear line."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.data import opening
from tfgan_audio.data.manifest import list_clips
from tfgan_audio.data.opening import open_clips, open_pairs, open_sounds
from tfgan_audio.data.reading import read_together
from tfgan_audio.data.shards import write_shards
from tfgan_audio.errors import InputError


def test_a_folder_is_read_as_it_is(corpus: Path) -> None:
    clips = open_clips(corpus / "speech", 16_000, validation_fraction=0.25)
    assert clips.num_clips == 12
    assert set(clips.labels) == {"speaker0", "speaker1", "speaker2", "speaker3"}
    assert clips.splits.count("validation") == 3
    for index, name in enumerate(clips.names):
        expected, _ = soundfile.read(corpus / "speech" / name, dtype="float32", always_2d=True)
        np.testing.assert_array_equal(clips.read(index), expected)


def test_channels_are_folded_or_repeated(tmp_path: Path, write_file) -> None:
    write_file(tmp_path / "two" / "a.wav", np.array([[1000, 3000], [-2000, 0]] * 500, np.int16))
    write_file(tmp_path / "one" / "b.wav", np.array([[1000], [-400]] * 500, np.int16))
    write_file(tmp_path / "six" / "c.wav", np.full((500, 6), 1000, np.int16))
    mono = open_clips(tmp_path / "two", 16_000, 1).read(0)
    np.testing.assert_array_equal(mono[:2] * 32768, [[2000], [-1000]])
    stereo = open_clips(tmp_path / "two", 16_000, 2).read(0)
    np.testing.assert_array_equal(stereo[:2] * 32768, [[1000, 3000], [-2000, 0]])
    twice = open_clips(tmp_path / "one", 16_000, 2).read(0)
    np.testing.assert_array_equal(twice[:2] * 32768, [[1000, 1000], [-400, -400]])
    with pytest.raises(InputError, match="c.wav: got 6 channels, expected 1 or 2"):
        open_clips(tmp_path / "six", 16_000, 2)


def test_another_rate_is_resampled(tmp_path: Path) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100)
    soundfile.write(tmp_path / "tone.wav", tone, 44_100, subtype="FLOAT")
    samples = open_clips(tmp_path, 16_000).read(0)[:, 0]
    assert len(samples) == 16_000
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    np.testing.assert_allclose(samples[800:-800], expected[800:-800], atol=1e-3)


def test_what_exceeds_full_scale_is_scaled_down_together(tmp_path: Path) -> None:
    loud = np.random.default_rng(0).uniform(-2, 2, 4000).astype(np.float32)
    for side, factor in (("noisy", 1.0), ("clean", 0.4)):
        (tmp_path / side).mkdir()
        soundfile.write(tmp_path / side / "a.wav", factor * loud, 16_000, subtype="FLOAT")
    noisy, clean = open_pairs(tmp_path / "noisy", tmp_path / "clean", 16_000)
    assert np.abs(noisy.read(0)).max() == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(clean.read(0), 0.4 * noisy.read(0), atol=1 / 32768)
    alone = read_together(list_clips(tmp_path / "clean"), 16_000, 1)[0]
    np.testing.assert_allclose(alone[:, 0], 0.4 * loud, atol=1e-7)


def test_partners_are_on_the_same_side_of_the_split(tmp_path: Path, write_file) -> None:
    for number in range(10):
        for side in ("noisy", "clean"):
            write_file(tmp_path / side / f"p{number}.wav", np.full((500, 1), 900, np.int16))
    noisy, clean = open_pairs(tmp_path / "noisy", tmp_path / "clean", 16_000, 0.2)
    assert noisy.splits == clean.splits
    assert noisy.splits.count("validation") == 2
    assert noisy.subset("validation").names == clean.subset("validation").names


def test_shards_of_another_rate_or_channel_count_are_refused(corpus: Path) -> None:
    listed = list_clips(corpus / "noise")
    waveforms = [read_together([clip], 16_000, 1)[0] for clip in listed]
    write_shards(zip(listed, waveforms, strict=True), corpus / "shards", 16_000)
    assert open_clips(corpus / "shards", 16_000).num_clips == 5
    for rate, channels in ((22_050, 1), (16_000, 2)):
        seen = "shards of 16000 Hz and 1 channels"
        expected = f"shards of {rate} Hz and {channels} channels"
        with pytest.raises(InputError, match=f"got {seen}, expected {expected}"):
            open_clips(corpus / "shards", rate, channels)


def test_pairs_of_shards_are_opened_as_they_are(corpus: Path) -> None:
    listed = list_clips(corpus / "noise")
    waveforms = [read_together([clip], 16_000, 1)[0] for clip in listed]
    for side in ("noisy", "clean"):
        write_shards(zip(listed, waveforms, strict=True), corpus / side, 16_000)
    noisy, clean = open_pairs(corpus / "noisy", corpus / "clean", 16_000)
    assert noisy.names == clean.names == [clip.name for clip in listed]
    np.testing.assert_array_equal(noisy.read(3), waveforms[3])


def test_unusable_files_are_named(corpus: Path) -> None:
    bad = corpus / "speech" / "speaker0" / "take0.wav"
    bad.write_text("This is no sound.")
    with pytest.raises(InputError, match="take0.wav: got"):
        open_clips(corpus / "speech", 16_000)


def test_nothing_but_silence_is_refused(tmp_path: Path, write_file) -> None:
    write_file(tmp_path / "a.wav", np.zeros((4000, 1), np.int16))
    write_file(tmp_path / "b.wav", np.ones((4000, 1), np.int16))
    with pytest.raises(InputError, match=f"{tmp_path}: got nothing but silence"):
        open_clips(tmp_path, 16_000)


def test_more_than_fits_is_refused_before_reading(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MAX_MEMORY_BYTES", 100_000)
    with pytest.raises(InputError, match="hours of audio, too much to hold in memory, expected a"):
        open_clips(corpus / "speech", 16_000)


def test_sounds_of_one_label_are_held_out_by_file(tmp_path: Path, write_file) -> None:
    for number in range(20):
        write_file(tmp_path / "ab"[number % 2] / f"{number}.wav", np.full((500, 1), 900, np.int16))
    clips = open_sounds(tmp_path, 16_000, 1, 0.2, labels=True)
    held_out = clips.subset("validation")
    assert sorted(held_out.labels) == ["a", "a", "b", "b"]
    assert open_sounds(tmp_path, 16_000).labels == [""] * 20
