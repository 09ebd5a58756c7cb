"""Mel files, recordings and folders, with a network whose sound is known."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_vocoder import FEATURES, draw_mel, make_vocoder

from tfgan_audio.audio.io import read_audio
from tfgan_audio.audio.spectral import log_mel
from tfgan_audio.errors import InputError
from tfgan_audio.serving.vocode_files import FileVocoder
from tfgan_audio.serving.vocoder import Vocoder

ROOT = Path(__file__).resolve().parents[2]
ROUNDED = 0.51 / 32768


@pytest.fixture
def mel(rng) -> np.ndarray:
    """A mel of forty frames."""
    return draw_mel(rng, 40)


def names_below(folder: Path) -> list[str]:
    """Every file below a folder, hidden or not."""
    files = [Path(above, name) for above, _, names in os.walk(folder) for name in names]
    return sorted(path.relative_to(folder).as_posix() for path in files)


def write(path: Path, content: np.ndarray, rate: int = 8000) -> Path:
    """Write a mel or a recording, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, content) if path.suffix == ".npy" else soundfile.write(path, content, rate)
    return path


@pytest.mark.parametrize("name", ["out.wav", "new/out.flac"])
def test_a_mel_file(mel, tmp_path, name: str) -> None:
    target = tmp_path / name
    num_samples = FileVocoder(make_vocoder()).vocode_file(write(tmp_path / "a.npy", mel), target)
    found, rate = soundfile.read(target)
    assert (rate, len(found), num_samples) == (8000, 40 * 64, 40 * 64)
    expected = make_vocoder().vocode(mel, quiet_ends=True)
    np.testing.assert_allclose(found, expected, atol=ROUNDED)


@pytest.mark.parametrize("num_channels", [1, 2])
@pytest.mark.parametrize(("name", "rate"), [("a.wav", 8000), ("a.flac", 16000), ("a.ogg", 44100)])
def test_a_copy_of_a_recording(rng, tmp_path, name: str, rate: int, num_channels: int) -> None:
    envelope = np.abs(np.sin(np.arange(3 * rate) / rate * 4))[:, None]
    recording = 0.2 * envelope * rng.uniform(-1, 1, [3 * rate, num_channels])
    source = write(tmp_path / name, recording, rate)
    FileVocoder(make_vocoder()).vocode_file(source, tmp_path / "copy.wav")
    found, copy_rate = soundfile.read(tmp_path / "copy.wav")
    assert (copy_rate, len(found)) == (8000, 3 * 8000)
    waveform, _ = read_audio(source, 8000, mono=True)
    mel = log_mel(waveform[:, 0][None], FEATURES).numpy()[0]
    expected = make_vocoder().vocode(mel, quiet_ends=True)
    sure = slice(0, len(expected) - 3 * 64)  # where what fills the last hop is not looked at
    np.testing.assert_allclose(found[sure], expected[sure], atol=ROUNDED + 1e-5)


def test_mels_first(mel, tmp_path) -> None:
    source = write(tmp_path / "a.npy", mel.T)
    FileVocoder(make_vocoder(), mels_first=True).vocode_file(source, tmp_path / "a.wav")
    expected = make_vocoder().vocode(mel, quiet_ends=True)
    np.testing.assert_allclose(soundfile.read(tmp_path / "a.wav")[0], expected, atol=ROUNDED)


def test_a_doubtful_mel_is_done_and_told(mel, tmp_path) -> None:
    files = FileVocoder(make_vocoder())
    files.vocode_file(write(tmp_path / "a.npy", mel), tmp_path / "a.wav")
    assert files.doubts == []
    files.vocode_file(write(tmp_path / "b.npy", 10.0**mel), tmp_path / "b.wav")
    assert len(files.doubts) == 1
    assert files.doubts[0].startswith(f"{tmp_path}/b.npy: got values from 0.000")
    assert names_below(tmp_path) == ["a.npy", "a.wav", "b.npy", "b.wav"]


def test_a_copy_is_doubtful_where_nobody_told_how_mels_are_normalised(rng, tmp_path) -> None:
    files = FileVocoder(make_vocoder(replace(FEATURES, normalised_elsewhere=True)))
    mel = rng.standard_normal([40, FEATURES.num_mels]).astype(np.float32)
    files.vocode_file(write(tmp_path / "a.npy", mel), tmp_path / "a.wav")
    assert files.doubts == []
    files.vocode_file(tmp_path / "a.wav", tmp_path / "b.wav")
    assert len(files.doubts) == 1
    assert files.doubts[0].startswith(f"{tmp_path}/a.wav: got a recording, expected a mel that is")


@pytest.mark.parametrize("name", ["out", "out.txt", "out.npy", "."])
def test_a_target_that_is_no_audio_leaves_nothing(mel, tmp_path, name: str) -> None:
    source = write(tmp_path / "a.npy", mel)
    with pytest.raises(InputError, match=": got "):
        FileVocoder(make_vocoder()).vocode_file(source, tmp_path / "new" / name)
    assert names_below(tmp_path) == ["a.npy"]


