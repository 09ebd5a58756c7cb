"""A corpus on disk: exact ratios, parts that share nothing, the same for any number of workers."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.audio.filters import rms_dbfs
from tfgan_audio.config.mix_schema import MixConfig
from tfgan_audio.data.active_level import active_level_dbfs
from tfgan_audio.data.mix_corpus import mix_corpus
from tfgan_audio.errors import InputError

STEMS = ("noisy", "clean", "noise")


def made_talk(seed: int, num_samples: int) -> np.ndarray:
    """Syllables of noise with a pause in the middle."""
    rng = np.random.default_rng(seed)
    time = np.arange(num_samples) / 16_000
    swell = np.maximum(0.0, np.sin(2 * np.pi * rng.uniform(2, 5) * time)) ** 2
    swell[num_samples // 2 : 3 * num_samples // 4] = 0.0
    return rng.uniform(0.02, 0.3) * swell * rng.standard_normal(num_samples)


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """Ten speakers x 2 files, ten noises, six responses."""
    folder = tmp_path_factory.mktemp("sources")
    for role in ("noise", "rooms", *(f"speech/s{speaker}" for speaker in range(10))):
        (folder / role).mkdir(parents=True)
    for speaker in range(10):
        for take in range(2):
            talk = made_talk(2 * speaker + take, 12_000 + 1500 * speaker)
            soundfile.write(folder / "speech" / f"s{speaker}" / f"{take}.wav", talk, 16_000)
    rng = np.random.default_rng(5)
    for number in range(10):
        noise = rng.uniform(0.001, 0.2) * rng.standard_normal((8000 + 3000 * number, 2))
        soundfile.write(folder / "noise" / f"n{number}.wav", noise.clip(-1, 1), 32_000)
    for number in range(6):
        decay = np.exp(-np.arange(20_000) / (500 + 300 * number))
        response = np.concatenate([np.zeros(50), decay * rng.standard_normal(20_000)])
        soundfile.write(folder / "rooms" / f"r{number}.wav", 0.1 * response, 16_000)
    return folder


def section_of(sources: Path, **changes: object) -> MixConfig:
    keys = {
        "name": "small",
        "speech_dir": str(sources / "speech"),
        "noise_dir": str(sources / "noise"),
        "response_dir": str(sources / "rooms"),
        "num_train": 12,
        "num_validation": 4,
        "num_test": 4,
        "validation_fraction": 0.2,
        "test_fraction": 0.2,
        "num_noises": (1, 2),
    }
    return MixConfig(**(keys | changes))


FULL = {
    "reverb_probability": 0.5,
    "band_limit_probability": 0.4,
    "clipping_probability": 0.4,
    "augment": True,
}


def manifest_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def stems_of(folder: Path, record: dict) -> dict[str, np.ndarray]:
    return {stem: soundfile.read(folder / stem / record["name"])[0] for stem in STEMS}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def corpus(sources: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "corpus"
    mix_corpus(section_of(sources, **FULL), folder, num_workers=1)
    return folder


def test_any_number_of_workers_writes_the_same_bytes(sources, corpus, tmp_path) -> None:
    mix_corpus(section_of(sources, **FULL), tmp_path / "four", num_workers=4)
    first, second = contents(corpus), contents(tmp_path / "four")
    assert len(first) == 3 * 20 + 1
    assert first == second
    mix_corpus(section_of(sources, **FULL, seed=1), tmp_path / "other")
    assert manifest_of(tmp_path / "other") != manifest_of(corpus)


def test_more_recordings_leave_those_that_were_there(sources, corpus, tmp_path) -> None:
    more = section_of(sources, **FULL, num_train=15)
    mix_corpus(more, tmp_path / "more")
    before, after = contents(corpus), contents(tmp_path / "more")
    assert {name: after[name] for name in before if "manifest" not in name} == {
        name: content for name, content in before.items() if "manifest" not in name
    }


def test_parts_share_no_speaker_noise_or_room(corpus: Path) -> None:
    records = manifest_of(corpus)
    for key in (
        lambda record: {record["speech"]["speaker"]},
        lambda record: {noise["path"] for noise in record["noises"]},
        lambda record: {record["response"]["path"]} if record["response"] else set(),
    ):
        used = {
            split: set().union(*(key(record) for record in records if record["split"] == split))
            for split in ("train", "validation", "test")
        }
        assert used["train"] and used["train"].isdisjoint(used["validation"] | used["test"])
        assert used["validation"].isdisjoint(used["test"])
    counts = [sum(record["split"] == split for record in records) for split in used]
    assert counts == [12, 4, 4]


def test_the_manifest_says_what_the_files_hold(corpus: Path) -> None:
    for record in manifest_of(corpus):
        for stem in STEMS:
            content = (corpus / stem / record["name"]).read_bytes()
            assert sha256(content).hexdigest() == record["sha256"][stem]
        stems = stems_of(corpus, record)
        assert {len(stem) for stem in stems.values()} == {record["num_samples"]}
        source, rate_hz = soundfile.read(record["speech"]["path"])
        assert rate_hz == record["sample_rate_hz"] == 16_000
        values = record["values"]
        if values["colour"] is None and (record["response"] is None or values["early_ms"] == 0):
            gain = 10 ** (record["speech"]["gain_db"] / 20)
            np.testing.assert_allclose(stems["clean"], gain * source, atol=2e-5)


def test_a_plain_recording_is_its_sources_at_their_gains(sources: Path, tmp_path: Path) -> None:
    section = section_of(sources, num_validation=0, num_test=0, num_noises=(1, 1))
    mix_corpus(section, tmp_path / "plain")
    for record in manifest_of(tmp_path / "plain"):
        stems = stems_of(tmp_path / "plain", record)
        source, _ = soundfile.read(record["speech"]["path"])
        gain = 10 ** (record["speech"]["gain_db"] / 20)
        np.testing.assert_allclose(stems["clean"], gain * source, atol=2e-5)
        np.testing.assert_allclose(stems["noisy"], stems["clean"] + stems["noise"], atol=5e-5)
        ratio = active_level_dbfs(stems["clean"], 16_000) - rms_dbfs(stems["noise"])
        assert ratio == pytest.approx(record["values"]["snr_db"], abs=0.05)
        assert record["realised_snr_db"] == pytest.approx(ratio, abs=0.02)
        level, drawn = rms_dbfs(stems["noisy"]), record["values"]["level_dbfs"]
        loudest = max(np.abs(stem).max() for stem in stems.values())
        at_the_limit = level < drawn and loudest == pytest.approx(0.99, abs=1e-4)
        assert at_the_limit or level == pytest.approx(drawn, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("snr_by", ["p56", "rms"])
def test_500_realised_ratios_are_within_a_tenth_of_a_decibel(sources, tmp_path, snr_by) -> None:
    section = section_of(
        sources, num_train=500, num_validation=0, num_test=0, snr_by=snr_by, reverb_probability=0.3
    )
    mix_corpus(section, tmp_path / "corpus")
    errors = []
    for record in manifest_of(tmp_path / "corpus"):
        stems = stems_of(tmp_path / "corpus", record)
        speech = stems["noisy"] - stems["noise"]
        level = active_level_dbfs(speech, 16_000) if snr_by == "p56" else rms_dbfs(speech)
        errors.append(abs(level - rms_dbfs(stems["noise"]) - record["values"]["snr_db"]))
    assert len(errors) == 500 and max(errors) < 0.1


def test_a_pattern_tells_speakers_apart(sources: Path, tmp_path: Path) -> None:
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in (sources / "speech").rglob("*.wav"):
        (flat / f"{path.parent.name}-{path.name}").write_bytes(path.read_bytes())
    with pytest.raises(InputError, match="speakers: got 1, expected at least 3.*speaker_pattern"):
        mix_corpus(section_of(sources, speech_dir=str(flat)), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    by_name = section_of(sources, speech_dir=str(flat), speaker_pattern=r"(s\d+)-")
    mix_corpus(by_name, tmp_path / "out")
    speakers = {record["speech"]["speaker"] for record in manifest_of(tmp_path / "out")}
    assert speakers <= {f"s{number}" for number in range(10)} and len(speakers) > 3
    wrong = section_of(sources, speech_dir=str(flat), speaker_pattern=r"^(x)")
    with pytest.raises(InputError, match="s0-0.wav: got no speaker, expected a path that speaker"):
        mix_corpus(wrong, tmp_path / "wrong")


def test_recordings_have_the_length_asked_for(sources: Path, tmp_path: Path) -> None:
    section = section_of(sources, seconds=0.5, num_train=3, num_validation=0, num_test=0)
    mix_corpus(section, tmp_path / "short")
    assert {record["num_samples"] for record in manifest_of(tmp_path / "short")} == {8000}


def test_a_response_longer_than_a_recording_is_cut_with_it(sources: Path, tmp_path: Path) -> None:
    section = section_of(
        sources, seconds=0.1, reverb_probability=1.0, num_train=3, num_validation=0, num_test=0
    )
    mix_corpus(section, tmp_path / "short")
    for record in manifest_of(tmp_path / "short"):
        stems = stems_of(tmp_path / "short", record)
        assert len(stems["noisy"]) == 1600 and np.abs(stems["clean"]).max() > 1e-4


def test_bad_sources_are_named_and_nothing_is_left(sources: Path, tmp_path: Path) -> None:
    def write(folder: str, waveform: np.ndarray, sample_rate_hz: int = 16_000) -> str:
        path = tmp_path / folder / "bad.wav"
        path.parent.mkdir(exist_ok=True)
        soundfile.write(path, waveform, sample_rate_hz)
        for number in range(4):
            soundfile.write(path.with_name(f"good{number}.wav"), np.full(20_000, 0.1), 16_000)
        return str(path.parent)

    slow = write("slow", np.full(9000, 0.1), 8000)
    silent = write("silent", np.zeros(9000))
    song = write("song", 0.1 * np.ones(170_000))
    for changes, message in (
        ({"noise_dir": silent}, r"silent/bad.wav: got silence \(peak below -70 dBFS\), expected"),
        ({"noise_dir": slow}, "slow/bad.wav: got 8000 Hz, expected at least 16000 Hz"),
        (
            {"speech_dir": slow, "speaker_pattern": "(.*)"},
            "slow/bad.wav: got 8000 Hz, expected at least 16000 Hz",
        ),
        (
            {"response_dir": song, "reverb_probability": 0.1},
            "song/bad.wav: got 10.6 s, expected an impulse response of at most 10 s",
        ),
        (
            {"response_dir": slow, "reverb_probability": 0.1},
            "slow/bad.wav: got 8000 Hz, expected at least 16000 Hz",
        ),
        ({"noise_dir": str(tmp_path / "none")}, "none: got no such folder"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            mix_corpus(section_of(sources, **changes), tmp_path / "made" / "out")
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "made").exists()


def test_a_folder_with_something_else_is_left_alone(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("all of it")
    with pytest.raises(InputError, match="precious: got "):
        mix_corpus(section_of(sources), tmp_path / "precious", overwrite=True)
    assert (tmp_path / "precious" / "thesis.txt").exists()
