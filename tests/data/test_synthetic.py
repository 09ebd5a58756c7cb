"""Made speech and noise: repeatable, varied, labelled as made, of the kind they say."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.data.draws import generator_at
from tfgan_audio.data.noises import KINDS, babble
from tfgan_audio.data.scan import scan
from tfgan_audio.data.sentences import sentence
from tfgan_audio.data.synthetic import made_noise, made_speech
from tfgan_audio.errors import InputError


def octave_slope_db(noise: np.ndarray, sample_rate_hz: int, low_hz: float, high_hz: float) -> float:
    """Change of the power density per octave, by a straight line through octave bands."""
    hz = np.fft.rfftfreq(len(noise), 1 / sample_rate_hz)
    power = np.abs(np.fft.rfft(noise)) ** 2
    edges = low_hz * 2.0 ** np.arange(int(np.log2(high_hz / low_hz)) + 1)
    bands = [power[(hz >= low) & (hz < 2 * low)].mean() for low in edges[:-1]]
    return float(np.polyfit(np.arange(len(bands)), 10 * np.log10(bands), 1)[0])


@pytest.mark.parametrize(
    ("kind", "low_db", "high_db"), [("white", -1, 1), ("pink", -4, -2), ("brown", -9, -5)]
)
def test_coloured_noises_have_their_slope(kind: str, low_db: float, high_db: float) -> None:
    for index in range(5):
        noise = KINDS[kind](generator_at(0, index), 80_000, 16_000)
        assert low_db - 0.3 < octave_slope_db(noise, 16_000, 125, 8000) < high_db + 0.3


def test_hum_lies_at_multiples_of_the_mains_frequency() -> None:
    for index in range(4):
        power = np.abs(np.fft.rfft(KINDS["hum"](generator_at(1, index), 80_000, 16_000))) ** 2
        hz = np.fft.rfftfreq(80_000, 1 / 16_000)
        near = {mains: np.abs(hz / mains - np.round(hz / mains)) < 0.03 for mains in (50.0, 60.0)}
        assert max(power[mask].sum() for mask in near.values()) > 0.8 * power.sum()


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_finite_of_unit_power_and_never_the_same_twice(kind: str) -> None:
    for sample_rate_hz in (8000, 44_100):
        first, again, other = (
            KINDS[kind](generator_at(2, index), 2 * sample_rate_hz, sample_rate_hz)
            for index in (0, 0, 1)
        )
        np.testing.assert_array_equal(first, again)
        assert np.mean(first**2) == pytest.approx(1.0)
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.5


def test_tonal_kinds_put_their_power_into_few_frequencies() -> None:
    def share(kind: str) -> float:
        """Part of a loud frame's power in its strongest tenth of the bins."""
        shares = []
        for index in range(6):
            noise = KINDS[kind](generator_at(4, index), 80_000, 16_000)
            frames = noise[: len(noise) // 512 * 512].reshape(-1, 512) * np.hanning(512)
            loudest = frames[np.argsort((frames**2).sum(axis=1))[-20:]]
            power = np.sort(np.abs(np.fft.rfft(loudest)) ** 2, axis=1)
            shares.append(power[:, -26:].sum() / power.sum())
        return float(np.median(shares))

    assert min(share(kind) for kind in ("hum", "calls", "siren")) > 0.7
    assert max(share(kind) for kind in ("white", "rain")) < 0.6


def test_texture_wanders_in_loudness_and_hiss_does_not() -> None:
    def wander_db(kind: str) -> float:
        noises = [KINDS[kind](generator_at(5, index), 80_000, 16_000) for index in range(8)]
        levels = [10 * np.log10(np.mean(noise.reshape(-1, 800) ** 2, axis=1)) for noise in noises]
        return float(np.median([np.std(level) for level in levels]))

    assert wander_db("texture") > 2 > wander_db("white")


def test_impulsive_kinds_are_peaky_and_steady_kinds_are_not() -> None:
    def crest(kind: str) -> float:
        noises = [KINDS[kind](generator_at(3, index), 80_000, 16_000) for index in range(4)]
        return float(np.median([np.abs(noise).max() for noise in noises]))

    assert crest("white") < 6 < crest("rain") < crest("clicks")


def test_babble_is_made_of_the_voices() -> None:
    tones = [np.sin(2 * np.pi * hz * np.arange(5000) / 16_000) for hz in (400, 800, 1600)]
    power = np.abs(np.fft.rfft(babble(generator_at(0, 0), 16_000, tones))) ** 2
    assert power[[400, 800, 1600]].sum() > 0.9 * power.sum()


def test_sentences_are_many_and_well_formed() -> None:
    texts = [sentence(generator_at(0, index)) for index in range(500)]
    assert len(set(texts)) > 495
    for text in texts:
        assert text[0].isupper() and text[-1] in ".!?" and 25 < len(text) < 160


def test_made_noise_is_labelled_repeatable_and_kept(tmp_path: Path) -> None:
    folder = made_noise(tmp_path / "noise", seconds=60, seed=1)
    report = scan(folder)
    assert not report.unusable and not report.duplicates
    assert len(report.files) == 12
    assert sum(file.seconds for file in report.files) == 60
    assert all("synthetic" in file.name for file in report.files)
    assert {file.name.split("/")[0] for file in report.files} == set(KINDS)
    metadata = json.loads((folder / "metadata.json").read_text())
    assert metadata["synthetic"] is True and len(metadata["clips"]) == 12
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    made_noise(tmp_path / "noise", seconds=60, seed=1)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    again = scan(made_noise(tmp_path / "again", seconds=60, seed=1))
    assert [file.digest for file in again.files] == [file.digest for file in report.files]
    other = scan(made_noise(tmp_path / "other", seconds=60, seed=2))
    assert not {file.digest for file in other.files} & {file.digest for file in report.files}
    with pytest.raises(InputError, match="noise: got a folder made with .*'seed': 1"):
        made_noise(tmp_path / "noise", seconds=60, seed=2)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of made speech."""
    return made_speech(tmp_path_factory.mktemp("made") / "speech", seconds=60, seed=1)


def test_made_speech_is_labelled_repeatable_and_varied(speech: Path, tmp_path: Path) -> None:
    report = scan(speech)
    assert not report.unusable and not report.duplicates
    assert 54 <= sum(file.seconds for file in report.files) <= 66
    assert len({file.name.split("/")[0] for file in report.files}) > 8
    assert {file.sample_rate_hz for file in report.files} == {16_000}
    metadata = json.loads((speech / "metadata.json").read_text())
    assert metadata["synthetic"] is True and metadata["generator"].startswith("hibari-tts")
    assert [clip["name"] for clip in metadata["clips"]] == [
        f"speaker-{index % 16:02d}/synthetic-speech-{index:05d}.wav"
        for index in range(len(report.files))
    ]
    again = scan(made_speech(tmp_path / "again", seconds=60, seed=1))
    assert [file.digest for file in again.files] == [file.digest for file in report.files]
    noise = made_noise(tmp_path / "noise", seconds=60, speech_dir=speech)
    assert len(list((noise / "babble").iterdir())) == 1


def test_made_speakers_have_different_pitch(speech: Path) -> None:
    def pitch_hz(path: Path) -> float:
        """Median over voiced frames of the lag of the largest autocorrelation."""
        samples, rate = soundfile.read(path)
        found = []
        for start in range(0, len(samples) - 1024, 512):
            frame = samples[start : start + 1024] * np.hanning(1024)
            lags = np.correlate(frame, frame, "full")[1023:]
            lag = 40 + int(np.argmax(lags[40:200]))
            if lags[lag] > 0.4 * lags[0] > 0.01:
                found.append(rate / lag)
        return float(np.median(found))

    pitches = [pitch_hz(path) for path in sorted(speech.rglob("*.wav"))]
    assert len(pitches) >= 8
    assert np.corrcoef(np.log(pitches), np.arange(len(pitches)))[0, 1] > 0.8


def test_speech_needs_its_synthesiser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "hibari", None)
    with pytest.raises(InputError, match="made speech: got no speech synthesiser, expected the"):
        made_speech(tmp_path / "speech", seconds=10)
    assert list(tmp_path.iterdir()) == []
