"""Scanning measures what is there and gives a reason for what can not be used."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.data.manifest import Clip
from tfgan_audio.data.scan import FileReport, scan, scan_file
from tfgan_audio.errors import InputError


def measured(path: Path, waveform: np.ndarray, rate: int = 16_000, **kind: str) -> FileReport:
    soundfile.write(path, waveform, rate, **kind)
    return scan_file(Clip(path.name, path, ""))


def test_a_tone_in_one_channel_has_known_figures(tmp_path: Path) -> None:
    seconds = np.arange(22_050) / 22_050
    tone = 0.5 * np.sin(2 * np.pi * 50 * seconds)
    report = measured(tmp_path / "a.wav", np.stack([tone, 0 * tone + 0.25], 1), 22_050)
    assert (report.sample_rate_hz, report.num_channels, report.num_samples) == (22_050, 2, 22_050)
    assert report.seconds == 1.0
    assert report.problem is None
    assert report.peak_dbfs == pytest.approx(-6.0206, abs=1e-3)
    assert report.rms_dbfs == pytest.approx(10 * np.log10((0.5**2 / 2 + 0.25**2) / 2), abs=1e-3)
    assert report.dc_offset == pytest.approx(0.25, abs=1e-4)
    assert report.clipped_fraction == report.silence_fraction == 0.0


def test_clipping_and_silence_are_shares(tmp_path: Path) -> None:
    waveform = np.zeros(16_000)
    waveform[4000:8000] = 0.1
    waveform[4000:4160] = 1.0
    report = measured(tmp_path / "a.wav", waveform)
    assert report.clipped_fraction == 160 / 16_000
    assert report.silence_fraction == pytest.approx(0.75, abs=0.011)


def test_the_end_of_a_file_counts_by_its_own_length(tmp_path: Path) -> None:
    waveform = np.zeros(321)
    waveform[320] = 0.5  # alone in the second frame
    assert measured(tmp_path / "a.wav", waveform).silence_fraction == 0.5


def test_a_long_file_is_measured_in_parts_like_the_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    waveform = rng.normal(0.01, 0.1, (301_234, 2)) * (np.arange(301_234) % 32_000 < 20_000)[:, None]
    waveform[170_000:170_100, 1] = 1.0
    report = measured(tmp_path / "a.wav", waveform, subtype="FLOAT")
    waveform = waveform.astype(np.float32).astype(np.float64)
    assert (report.num_samples, report.peak_dbfs) == (301_234, 0.0)
    assert report.rms_dbfs == pytest.approx(10 * np.log10(np.mean(waveform**2)))
    assert report.dc_offset == pytest.approx(max(waveform.mean(axis=0), key=abs))
    assert report.clipped_fraction == 100 / waveform.size
    frames = [np.mean(waveform[start : start + 320] ** 2) for start in range(0, 301_234, 320)]
    assert report.silence_fraction == np.mean(np.array(frames) < 1e-6)


def test_duplicates_are_found_across_formats(tmp_path: Path) -> None:
    pcm = np.random.default_rng(0).integers(-9000, 9000, 4000).astype(np.int16)
    for name in ("a.wav", "b.flac", "sub/c.WAV"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / name, pcm, 16_000)
    soundfile.write(tmp_path / "other rate.wav", pcm, 8000)
    pcm[17] += 1
    soundfile.write(tmp_path / "other sample.wav", pcm, 16_000)
    report = scan(tmp_path)
    assert report.duplicates == [["a.wav", "b.flac", "sub/c.WAV"]]
    assert "duplicates   a.wav = b.flac = sub/c.WAV" in report.table()


@pytest.fixture
def rotten(tmp_path: Path) -> Path:
    """One good file and one of every kind that can not be used."""
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    soundfile.write(tmp_path / "good.wav", noise, 16_000)
    (tmp_path / "text.wav").write_text("This is no sound.")
    (tmp_path / "empty.wav").touch()
    soundfile.write(tmp_path / "whole.flac", noise, 16_000)
    content = (tmp_path / "whole.flac").read_bytes()
    (tmp_path / "truncated.flac").write_bytes(content[: len(content) // 2])
    (tmp_path / "whole.flac").unlink()
    soundfile.write(tmp_path / "no samples.wav", noise[:0], 16_000)
    soundfile.write(tmp_path / "silent.wav", 0 * noise, 16_000)
    noise[77] = np.nan
    soundfile.write(tmp_path / "nan.wav", noise, 16_000, subtype="FLOAT")
    return tmp_path


def test_every_unusable_file_has_a_reason(rotten: Path) -> None:
    report = scan(rotten)
    assert [file.name for file in report.usable] == ["good.wav"]
    reasons = {file.name: file.problem for file in report.unusable}
    assert set(reasons) == {
        "text.wav", "empty.wav", "truncated.flac", "no samples.wav", "silent.wav", "nan.wav",
    }  # fmt: skip
    assert reasons["silent.wav"] == "silent (peak below -70 dBFS)"
    assert len(set(reasons.values())) >= 4
    table = report.table()
    assert "files        7 (6 unusable)" in table
    for name, reason in reasons.items():
        assert f"unusable     {name}: {reason}" in table
    assert all(file.problem is None or "\n" not in file.problem for file in report.files)


def test_the_report_as_data_says_the_same(rotten: Path) -> None:
    content = scan(rotten).as_dict()
    assert (content["num_files"], content["num_unusable"], content["seconds"]) == (7, 6, 1.0)
    by_name = {file["name"]: file for file in content["files"]}
    assert by_name["good.wav"]["seconds"] == 1.0
    assert by_name["silent.wav"]["peak_dbfs"] is None
    assert by_name["text.wav"]["num_samples"] == 0


def test_a_folder_without_audio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got no audio files"):
        scan(tmp_path)