def test_a_network_that_returns_nan_leaves_nothing(mel, tmp_path) -> None:
    vocoder = Vocoder(lambda mels: np.full([1, 64 * mels.shape[1], 1], np.nan), FEATURES, 1, 1)
    source = write(tmp_path / "a.npy", mel)
    with pytest.raises(InputError, match="out.wav: got NaN or infinity at sample 0"):
        FileVocoder(vocoder).vocode_file(source, tmp_path / "out.wav")
    assert names_below(tmp_path) == ["a.npy"]


def test_a_folder(rng, mel, tmp_path) -> None:
    source, target = tmp_path / "in", tmp_path / "in" / "out"
    write(source / "a.npy", mel)
    write(source / "deep" / "b.FLAC", rng.uniform(-0.1, 0.1, 1000), 16000)
    write(source / "c-feats.npy", mel[:5])
    write(source / "c-wave.npy", np.zeros(5 * 64))
    (source / "notes.txt").write_text("no sound")
    for _ in range(2):  # what was written below the source is left out
        done, failures = FileVocoder(make_vocoder()).vocode_folder(source, target)
        assert done == {"a.wav": 2560, "c-feats.wav": 320, "deep/b.wav": 500}
        assert failures == []
    assert names_below(target) == ["a.wav", "c-feats.wav", "deep/b.wav"]
    expected = make_vocoder().vocode(mel, quiet_ends=True)
    np.testing.assert_allclose(soundfile.read(target / "a.wav")[0], expected, atol=ROUNDED)


def test_unusable_files_do_not_stop_the_others(mel, tmp_path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    for name in ("a.npy", "z.npy"):
        write(source / name, mel)
    write(source / "b.npy", mel.T)
    write(source / "linear.npy", 10.0**mel)
    (source / "c.wav").write_text("no audio")
    files = FileVocoder(make_vocoder())
    done, failures = files.vocode_folder(source, target)
    assert list(done) == ["a.wav", "linear.wav", "z.wav"] == names_below(target)
    assert [line.split(":")[0] for line in failures] == [f"{source}/b.npy", f"{source}/c.wav"]
    assert [line.split(":")[0] for line in files.doubts] == [f"{source}/linear.npy"]


def test_two_files_that_would_become_one_are_refused(mel, tmp_path) -> None:
    source = tmp_path / "in"
    write(source / "a.npy", mel)
    write(source / "a.wav", np.zeros(100))
    with pytest.raises(InputError, match="in: got a.npy and a.wav, expected one of them"):
        FileVocoder(make_vocoder()).vocode_folder(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("source", "target"), [("a", "a"), ("a/b", "a"), ("a", "s")])
def test_a_folder_may_not_be_written_over_itself(mel, tmp_path, source, target) -> None:
    write(tmp_path / "a" / "b" / "c.npy", mel)
    (tmp_path / "s").symlink_to(tmp_path / "a")
    with pytest.raises(InputError, match="got a folder that holds .*, expected a folder apart"):
        FileVocoder(make_vocoder()).vocode_folder(tmp_path / source, tmp_path / target)


def test_a_folder_does_not_go_into_a_file(mel, tmp_path) -> None:
    write(tmp_path / "a" / "b.npy", mel)
    (tmp_path / "out").write_text("x")
    with pytest.raises(InputError, match="out: got a file, expected a folder to write to"):
        FileVocoder(make_vocoder()).vocode_folder(tmp_path / "a", tmp_path / "out")


MEASURED = """
import resource, sys
import numpy as np
from pathlib import Path
from tfgan_audio.loading import load
from tfgan_audio.serving.vocode_files import FileVocoder

vocoder, num_minutes = load(sys.argv[1]), int(sys.argv[3])
if sys.argv[2] == "stream":
    stream, chunk = vocoder.stream(), np.full([100, vocoder.features.num_mels], -2, np.float32)
    frames = num_minutes * 60 * vocoder.sample_rate_hz // vocoder.hop_samples
    num_samples = sum(len(stream.process(chunk)) for _ in range(frames // 100))
    assert num_samples + len(stream.flush()) == frames // 100 * 100 * vocoder.hop_samples
else:
    FileVocoder(vocoder).vocode_file(Path(sys.argv[2]), Path(sys.argv[2]).with_suffix(".flac"))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["stream", "copy"])
def test_memory_does_not_grow_over_half_an_hour(tiny_melgan, rng, tmp_path, kind: str) -> None:
    """Thirty minutes take as much as three, within 8 MB; their samples alone would be 50 MB."""
    used_kb = []
    for num_minutes in (3, 30):
        what = kind
        if kind == "copy":
            what = str(tmp_path / f"{num_minutes}.wav")
            with soundfile.SoundFile(what, "w", 16000, 1) as file:
                for _ in range(num_minutes):
                    file.write(0.1 * rng.standard_normal(60 * 16000).astype(np.float32))
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(tiny_melgan), what, str(num_minutes)],
            cwd=ROOT, capture_output=True, text=True, timeout=900,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        used_kb.append(int(done.stdout))
    assert used_kb[1] - used_kb[0] < 8_000, used_kb
