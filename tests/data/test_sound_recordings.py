"""Sounds of any layout are prepared once: scaled, brought to one format, labelled and split."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.config.sounds_schema import (
    NSynthDataConfig,
    SoundsDataConfig,
    SpeechCommandsDataConfig,
)
from tfgan_audio.data.prepare import prepare
from tfgan_audio.data.sound_source import prepared_labels, prepared_sounds
from tfgan_audio.errors import InputError


def write(path: Path, waveform: np.ndarray, sample_rate_hz: int = 16_000, **options) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, waveform, sample_rate_hz, **options)


@pytest.fixture
def drums(tmp_path: Path) -> Path:
    """Three labels with 10, 6 and 4 hits, mono and stereo, of unequal level and length."""
    rng = np.random.default_rng(0)
    for label, num_hits in (("kick", 10), ("snare", 6), ("clap", 4)):
        for number in range(num_hits):
            num_samples = 900 + 150 * number
            decay = np.exp(-np.arange(num_samples) / 200)[:, None]
            hit = 0.05 * (number + 1) * decay * rng.uniform(-1, 1, (num_samples, 1 + number % 2))
            write(tmp_path / "drums" / label / f"{number}.wav", hit, subtype="FLOAT")
    return tmp_path


def section_of(folder: Path, **changes: object) -> SoundsDataConfig:
    keys = {"sound_dir": str(folder / "drums"), "shards_dir": str(folder / "out" / "shards")}
    return SoundsDataConfig(**(keys | {"labels": True, "validation_fraction": 0.25} | changes))


def test_each_file_is_scaled_to_its_peak_and_nothing_else_changes(drums: Path) -> None:
    clips = prepare(section_of(drums))["sound"]
    assert clips.num_clips == 20 and clips.num_channels == 1
    for index, name in enumerate(clips.names):
        hit, _ = soundfile.read(drums / "drums" / name, always_2d=True)
        mono = hit.mean(axis=1)
        expected = mono / np.abs(mono).max()
        # 16 bits: half a step, and the largest sample itself can be 32767/32768 only.
        np.testing.assert_allclose(clips.read(index)[:, 0], expected, atol=1.01 / 32768)


def test_levels_stay_where_they_are_not_normalised(drums: Path) -> None:
    clips = prepare(section_of(drums, normalize="none"))["sound"]
    for index, name in enumerate(clips.names):
        hit, _ = soundfile.read(drums / "drums" / name, always_2d=True)
        np.testing.assert_allclose(clips.read(index)[:, 0], hit.mean(axis=1), atol=0.51 / 32768)


def test_stereo_keeps_its_sides_and_their_balance(drums: Path) -> None:
    clips = prepare(section_of(drums, num_channels=2))["sound"]
    for index, name in enumerate(clips.names):
        hit, _ = soundfile.read(drums / "drums" / name, always_2d=True)
        expected = np.broadcast_to(hit, (len(hit), 2)) / np.abs(hit).max()
        np.testing.assert_allclose(clips.read(index), expected, atol=1.01 / 32768)


def test_slices_are_parts_of_the_prepared_files_with_their_labels(drums: Path) -> None:
    section = section_of(drums, balanced=True)
    prepared = prepare(section)
    assert prepared_labels(section, prepared, 500) == ("clap", "kick", "snare")
    names = {"train": set(), "validation": set()}
    for split, seen in names.items():
        source = prepared_sounds(section, prepared, 500, split, seed=3)
        assert source.label_names == ("clap", "kick", "snare")
        for index in range(60):
            waveform, label = source.item(index)
            whole = {}
            for clip, entry in enumerate(source.clips.entries):
                samples = source.clips.read(clip)[:, 0]
                places = np.flatnonzero(samples[: len(samples) - 499] == waveform[0, 0])
                if any(np.array_equal(samples[p : p + 500], waveform[:, 0]) for p in places):
                    whole[entry.name] = entry.label
            assert set(whole.values()) == {source.label_names[label]}
            seen |= set(whole)
    assert names["train"] and names["validation"]
    assert not names["train"] & names["validation"]


def test_every_label_is_held_out_and_the_table_counts_them(drums: Path) -> None:
    prepared = prepare(section_of(drums))
    held_out = prepared["sound"].subset("validation").labels
    assert sorted(held_out) == ["clap", "kick", "kick", "snare"]
    lines = prepared.table().splitlines()
    assert [line.split()[:4] for line in lines] == [
        ["sound", "train", "16", "clips"],
        ["sound", "validation", "4", "clips"],
        ["label", "clap", "4", "clips"],
        ["label", "kick", "10", "clips"],
        ["label", "snare", "6", "clips"],
    ]


def test_without_labels_files_are_held_out_wherever_they_lie(drums: Path) -> None:
    section = section_of(drums, labels=False)
    write(drums / "drums" / "loose.wav", np.full(900, 0.1))
    prepared = prepare(section)
    assert set(prepared["sound"].labels) == {""}
    assert prepared["sound"].splits.count("validation") == 5
    assert prepared_labels(section, prepared, 500) == ()
    assert len(prepared.table().splitlines()) == 2


def test_another_rate_is_resampled_once_and_peaks_are_whole(tmp_path: Path) -> None:
    tone = 0.2 * np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100)
    for number in range(2):
        write(tmp_path / "drums" / f"{number}.flac", tone, 44_100)
    section = section_of(tmp_path, labels=False)
    clips = prepare(section)["sound"]
    samples = clips.read(0)[:, 0]
    assert len(samples) == 16_000 and np.abs(samples).max() >= 32767 / 32768
    peak_bin = np.argmax(np.abs(np.fft.rfft(samples)))
    assert peak_bin == 1000


@pytest.mark.parametrize(
    "change",
    [
        {"normalize": "none"},
        {"num_channels": 2},
        {"labels": False},
        {"label_by": "prefix"},
        {"validation_fraction": 0.5},
        {"sample_rate_hz": 8000},
    ],
)
def test_what_the_shards_depend_on_makes_another_set(drums: Path, change: dict) -> None:
    for path in sorted((drums / "drums").rglob("*.wav")):
        path.rename(path.with_name(f"{path.parent.name[0]}_{path.name}"))
    prepare(section_of(drums))
    with pytest.raises(InputError, match="got a set of other files or settings"):
        prepare(section_of(drums, **change))


def test_what_only_training_reads_leaves_the_set_as_it_is(drums: Path) -> None:
    first = prepare(section_of(drums))
    before = (first.path / "prepared.json").stat().st_mtime_ns
    changes = {"balanced": True, "position": "start", "pad": True, "num_validation_items": 9}
    again = prepare(section_of(drums, **changes))
    assert (again.path / "prepared.json").stat().st_mtime_ns == before


def test_prepared_sounds_need_no_source_but_the_right_format(drums: Path) -> None:
    prepare(section_of(drums))
    (drums / "drums").rename(drums / "elsewhere")
    section = section_of(drums)
    assert prepared_sounds(section, prepare(section), 500, "train").num_slices > 15
    for change, expected in (
        ({"num_channels": 2}, "16000 Hz and 2 channels"),
        ({"sample_rate_hz": 44_100}, "44100 Hz and 1 channels"),
    ):
        section = section_of(drums, **change)
        with pytest.raises(InputError, match=f"shards: got shards of .* of {expected}"):
            prepared_sounds(section, prepare(section), 500, "train")
    with pytest.raises(InputError, match="got a set of sounds, expected a set of nsynth"):
        prepare(NSynthDataConfig(sound_dir="gone", shards_dir=str(drums / "out" / "shards")))


def test_bad_files_are_left_out_only_if_a_label_keeps_one(drums: Path) -> None:
    (drums / "drums" / "clap" / "0.wav").write_text("no sound")
    with pytest.raises(InputError, match=r"drums: got 1 unusable of 20 files: clap/0.wav \("):
        prepare(section_of(drums))
    assert prepare(section_of(drums), skip_bad=True)["sound"].num_clips == 19
    for path in (drums / "drums" / "clap").iterdir():
        write(path, np.zeros(900))
    with pytest.raises(InputError, match="got no usable file of the label clap, expected audible"):
        prepare(section_of(drums, validation_fraction=0.2), skip_bad=True, overwrite=True)


def test_six_channels_are_no_stereo(drums: Path) -> None:
    write(drums / "drums" / "kick" / "surround.wav", np.full((900, 6), 0.1))
    with pytest.raises(InputError, match="surround.wav: got 6 channels, expected 1 or 2"):
        prepare(section_of(drums, num_channels=2))
    assert not (drums / "out" / "shards").exists()
    assert prepare(section_of(drums))["sound"].num_clips == 21


def test_nothing_to_hold_out_is_one_line(tmp_path: Path) -> None:
    write(tmp_path / "drums" / "kick" / "a.wav", np.full(900, 0.1))
    with pytest.raises(InputError, match="drums: got 1 usable file, expected at least 2, so that"):
        prepare(section_of(tmp_path, labels=False))
    write(tmp_path / "drums" / "snare" / "a.wav", np.full(900, 0.1))
    with pytest.raises(InputError, match="drums: got 1 usable file of each label, expected at"):
        prepare(section_of(tmp_path))


def test_speech_commands_are_prepared_as_they_are_published(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for word in ("zero", "one", "cat"):
        for speaker in "abc":
            write(tmp_path / "sc" / word / f"{speaker}_nohash_0.wav", rng.uniform(-1, 1, 15_000))
    write(tmp_path / "sc" / "_background_noise_" / "pink.wav", rng.uniform(-1, 1, 60_000))
    for part, speaker in (("validation", "b"), ("testing", "c")):
        names = [f"{word}/{speaker}_nohash_0.wav" for word in ("zero", "one", "cat")]
        (tmp_path / "sc" / f"{part}_list.txt").write_text("\n".join(names))
    section = SpeechCommandsDataConfig(
        sound_dir=str(tmp_path / "sc"),
        shards_dir=str(tmp_path / "shards"),
        words=("zero", "one"),
        labels=True,
    )
    prepared = prepare(section)
    assert prepared["sound"].subset("train").names == ["zero/a_nohash_0.wav", "one/a_nohash_0.wav"]
    held_out = prepared_sounds(section, prepared, 16_384, "validation")
    assert sorted(held_out.clips.names) == ["one/b_nohash_0.wav", "zero/b_nohash_0.wav"]
    waveform, label = held_out.item(0)
    assert held_out.label_names == ("one", "zero") and waveform.any()
    assert not waveform[15_000:].any()  # a word is shorter than a slice
    (tmp_path / "sc" / "validation_list.txt").write_text("one/a_nohash_0.wav")
    with pytest.raises(InputError, match="got a set of other files or settings"):
        prepare(section)


def test_nsynth_is_prepared_as_it_is_published(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    for part, pitches in (("nsynth-train", (30, 60, 61)), ("nsynth-valid", (60,))):
        told = {}
        for pitch in pitches:
            name = f"organ_electronic_001-{pitch:03d}-100"
            write(tmp_path / "ns" / part / "audio" / f"{name}.wav", rng.uniform(-1, 1, 64_000))
            told[name] = {"pitch": pitch, "instrument_family_str": "organ"}
        (tmp_path / "ns" / part / "examples.json").write_text(json.dumps(told))
    section = NSynthDataConfig(
        sound_dir=str(tmp_path / "ns"),
        shards_dir=str(tmp_path / "shards"),
        labels=True,
        label_by="pitch",
    )
    prepared = prepare(section)
    assert prepared_labels(section, prepared, 65_536) == ("030", "060", "061")
    waveform, label = prepared_sounds(section, prepared, 65_536, "validation").item(0)
    expected, _ = soundfile.read(
        tmp_path / "ns" / "nsynth-valid" / "audio" / "organ_electronic_001-060-100.wav"
    )
    np.testing.assert_allclose(
        waveform[:64_000, 0], expected / np.abs(expected).max(), atol=1.01 / 32768
    )
    assert label == 1 and not waveform[64_000:].any()
