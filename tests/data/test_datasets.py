"""Batches straight from folders: of mixtures, of pairs, of sounds."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import tensorflow as tf

import tfgan_audio.data as data
from tfgan_audio.data.datasets import mixtures, paired, sounds
from tfgan_audio.data.manifest import Clip
from tfgan_audio.errors import InputError


def taken(dataset: tf.data.Dataset, num_steps: int) -> list:
    return list(dataset.take(num_steps).as_numpy_iterator())


def test_mixtures_take_what_a_recipe_says(corpus: Path) -> None:
    rng = np.random.default_rng(0)
    (corpus / "rooms").mkdir()
    for number in range(4):
        response = 0.1 * np.exp(-np.arange(2000) / 300) * rng.standard_normal(2000)
        soundfile.write(corpus / "rooms" / f"{number}.wav", response, 16_000)
    options = {"segment_samples": 1600, "batch_size": 3, "num_steps": 2, "split": "train"}
    folders = corpus / "speech", corpus / "noise"
    rooms = {"response_dir": corpus / "rooms", "reverb_probability": 1.0, "early_ms": 0.0}
    dry = taken(mixtures(*folders, **options, num_noises=(0, 0)), 2)
    wet = taken(mixtures(*folders, **options, num_noises=(0, 0), **rooms), 2)
    for (dry_noisy, dry_clean), (wet_noisy, wet_clean) in zip(dry, wet, strict=True):
        np.testing.assert_array_equal(dry_noisy, dry_clean)
        for one, other in zip(dry_clean[:, :, 0], wet_clean[:, :, 0], strict=True):
            assert np.corrcoef(one, other)[0, 1] == pytest.approx(1.0, abs=1e-5)
        assert np.abs(wet_noisy - wet_clean).max() > 0.01
    with pytest.raises(InputError, match="response: got no clips"):
        mixtures(*folders, **options, reverb_probability=1.0)


def test_mixtures_of_folders_and_of_their_shards_are_the_same(corpus: Path) -> None:
    folders, shards = [], []
    for name, group in (("speech", "auto"), ("noise", "file")):
        clips = data.open_clips(corpus / name, 16_000, 1, 0.1, group)
        listed = data_clips(corpus / name, group)
        waveforms = [clips.read(index) for index in range(clips.num_clips)]
        data.write_shards(zip(listed, waveforms, strict=True), corpus / f"{name}-shards", 16_000)
        folders.append(corpus / name)
        shards.append(corpus / f"{name}-shards")
    options = {"segment_samples": 1000, "batch_size": 3, "num_steps": 4, "seed": 8}
    for split in (None, "train", "validation"):
        one = taken(mixtures(*folders, split=split, **options), 9)
        other = taken(mixtures(*shards, split=split, **options), 9)
        np.testing.assert_array_equal(one, other)


def data_clips(folder: Path, group: str) -> list:
    from tfgan_audio.data.manifest import list_clips, split_clips

    return split_clips(list_clips(folder), 0.1, group)


def test_the_splits_have_no_clip_in_common(corpus: Path) -> None:
    sets = [
        data.open_clips(corpus / "speech", 16_000, 1, 0.1).subset(split)
        for split in ("train", "validation")
    ]
    assert not set(sets[0].labels) & set(sets[1].labels)
    assert sets[0].num_clips + sets[1].num_clips == 12


def test_pairs_from_folders_at_another_rate(tmp_path: Path) -> None:
    seconds = np.arange(48_000) / 48_000
    for number in range(3):
        tone = 0.2 * np.sin(2 * np.pi * 500 * (number + 1) * seconds)
        for side, extra in (("clean", 0), ("noisy", 0.1 * np.sin(2 * np.pi * 4000 * seconds))):
            (tmp_path / side).mkdir(exist_ok=True)
            soundfile.write(tmp_path / side / f"p{number}.wav", tone + extra, 48_000)
    dataset = paired(
        tmp_path / "noisy", tmp_path / "clean", segment_samples=16_000, batch_size=3, num_steps=1
    )
    noisy, clean = taken(dataset, 2)[0]
    for tone_hz, amplitude, waveform in ((4000, 0.1, noisy - clean), (4000, 0.0, clean)):
        spectrum = np.abs(np.fft.rfft(waveform[:, :, 0])) / 8000
        np.testing.assert_allclose(spectrum[:, tone_hz], amplitude, atol=2e-3)
    peaks = np.argmax(np.abs(np.fft.rfft(clean[:, :, 0])), axis=1)
    assert sorted(peaks) == [500, 1000, 1500]


def test_pairs_of_folders_are_split(tmp_path: Path, write_file) -> None:
    for number in range(10):
        for side, offset in (("noisy", 5000), ("clean", 0)):
            pcm = np.full((900, 1), 100 * number + offset, np.int16)
            write_file(tmp_path / side / f"p{number}.wav", pcm)
    folders, options = (tmp_path / "noisy", tmp_path / "clean"), {"segment_samples": 600}
    seen = {}
    for split, num_clips in (("train", 9), ("validation", 1)):
        dataset = paired(*folders, split=split, batch_size=num_clips, num_steps=1, **options)
        noisy, clean = taken(dataset, 1)[0]
        np.testing.assert_allclose(noisy - clean, 5000 / 32768, atol=1e-6)
        seen[split] = set(np.round(clean[:, 0, 0] * 32768 / 100).astype(int))
    assert len(seen["train"]) == 9 and seen["train"] | seen["validation"] == set(range(10))


@pytest.fixture
def hits(tmp_path: Path) -> Path:
    """Two labels of 12 and 8 hits, in folders; 8000 samples but one."""
    rng = np.random.default_rng(5)
    for label, num_hits in (("kick", 12), ("snare", 8)):
        (tmp_path / "hits" / label).mkdir(parents=True)
        for number in range(num_hits):
            hit = 0.1 * rng.uniform(-1, 1, 700 if (label, number) == ("kick", 0) else 8000)
            soundfile.write(tmp_path / "hits" / label / f"{number}.wav", hit, 16_000)
    return tmp_path / "hits"


def test_sounds_are_bare_slices_of_normalised_files(hits: Path, capsys) -> None:
    dataset = sounds(hits, slice_samples=1024, batch_size=8)
    assert dataset.element_spec == tf.TensorSpec([8, 1024, 1], tf.float32)
    files = [soundfile.read(path)[0] for path in sorted(hits.rglob("*.wav"))]
    views = [
        np.lib.stride_tricks.sliding_window_view(file / np.abs(file).max(), 1024)
        for file in files
        if len(file) >= 1024
    ]
    for waveform in taken(dataset, 1)[0][..., 0]:
        alike = [view[np.abs(view[:, 0] - waveform[0]) < 2 / 32768] for view in views]
        assert np.abs(np.concatenate(alike) - waveform).max(axis=1).min() < 2 / 32768
    assert "1 of 20 clips are shorter than a slice" in capsys.readouterr().err


def test_sounds_with_labels_are_pairs(hits: Path) -> None:
    options = {"slice_samples": 8000, "batch_size": 10, "labels": True, "pad": True}
    spec = tf.TensorSpec([10, 8000, 1], tf.float32), tf.TensorSpec([10], tf.int32)
    dataset = sounds(hits, **options, balanced=True, num_steps=3)
    assert dataset.element_spec == spec and int(dataset.cardinality()) == 3
    for _, label in taken(dataset, 3):
        assert sorted(label) == [0] * 5 + [1] * 5
    # Whole files are slices here, so each names its label.
    wholes = {
        tuple(soundfile.read(path, dtype="int16")[0][:50]): int(path.parent.name == "snare")
        for path in hits.rglob("*.wav")
    }
    raw = sounds(hits, **options, normalize="none", num_steps=2)
    batches = taken(raw, 2)
    for waveform, label in batches:
        told = [wholes[tuple(np.round(row[:50, 0] * 32768).astype(int))] for row in waveform]
        np.testing.assert_array_equal(label, told)
    assert sorted(np.concatenate([label for _, label in batches])) == [0] * 12 + [1] * 8


def test_sounds_go_on_where_they_stopped(hits: Path) -> None:
    options = {"slice_samples": 1000, "batch_size": 4, "seed": 7, "labels": True}
    whole = taken(sounds(hits, **options), 6)
    for (waveform, label), (later_waveform, later_label) in zip(
        whole[4:], taken(sounds(hits, **options, first_step=4), 2), strict=True
    ):
        np.testing.assert_array_equal(waveform, later_waveform)
        np.testing.assert_array_equal(label, later_label)


def test_splits_of_sounds_share_no_file(hits: Path) -> None:
    options = {"slice_samples": 8000, "batch_size": 17, "pad": True, "num_steps": 3}
    starts = {}
    for split in ("train", "validation"):
        batches = taken(sounds(hits, split=split, **options), 3)
        starts[split] = {tuple(row[:20, 0]) for batch in batches for row in batch}
    assert {split: len(seen) for split, seen in starts.items()} == {"train": 18, "validation": 2}
    assert not starts["train"] & starts["validation"]


def test_sounds_of_a_folder_and_of_its_shards_are_the_same(hits: Path) -> None:
    clips = data.open_sounds(hits, 16_000, 1, 0.1, labels=True)
    listed = [
        Clip(entry.name, hits / entry.name, entry.label, entry.split) for entry in clips.entries
    ]
    waveforms = [clips.read(index) for index in range(clips.num_clips)]
    data.write_shards(zip(listed, waveforms, strict=True), hits.parent / "shards", 16_000)
    options = {"slice_samples": 1000, "batch_size": 3, "labels": True, "split": "train"}
    for one, other in zip(
        taken(sounds(hits, **options), 5), taken(sounds(hits.parent / "shards", **options), 5)
    ):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slice_samples": 9000}, "sounds: got no clip as long as a slice of 9000 samples, the lo"),
        ({"labels": True, "label_by": "name"}, "label_by: got name, expected folder or prefix"),
        ({"normalize": "rms"}, "normalize: got rms, expected peak or none"),
        ({"balanced": True}, "balanced: got true without labels"),
        ({"split": "test"}, "split: got test, expected train, validation or None"),
        ({"batch_size": 0}, "batch_size: got 0"),
    ],
)
def test_sounds_that_can_not_be_had_are_one_line(hits: Path, options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sounds(hits, **{"slice_samples": 1000, "batch_size": 2} | options)


def test_unknown_splits_are_refused(corpus: Path) -> None:
    with pytest.raises(InputError, match="split: got test, expected train, validation or None"):
        mixtures(corpus, corpus, segment_samples=100, batch_size=1, split="test")
