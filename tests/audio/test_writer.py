"""Writing audio files: exact samples, and nothing left behind when it fails."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.audio.io import open_writer, pcm16, read_audio, read_info, write_audio
from tfgan_audio.errors import InputError

ALL_PCM16 = np.arange(-32768, 32768).astype(np.int16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pcm16_inverts_the_division(dtype):
    np.testing.assert_array_equal(pcm16(ALL_PCM16.astype(dtype) / 32768), ALL_PCM16)


def test_pcm16_rounds_and_clips():
    waveform = np.array([[0.4, 0.6, -0.6], [1e9, 32767.6, -32769.0]]) / 32768
    np.testing.assert_array_equal(pcm16(waveform), [[0, 1, -1], [32767, 32767, -32768]])


def test_pcm16_refuses_what_has_no_scale():
    with pytest.raises(InputError) as caught:
        pcm16(np.zeros(3, np.int16))
    assert str(caught.value) == (
        "waveform: got int16 samples, expected floating point samples in [-1, 1]"
    )
    with pytest.raises(InputError, match="waveform: got NaN or infinity at sample 2, expected fin"):
        pcm16(np.array([0.0, 0.0, np.nan]))


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff", "a.WAV"])
def test_16_bits_survive_exactly(name, tmp_path):
    write_audio(tmp_path / name, ALL_PCM16.astype(np.float32) / 32768, 16000)
    stored, rate = soundfile.read(tmp_path / name, dtype="int16")
    np.testing.assert_array_equal(stored, ALL_PCM16)
    assert rate == 16000 and read_info(tmp_path / name).subtype == "PCM_16"
    np.testing.assert_array_equal(read_audio(tmp_path / name)[0][:, 0] * 32768, ALL_PCM16)


@pytest.mark.parametrize(
    ("name", "subtype", "num_bits"),
    [
        ("a.wav", "PCM_U8", 8),
        ("a.flac", "PCM_S8", 8),
        ("a.wav", "PCM_24", 24),
        ("a.flac", "PCM_24", 24),
        ("a.wav", "PCM_32", 32),
    ],
)
def test_other_widths_round_to_the_nearest_step(name, subtype, num_bits, music, tmp_path):
    waveform = np.concatenate([music(3000, 2), [[1.0, -1.0], [2.0, -2.0]]])
    write_audio(tmp_path / name, waveform, 8000, subtype)
    stored, _ = soundfile.read(tmp_path / name)
    limit = 2.0 ** (num_bits - 1)
    expected = np.clip(np.round(waveform * limit), -limit, limit - 1) / limit
    np.testing.assert_array_equal(stored, expected)


def test_floats_are_kept_whatever_their_size(music, tmp_path):
    waveform = 3.0 * music(1000, 2)
    for subtype, dtype in (("FLOAT", np.float32), ("DOUBLE", np.float64)):
        write_audio(tmp_path / "a.wav", waveform, 8000, subtype)
        stored, _ = soundfile.read(tmp_path / "a.wav")
        np.testing.assert_array_equal(stored, waveform.astype(dtype))


@pytest.mark.parametrize("name", ["a.ogg", "a.opus", "a.mp3"])
def test_lossy_formats_keep_length_and_sound(name, tmp_path):
    seconds = np.arange(200_000) / 48000
    tone = np.stack([0.5 * np.sin(2 * np.pi * 300 * seconds), 0 * seconds], 1)
    write_audio(tmp_path / name, tone, 48000)
    stored, rate = soundfile.read(tmp_path / name)
    assert stored.shape == tone.shape and rate == 48000
    error = np.sqrt(np.mean((stored - tone)[5000:-5000] ** 2, axis=0))
    assert error[0] < 0.01 and error[1] < 1e-3


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_blocks_give_the_file_that_the_whole_gives(name, music, tmp_path):
    waveform = music(100_000, 2)
    write_audio(tmp_path / name, waveform, 16000)
    whole = (tmp_path / name).read_bytes()
    with open_writer(tmp_path / name, 16000, num_channels=2) as writer:
        for part in np.split(waveform, [0, 1, 7, 70_000]):
            writer.write(part)
        assert writer.num_samples == 100_000
        assert (tmp_path / name).read_bytes() == whole  # the former file until the end
    assert soundfile.read(tmp_path / name)[0].tobytes() == read_pcm(whole, tmp_path, name)
    assert os.listdir(tmp_path) == [name]


def read_pcm(contents: bytes, folder: Path, name: str) -> bytes:
    """The samples of an encoded file."""
    path = folder / f"copy-{name}"
    path.write_bytes(contents)
    samples = soundfile.read(path)[0].tobytes()
    path.unlink()
    return samples


def test_missing_folders_are_made_and_permissions_are_the_usual(tmp_path):
    path = tmp_path / "new" / "deeper" / "a.wav"
    write_audio(path, np.zeros(10), 8000)
    assert read_info(path).num_samples == 10
    (tmp_path / "plain").touch()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_name_as_long_as_names_may_be(tmp_path):
    path = tmp_path / ("ü" * 125 + ".flac")
    write_audio(path, np.full(10, 0.5), 8000)
    np.testing.assert_array_equal(read_audio(path)[0], 0.5)


def failing(path: Path, waveform: np.ndarray, rate: int = 8000, subtype: str | None = None) -> str:
    """The line that a failed write ends with; what was there before is still there."""
    root = next(folder for folder in path.parents if folder.is_dir())
    before = sorted((name, name.stat().st_size) for name in root.rglob("*"))
    with pytest.raises(InputError) as caught:
        write_audio(path, waveform, rate, subtype)
    assert sorted((name, name.stat().st_size) for name in root.rglob("*")) == before
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(path), "PATH")


def test_bad_samples_leave_the_former_file(tmp_path):
    path = tmp_path / "a.wav"
    write_audio(path, np.full(100, 0.5), 8000)
    bad = np.zeros([200_000, 1])
    bad[150_000] = np.nan
    assert (
        failing(path, bad) == "PATH: got NaN or infinity at sample 150000, expected finite samples"
    )
    assert failing(path, np.zeros([0, 1])) == "PATH: got no samples to write, expected at least one"
    assert failing(path, np.zeros(9, np.int16)) == (
        "PATH: got int16 samples, expected floating point samples in [-1, 1]"
    )
    assert failing(path, np.zeros([1, 2, 3])) == (
        "PATH: got samples of shape (1, 2, 3), expected [samples] or [samples, channels]"
    )
    np.testing.assert_array_equal(read_audio(path)[0], 0.5)


def test_bad_targets_are_told_in_one_line(tmp_path):
    silence = np.zeros(100)
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "file").touch()
    assert failing(tmp_path / "a.xyz", silence) == (
        "PATH: got ending '.xyz', expected one of .wav .flac .ogg .oga .opus .mp3 .aif .aiff"
    )
    assert failing(tmp_path / "folder.wav", silence) == (
        "PATH: got a folder, expected the name of a file"
    )
    assert failing(tmp_path / "file" / "a.wav", silence) == (
        "PATH: got a file in place of its folder, expected a folder"
    )
    assert failing(tmp_path / "a.flac", silence, subtype="FLOAT") == (
        "subtype: got FLOAT, expected one of PCM_S8, PCM_16, PCM_24 for a.flac"
    )
    message = failing(tmp_path / "new" / "a.mp3", silence, rate=96000)
    assert message.startswith("PATH: got 1 channels at 96000 Hz (MPEG-1/2/2.5 only supports sample")
    assert message.endswith("expected channels and a rate that MP3 MPEG_LAYER_III takes")


def test_a_folder_that_can_not_be_written_is_told():
    """/proc takes no files, not even from root."""
    with pytest.raises(InputError) as caught:
        write_audio("/proc/a.wav", np.zeros(10), 8000)
    assert str(caught.value) == (
        "/proc/a.wav: got No such file or directory, expected a folder that can be written"
    )


def test_a_block_of_other_width_leaves_nothing(tmp_path):
    with pytest.raises(InputError, match=r"got samples of shape \(5,\), expected \[samples, 2\]"):
        with open_writer(tmp_path / "a.wav", 8000, num_channels=2) as writer:
            writer.write(np.zeros([5, 2]))
            writer.write(np.zeros(5))
    assert os.listdir(tmp_path) == []


def test_an_exception_of_the_caller_passes_and_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="the caller's own"):
        with open_writer(tmp_path / "new" / "a.flac", 8000) as writer:
            writer.write(np.zeros(100_000))
            raise OSError("the caller's own")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_full_disk_is_told_and_leaves_nothing(name, tmp_path):
    """A limit on the file's size makes the system refuse the write as a full disk does."""
    code = (
        "import resource, sys, numpy as np\n"
        "from tfgan_audio.audio.io import write_audio\n"
        "from tfgan_audio.errors import InputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
        "noise = 0.3 * np.random.default_rng(0).standard_normal(400_000)\n"
        "try: write_audio(sys.argv[1], noise, 16000)\n"
        "except InputError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith(f"{tmp_path / name}: got a failed write, ")
    assert run.stdout.endswith("expected enough free space and a file size that is allowed\n")
    assert run.stderr == "" and os.listdir(tmp_path) == []
