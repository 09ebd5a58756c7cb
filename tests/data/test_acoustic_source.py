"""Prepared readings, and the batches of sentences that are made of them."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.audio.io import read_audio
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.config.features_schema import MelFeaturesConfig
from tfgan_audio.config.reading_schema import ManifestDataConfig
from tfgan_audio.data.acoustic_source import ReadSentences
from tfgan_audio.data.pipeline import make_dataset
from tfgan_audio.data.prepare import PreparedSet, prepare
from tfgan_audio.errors import InputError
from tfgan_audio.text import analyze

RATE = 8000
FEATURES = {"fft_samples": 256, "hop_samples": 64, "window_samples": 256, "num_mels": 20}
SENTENCES = (
    ("It is cold.", "anna", "en", "happy"),
    ("Nobody knew what to say.", "bert", "en", "neutral"),
    ("Please close the door.", "anna", "en", "neutral"),
    ("你好。", "bert", "zh", "happy"),
    ("Call me.", "anna", "en", "sad"),
    ("We should leave at once.", "bert", "en", "neutral"),
    ("The answer is seven.", "anna", "en", "neutral"),
)
LENGTHS_S = (1.1, 1.9, 1.4, 0.9, 0.8, 1.7, 1.3)


@pytest.fixture
def section(tmp_path: Path, write_file) -> ManifestDataConfig:
    """Two seconds of hum a sentence, with silence around it."""
    rng, lines = np.random.default_rng(0), []
    for number, (told, seconds) in enumerate(zip(SENTENCES, LENGTHS_S, strict=True)):
        times = np.arange(int(seconds * RATE)) / RATE
        hum = np.sin(2 * np.pi * 125 * times) + 0.02 * rng.standard_normal(len(times))
        silence = np.zeros(RATE // 2)
        pcm = 8000 * np.concatenate([silence, hum, silence])
        write_file(tmp_path / f"{number}.wav", pcm, RATE)
        lines.append("|".join([f"{number}.wav", *told]))
    (tmp_path / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    return ManifestDataConfig(
        manifest=str(tmp_path / "list.csv"),
        shards_dir=str(tmp_path / "shards"),
        sample_rate_hz=RATE,
        features=MelFeaturesConfig(**FEATURES),
        validation_fraction=0.2,
    )


def sentences(section: ManifestDataConfig, prepared: PreparedSet, **options) -> ReadSentences:
    """All sentences of a set."""
    return ReadSentences(prepared["speech"], prepared.path, section.mel_features, **options)


def test_each_recording_keeps_its_text_and_loses_its_silence(section) -> None:
    prepared = prepare(section)
    source = sentences(section, prepared)
    by_name = {reading.name: reading for reading in source.readings}
    for number, (text, speaker, language, emotion) in enumerate(SENTENCES):
        reading, utterance = by_name[f"{number}.wav"], analyze(text, language)
        assert source.table.decode(reading.symbols) == utterance.symbols
        assert reading.languages == tuple(utterance.languages)
        assert (reading.text, reading.speaker, reading.style) == (text, speaker, emotion)
        # 30 ms of silence stay before the speech, 100 ms behind.
        assert reading.start_s == pytest.approx(0.47, abs=0.011)
        expected = (LENGTHS_S[number] + 0.13) * RATE / 64
        assert len(reading.pitch) == pytest.approx(expected, abs=2)
        middle = slice(10, -20)
        np.testing.assert_allclose(reading.pitch[middle], np.log2(125 / 200), atol=0.02)
    assert prepare(section).path == prepared.path
    splits = prepared["speech"].splits
    assert (splits.count("train"), splits.count("validation")) == (6, 1)


def test_a_batch_holds_whole_recordings_and_zeros_behind(section, tmp_path) -> None:
    source = sentences(section, prepare(section))
    names = [reading.name for reading in source.readings]
    chosen = [names.index("0.wav"), names.index("3.wav")]
    batch = source.gather(chosen)
    assert source.speakers == ["anna", "bert"] and source.languages == ["en", "zh"]
    assert source.styles == ["neutral", "happy", "sad"]
    assert batch["speaker"].tolist() == [0, 1] and batch["style"].tolist() == [1, 1]
    for row, index in enumerate(chosen):
        reading, frames = source.readings[index], batch["num_frames"][row]
        waveform, _ = read_audio(tmp_path / reading.name)
        start = round(reading.start_s * RATE)
        kept = waveform[start : start + source.clips.entries[index].num_samples, 0]
        kept = kept * 0.95 / np.abs(waveform).max()
        mel = log_mel(kept[None], MelFeatures(sample_rate_hz=RATE, **FEATURES))[0].numpy()
        assert frames == len(mel) == len(reading.pitch)
        # Quiet bins hear the rounding to 16 bits.
        np.testing.assert_allclose(batch["mel"][row, :frames], mel, atol=0.05)
        np.testing.assert_array_equal(batch["pitch"][row, :frames], reading.pitch)
        number = len(reading.symbols)
        assert batch["symbols"][row, :number].tolist() == list(reading.symbols)
        assert set(batch["languages"][row, :number].tolist()) == {row + 1}
        for name, end in (("mel", frames), ("pitch", frames), ("symbols", number)):
            assert not batch[name][row, end:].any()


def test_every_epoch_visits_all_sentences_but_fewer_than_a_batch(section) -> None:
    source = sentences(section, prepare(section), seed=3)
    left_out = []
    for epoch in range(12):
        steps = range(3 * epoch, 3 * epoch + 3)
        visited = [int(index) for step in steps for index in source.order(step, 2)]
        assert len(set(visited)) == 6
        left_out += {*range(7)} - {*visited}
    assert len(set(left_out)) > 2
    orders = [
        source.order(0, 2).tolist(),
        sentences(section, prepare(section)).order(0, 2).tolist(),
    ]
    assert orders[0] == sentences(section, prepare(section), seed=3).order(0, 2).tolist()
    first_epochs = [source.order(step, 2).tolist() for step in range(6)]
    assert first_epochs[:3] != first_epochs[3:]


def test_neighbours_in_length_are_in_one_batch(section) -> None:
    source = sentences(section, prepare(section))
    lengths = np.array([len(reading.pitch) for reading in source.readings])
    spreads = [np.ptp(lengths[source.order(step, 2)]) for step in range(30)]
    assert np.mean(spreads) < 0.5 * np.mean(np.abs(lengths[:, None] - lengths).sum() / 42)


def test_the_dataset_goes_on_where_it_is_told_to(section) -> None:
    source = sentences(section, prepare(section), seed=1)
    all_steps = list(make_dataset(source, 2, 0, 4).as_numpy_iterator())
    last = list(make_dataset(source, 2, 2, 2).as_numpy_iterator())
    for one, other in zip(all_steps[2:], last, strict=True):
        assert list(one) == list(other)
        for name, value in one.items():
            np.testing.assert_array_equal(value, other[name])
    spec = make_dataset(source, 2).element_spec
    assert spec["mel"].shape.as_list() == [2, None, 20]
    assert spec["num_frames"].shape.as_list() == [2]


def test_long_recordings_and_those_too_short_for_their_text_are_left_out(section) -> None:
    prepared = prepare(section)
    source = sentences(section, prepared, max_seconds=1.6)
    assert {reading.name for reading in source.readings} == {f"{n}.wav" for n in (0, 2, 3, 4, 6)}
    with pytest.raises(InputError, match="speech: got 7 recordings, none of which fits"):
        sentences(section, prepared, max_seconds=0.1)
    with pytest.raises(InputError, match="batch_size: got 8, expected at most the 7 sentences"):
        sentences(section, prepared).order(0, 8)


@pytest.mark.parametrize("text", ["Привет 🎉 всем", "שלום", "..."])
def test_a_text_that_cannot_be_read_is_named(section, text: str) -> None:
    path = Path(section.manifest)
    path.write_text(path.read_text(encoding="utf-8").replace("Call me.", text), encoding="utf-8")
    with warnings.catch_warnings(), pytest.raises(InputError, match="1 of 7 texts .*4.wav"):
        warnings.simplefilter("error")
        prepare(section)
    assert not Path(section.shards_dir).exists()
    kept = prepare(section, skip_bad=True)
    assert "4.wav" not in kept["speech"].names and kept["speech"].num_clips == 6


def test_damaged_readings_are_told(section) -> None:
    prepared = prepare(section)
    pitch = prepared.path / "pitch.npy"
    np.save(pitch, np.zeros(3, np.float32))
    with pytest.raises(InputError, match="pitch.npy: got 3 frames, expected"):
        sentences(section, prepared)
    pitch.unlink()
    with pytest.raises(InputError, match="pitch.npy: got no array of pitch"):
        sentences(section, prepared)
    content = json.loads((prepared.path / "readings.json").read_text())
    assert content["symbols"][0] == "<pad>"
