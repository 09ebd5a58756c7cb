"""Speech of any layout is prepared once: scaled, split, and measured where that is asked for."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.config.features_schema import MelFeaturesConfig
from tfgan_audio.config.speech_schema import (
    BakerDataConfig,
    LibriTTSDataConfig,
    LJSpeechDataConfig,
    SpeechDataConfig,
    VCTKDataConfig,
)
from tfgan_audio.data.clips import MemoryClips
from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.mel_statistics import measure, prepared_features
from tfgan_audio.data.prepare import prepare
from tfgan_audio.errors import InputError

RATE_HZ = 8000
FEATURES = MelFeaturesConfig(
    fft_samples=256, hop_samples=64, window_samples=256, num_mels=20, standardize=True
)
COMMON = {"sample_rate_hz": RATE_HZ, "features": FEATURES, "segment_samples": 512}


def write(path: Path, waveform: np.ndarray, sample_rate_hz: int = RATE_HZ) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, waveform, sample_rate_hz)


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """Four speakers with five recordings each, of unequal level and length."""
    rng = np.random.default_rng(0)
    for speaker in range(4):
        for take in range(5):
            num_samples = 1000 + 400 * take
            noise = (0.05 + 0.05 * speaker) * rng.uniform(-1, 1, num_samples)
            write(tmp_path / "voices" / f"s{speaker}" / f"{take}.wav", noise)
    return tmp_path


def section_of(folder: Path, **changes: object) -> SpeechDataConfig:
    keys = {"speech_dir": str(folder / "voices"), "shards_dir": str(folder / "out" / "shards")}
    return SpeechDataConfig(**(COMMON | keys | {"validation_fraction": 0.25} | changes))


def test_each_file_is_scaled_to_its_peak(voices: Path) -> None:
    clips = prepare(section_of(voices))["speech"]
    assert clips.num_clips == 20
    for index, name in enumerate(clips.names):
        recorded, _ = soundfile.read(voices / "voices" / name, always_2d=True)
        expected = 0.95 * recorded / np.abs(recorded).max()
        np.testing.assert_allclose(clips.read(index), expected, atol=0.51 / 32768)


def test_levels_stay_where_they_are_not_normalised(voices: Path) -> None:
    clips = prepare(section_of(voices, normalize="none"))["speech"]
    for index, name in enumerate(clips.names):
        recorded, _ = soundfile.read(voices / "voices" / name, always_2d=True)
        np.testing.assert_array_equal(clips.read(index), recorded)


@pytest.mark.parametrize(("hold_out", "num_speakers"), [("files", 4), ("speakers", 3)])
def test_files_are_held_out_or_speakers(voices: Path, hold_out: str, num_speakers: int) -> None:
    prepared = prepare(section_of(voices, hold_out=hold_out))
    train, held_out = (prepared["speech"].subset(split) for split in ("train", "validation"))
    assert (train.num_clips, held_out.num_clips) == (15, 5)
    assert len(set(train.labels)) == num_speakers
    if hold_out == "speakers":
        assert set(train.labels).isdisjoint(held_out.labels)
    assert "speech  validation        5 clips" in prepared.table()


def test_statistics_are_those_of_all_frames_to_train_on(voices: Path) -> None:
    section = section_of(voices)
    prepared = prepare(section)
    clips = prepared["speech"].subset("train")
    plain = section.mel_features
    frames = np.concatenate(
        [log_mel(clips.read(index)[None], plain)[0] for index in range(clips.num_clips)]
    )
    features = prepared_features(section, prepared.path)
    np.testing.assert_allclose(features.mean, frames.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(features.scale, frames.std(axis=0), atol=1e-5)
    # So what is learnt has mean 0 and deviation 1.
    brought = np.concatenate(
        [log_mel(clips.read(index)[None], features)[0] for index in range(clips.num_clips)]
    )
    np.testing.assert_allclose(brought.mean(axis=0), 0.0, atol=1e-4)
    np.testing.assert_allclose(brought.std(axis=0), 1.0, atol=1e-4)


def test_only_what_is_asked_for_is_measured(voices: Path) -> None:
    """Then shards serve any features; else other features are another set."""
    plain = MelFeaturesConfig(fft_samples=256, hop_samples=64, window_samples=256, num_mels=20)
    prepared = prepare(section_of(voices, features=plain))
    assert not (prepared.path / "mel_statistics.json").exists()
    other = MelFeaturesConfig(fft_samples=512, hop_samples=128, window_samples=512, num_mels=20)
    prepare(section_of(voices, features=other))
    measured = section_of(voices)
    with pytest.raises(InputError, match="a set of other files or settings"):
        prepare(measured)
    prepare(measured, overwrite=True)
    with pytest.raises(InputError, match="a set of other files or settings"):
        prepare(section_of(voices, features=plain))


def test_a_bin_that_never_moves_keeps_its_scale() -> None:
    clips = MemoryClips([(Clip("0.wav", Path("0.wav"), ""), np.zeros((3000, 1)))], RATE_HZ)
    mean, scale = measure(clips, FEATURES.features_at(RATE_HZ))
    np.testing.assert_allclose(mean, -5.0)
    np.testing.assert_array_equal(scale, 1.0)


def test_statistics_that_are_damaged_are_told(voices: Path) -> None:
    section = section_of(voices)
    prepared = prepare(section)
    path = prepared.path / "mel_statistics.json"
    path.write_text(json.dumps({"format": "another"}))
    with pytest.raises(InputError, match="mel_statistics.json: got no file of this format"):
        prepared_features(section, prepared.path)


def corpora(root: Path) -> dict[str, tuple]:
    """A section of each corpus in its layout, with the number of clips of both splits."""
    rng = np.random.default_rng(1)
    names = {
        "lj": [f"wavs/LJ001-{number:04d}.wav" for number in range(10)],
        "baker": [f"Wave/{number:06d}.wav" for number in range(10)],
        "vctk": [f"wav48_silence_trimmed/p{s}/p{s}_{n}_mic{m}.flac"
                 for s in (225, 226, 287) for n in range(3) for m in (1, 2)],
        "libritts": [f"{part}/{speaker}/7/{speaker}_7_0_{n}.wav"
                     for part, speaker in (("train-clean-100", 19), ("dev-clean", 84))
                     for n in range(3)],
    }  # fmt: skip
    for corpus, paths in names.items():
        for path in paths:
            write(root / corpus / path, 0.5 * rng.uniform(-1, 1, 1200))
    lines = [f"LJ001-{number:04d}|a|a\n" for number in range(10)]
    (root / "lj" / "metadata.csv").write_text("".join(lines))
    place = {name: {"root_dir": str(root / name), "shards_dir": str(root / f"{name}-x")}
             for name in names}  # fmt: skip
    fraction = {"validation_fraction": 0.2}
    parts = {"training_parts": ("train-clean-100",)}
    return {
        "lj": (LJSpeechDataConfig(**COMMON, **place["lj"], **fraction), 8, 2),
        "baker": (BakerDataConfig(**COMMON, **place["baker"], **fraction), 8, 2),
        "vctk": (VCTKDataConfig(**COMMON, **place["vctk"]), 3, 6),
        "libritts": (LibriTTSDataConfig(**COMMON, **place["libritts"], **parts), 3, 3),
    }


@pytest.mark.parametrize("corpus", ["lj", "baker", "vctk", "libritts"])
def test_each_corpus_is_prepared_from_its_layout(tmp_path: Path, corpus: str) -> None:
    section, *numbers = corpora(tmp_path)[corpus]
    clips = prepare(section)["speech"]
    assert [clips.subset(split).num_clips for split in ("train", "validation")] == numbers
    if corpus == "vctk":
        assert set(clips.subset("validation").labels) == {"p226", "p287"}


def test_something_has_to_be_held_out(tmp_path: Path) -> None:
    write(tmp_path / "voices" / "only.wav", np.full(2000, 0.5) * np.sin(np.arange(2000)))
    with pytest.raises(InputError, match="no usable recording for the part validation"):
        prepare(section_of(tmp_path))
