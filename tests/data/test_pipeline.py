"""Datasets give the batches of their source: for any parallelism, start and replica count."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tensorflow as tf

import tfgan_audio.data as data
from tfgan_audio.data.enhancement import Mixtures
from tfgan_audio.data.opening import open_clips
from tfgan_audio.data.pipeline import make_dataset, mixtures, paired
from tfgan_audio.data.sources import Source
from tfgan_audio.errors import InputError


def source_of(corpus: str | Path) -> Mixtures:
    speech, noise = (open_clips(f"{corpus}/{folder}", 16_000) for folder in ("speech", "noise"))
    return Mixtures(speech, noise, 1600, seed=3)


@pytest.fixture
def source(corpus: Path) -> Mixtures:
    return source_of(corpus)


def taken(dataset: tf.data.Dataset, num_steps: int) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(dataset.take(num_steps).as_numpy_iterator())


@pytest.mark.parametrize("num_parallel_calls", [1, 2, 7])
def test_batches_are_those_of_the_source_for_any_parallelism(
    source: Mixtures, num_parallel_calls: int
) -> None:
    dataset = make_dataset(source, 4, num_parallel_calls=num_parallel_calls)
    for step, batch in enumerate(taken(dataset, 12)):
        np.testing.assert_array_equal(batch, source.batch(step, 4))


def test_starting_later_equals_skipping(source: Mixtures) -> None:
    whole = taken(make_dataset(source, 4, num_steps=9), 99)
    assert len(whole) == 9
    resumed = taken(make_dataset(source, 4, first_step=5, num_steps=4), 99)
    np.testing.assert_array_equal(resumed, whole[5:])
    np.testing.assert_array_equal(taken(make_dataset(source, 4, first_step=5), 4), whole[5:])


def test_shapes_are_static_and_the_length_is_known(source: Mixtures) -> None:
    spec = tf.TensorSpec([4, 1600, 1], tf.float32)
    dataset = make_dataset(source, 4, num_steps=3)
    assert dataset.element_spec == (spec, spec)
    assert int(dataset.cardinality()) == 3
    assert int(make_dataset(source, 4).cardinality()) == tf.data.INFINITE_CARDINALITY


TWO_REPLICAS = """
import sys
import numpy as np
import tensorflow as tf
sys.path.insert(0, sys.argv[2])
from test_pipeline import source_of
from tfgan_audio.data.pipeline import make_dataset
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
source = source_of(sys.argv[1])
batches = iter(strategy.experimental_distribute_dataset(make_dataset(source, 4, first_step=2)))
for step in (2, 3):
    expected = source.batch(step, 4)
    for whole, shared in zip(expected, next(batches), strict=True):
        parts = [part.numpy() for part in strategy.experimental_local_results(shared)]
        np.testing.assert_array_equal(parts, [whole[:2], whole[2:]])
# A batch in the making when Python ends would wait for it forever.
del batches
"""


@pytest.mark.slow
def test_two_replicas_share_every_batch(corpus: Path) -> None:
    script = [sys.executable, "-c", TWO_REPLICAS, str(corpus), str(Path(__file__).parent)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_an_error_in_the_source_ends_the_training(source: Mixtures) -> None:
    whole = source.batch

    def broken(step: int, batch_size: int) -> tuple[np.ndarray, ...]:
        if step:
            raise InputError("shard", "gone", "there")
        return whole(step, batch_size)

    source.batch = broken
    with pytest.raises(tf.errors.OpError, match="shard: got gone, expected there"):
        taken(make_dataset(source, 4), 2)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [((0,), "batch_size"), ((1, -1), "first_step"), ((1, 0, -1), "num_steps")],
)
def test_counts_out_of_range_are_named(source: Mixtures, arguments: tuple, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got"):
        make_dataset(source, *arguments)


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


class Labelled(Source):
    """Waveforms with a number: what other families than enhancement read."""

    def item(self, index: int) -> tuple[np.ndarray, ...]:
        return np.full((self.segment_samples, 2), index, np.float32), np.array(index, np.int32)


def test_elements_may_hold_anything_of_fixed_shape() -> None:
    dataset = make_dataset(Labelled(5, seed=0), 3, first_step=2)
    assert dataset.element_spec == (
        tf.TensorSpec([3, 5, 2], tf.float32), tf.TensorSpec([3], tf.int32)
    )  # fmt: skip
    waveforms, labels = taken(dataset, 1)[0]
    np.testing.assert_array_equal(labels, [6, 7, 8])
    np.testing.assert_array_equal(waveforms[:, 4, 1], [6, 7, 8])


def test_unknown_splits_are_refused(corpus: Path) -> None:
    with pytest.raises(InputError, match="split: got test, expected train, validation or None"):
        mixtures(corpus, corpus, segment_samples=100, batch_size=1, split="test")
