"""Reading audio files: every coding, every part, every way to be unusable."""

import os
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tfgan_audio.audio.io import (
    AudioInfo,
    decode_bytes,
    find_audio,
    read_audio,
    read_blocks,
    read_info,
    resample,
)
from tfgan_audio.errors import InputError

STEPS = {"u8": 2**-7, "8": 2**-7, "16": 2**-15, "24": 2**-23, "32": 2**-24, "float": 2**-25}


@pytest.mark.parametrize(
    "name", ["u8.wav", "16.wav", "24.wav", "32.wav", "float.wav", "double.wav"]
)
@pytest.mark.parametrize("num_channels", [1, 2, 6])
def test_wav_of_every_width(name, num_channels, encode, music, tmp_path):
    waveform = music(2001, num_channels)
    path = tmp_path / name
    path.write_bytes(encode(name, waveform, 11025))
    samples, rate = read_audio(path)
    assert (samples.dtype, samples.shape, rate) == (np.float32, (2001, num_channels), 11025)
    step = STEPS.get(name.split(".")[0], 2**-25)
    np.testing.assert_allclose(samples, waveform, atol=step)
    subtype = soundfile.info(str(path)).subtype
    assert read_info(path) == AudioInfo(2001, 11025, num_channels, subtype)


@pytest.mark.parametrize("name", ["8.flac", "16.flac", "24.flac", "16.aiff"])
def test_lossless_formats(name, encode, music, tmp_path):
    waveform = music(5000, 2)
    path = tmp_path / name
    path.write_bytes(encode(name, waveform, 44100))
    np.testing.assert_allclose(read_audio(path)[0], waveform, atol=STEPS[name.split(".")[0]])


@pytest.mark.parametrize("name", ["vorbis.ogg", "opus.ogg", "cbr.mp3", "vbr.mp3"])
@pytest.mark.parametrize("rate", [16000, 48000])
def test_lossy_formats_keep_length_alignment_and_most_of_the_sound(name, rate, encode, tmp_path):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)[:, None]
    path = tmp_path / name
    path.write_bytes(encode(name, tone, rate))
    samples, seen_rate = read_audio(path)
    assert samples.shape == tone.shape and seen_rate == rate
    inner = slice(rate // 4, -rate // 4)
    gain = np.sum(samples[inner] * tone[inner]) / np.sum(tone[inner] ** 2)
    assert 0.94 < gain < 1.01  # LAME lowers the level by 5 % at some bit rates
    error = np.sqrt(np.mean((samples[inner] - gain * tone[inner]) ** 2))
    assert error < 0.02 * np.sqrt(np.mean(tone**2))


def test_the_content_decides_not_the_name(encode, music, tmp_path):
    waveform = music(1000)
    for name in ("song.wav", "take.raw", "no suffix"):
        (tmp_path / name).write_bytes(encode("16.flac", waveform, 8000))
        np.testing.assert_allclose(read_audio(tmp_path / name)[0], waveform, atol=2**-15)


@pytest.mark.parametrize(
    "name", ["16.wav", "24.flac", "vorbis.ogg", "opus.ogg", "cbr.mp3", "vbr.mp3", "16.aiff"]
)
def test_a_part_is_a_slice_of_the_whole(name, encode, music, tmp_path):
    path = tmp_path / name
    path.write_bytes(encode(name, music(60000, 2), 48000))
    whole, _ = read_audio(path)
    for start, stop in [(0, 1), (1, 100), (1105, 5000), (47111, 59999), (59000, None), (7, 10**9)]:
        part, _ = read_audio(path, start=start, stop=stop)
        np.testing.assert_allclose(part, whole[start:stop], atol=1e-6)
    blocks = list(read_blocks(path, 17000, start=500))
    assert [len(block) for block in blocks] == [17000, 17000, 17000, 8500]
    np.testing.assert_allclose(np.concatenate(blocks), whole[500:], atol=1e-6)


def test_mono_is_the_mean_of_the_channels(encode, music, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(encode("float.wav", music(1000, 3), 8000))
    whole, _ = read_audio(path)
    mono, _ = read_audio(path, mono=True)
    np.testing.assert_allclose(mono, whole.mean(1, keepdims=True, dtype=float), atol=1e-7)
    blocks = list(read_blocks(path, 300, mono=True))
    np.testing.assert_array_equal(np.concatenate(blocks), mono)


def test_another_rate_is_resampled(encode, music, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(encode("float.wav", music(4410, 2), 44100))
    samples, rate = read_audio(path, sample_rate_hz=16000)
    assert rate == 16000
    np.testing.assert_array_equal(samples, resample(read_audio(path)[0], 44100, 16000))


@pytest.mark.parametrize("name", ["vbr.mp3", "16.flac"])
@pytest.mark.parametrize("tagged", [False, True])
def test_audio_that_does_not_state_its_length_is_read_to_its_end(
    name, tagged, without_length, music, tmp_path
):
    """libsndfile guesses less than half of this MP3 file and fails on this FLAC file."""
    stated, unstated = without_length(name, music(100_000, 2), 16000)
    (tmp_path / "stated").write_bytes(stated)
    expected, _ = read_audio(tmp_path / "stated")
    path = tmp_path / "unstated"
    id3 = b"ID3\4\0\0\0\0\x08\0" + bytes(1024)
    path.write_bytes((id3 if tagged else b"") + unstated)
    samples, rate = read_audio(path)
    delay = 1105 if name == "vbr.mp3" else 0  # of encoder and decoder, which the tag would state
    assert rate == 16000 and read_info(path).num_samples == len(samples) >= delay + len(expected)
    np.testing.assert_allclose(samples[delay : delay + len(expected)], expected, atol=1e-6)
    part, _ = read_audio(path, start=80_000, stop=90_000)
    np.testing.assert_array_equal(part, samples[80_000:90_000])


def test_a_reader_that_stops_early_leaves_no_thread(without_length, music, tmp_path):
    path = tmp_path / "unstated.mp3"
    path.write_bytes(without_length("vbr.mp3", music(1_000_000), 16000)[1])
    before = threading.active_count()
    blocks = read_blocks(path, 1000)
    assert next(blocks).shape == (1000, 1)
    blocks.close()
    for _ in range(100):
        if threading.active_count() == before:
            break
        time.sleep(0.01)
    assert threading.active_count() == before
    assert len(os.listdir("/proc/self/fd")) < 200


def test_bytes_decode_like_the_file(encode, music, tmp_path):
    for name in ("16.wav", "16.flac", "vorbis.ogg", "vbr.mp3"):
        contents = encode(name, music(3000, 2), 22050)
        (tmp_path / name).write_bytes(contents)
        samples, rate = decode_bytes(contents, mono=True)
        expected, expected_rate = read_audio(tmp_path / name, mono=True)
        assert rate == expected_rate
        np.testing.assert_array_equal(samples, expected)


def said(call, *arguments, **keywords) -> str:
    """The one line that a call ends with."""
    with pytest.raises(InputError) as caught:
        call(*arguments, **keywords)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_no_audio_is_told_in_one_line(encode, tmp_path):
    text, empty, folder = tmp_path / "text.wav", tmp_path / "empty.wav", tmp_path / "folder.wav"
    text.write_text("This is no sound.\n" * 30)
    empty.touch()
    folder.mkdir()
    silent = tmp_path / "none.wav"
    silent.write_bytes(encode("16.wav", np.zeros([0, 1]), 8000))
    for call in (read_audio, read_info, lambda path: list(read_blocks(path, 10))):
        assert said(call, tmp_path / "no.wav") == (
            f"{tmp_path}/no.wav: got no such file, expected an audio file"
        )
        assert said(call, folder) == f"{folder}: got a folder, expected an audio file"
        assert said(call, empty) == f"{empty}: got an empty file, expected audio"
        assert said(call, silent) == f"{silent}: got no samples, expected at least one"
        assert said(call, text) == (
            f"{text}: got content that is no audio (Format not recognised), "
            "expected WAV, FLAC, OGG, MP3 or AIFF"
        )


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_flac_file_is_refused(kept, encode, music, tmp_path):
    contents = encode("16.flac", music(50_000), 16000)
    path = tmp_path / "cut.flac"
    path.write_bytes(contents[: int(kept * len(contents))])
    assert said(read_audio, path) == (
        f"{path}: got damaged or truncated audio (flac decoder lost sync), "
        "expected a file that decodes to its end"
    )
    assert said(lambda: [*read_blocks(path, 1000)]).startswith(f"{path}: got damaged or truncated")


def test_damage_within_a_flac_file_is_refused(encode, music, tmp_path):
    contents = bytearray(encode("16.flac", music(50_000), 16000))
    contents[len(contents) // 2] ^= 0x55
    path = tmp_path / "damaged.flac"
    path.write_bytes(contents)
    assert said(read_audio, path).startswith(f"{path}: got damaged or truncated audio (")


def test_a_truncated_mp3_file_is_refused(encode, music, tmp_path, capfd):
    contents = encode("vbr.mp3", music(50_000), 16000)
    path = tmp_path / "cut.mp3"
    path.write_bytes(contents[: len(contents) // 2])
    message = said(read_audio, path)
    assert message.endswith(
        "of the 50000 samples that its header states, expected a file that is not truncated"
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused_with_its_place(value, music, tmp_path):
    waveform = music(400_000, 2)
    waveform[300_123, 1] = value
    path = tmp_path / "nan.wav"
    soundfile.write(path, waveform, 8000, subtype="FLOAT")
    expected = f"{path}: got NaN or infinity at sample 300123, expected finite samples"
    assert said(read_audio, path) == said(read_audio, path, start=300_000) == expected
    assert len(read_audio(path, stop=300_000)[0]) == 300_000


def test_bad_ranges_are_refused(encode, music, tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(encode("16.wav", music(100), 8000))
    assert said(read_audio, path, start=-1) == "start: got -1, expected a sample from 0 on"
    assert said(read_audio, path, start=5, stop=5) == (
        "stop: got 5, expected a sample after start (5)"
    )
    assert said(read_audio, path, start=100) == f"{path}: got no samples, expected at least one"
    assert said(lambda: [*read_blocks(path, 0)]) == (
        "block_samples: got 0, expected a whole number above 0"
    )


def test_files_are_found_at_any_depth_in_any_case_and_in_order(tmp_path):
    names = ["b/deep/er/1.WAV", "a.flac", "B.Ogg", "b/2.mp3", "b.aiff", "z.opus"]
    ignored = ["notes.txt", ".hidden.wav", ".cache/3.wav", "b/wav", "x.wav.partial"]
    for name in names + ignored:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in find_audio(str(tmp_path))]
    assert found == ["B.Ogg", "a.flac", "b/2.mp3", "b/deep/er/1.WAV", "b.aiff", "z.opus"]


def test_links_are_followed_but_no_folder_is_entered_twice(tmp_path):
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere" / "deep" / "a.wav").touch()
    speech = tmp_path / "speech"
    speech.mkdir()
    (speech / "b.wav").touch()
    (speech / "broken.wav").symlink_to(tmp_path / "nowhere")
    for name in ("z corpus", "corpus"):
        (speech / name).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(speech)
    (tmp_path / "link").symlink_to(speech)
    for folder in (speech, tmp_path / "link"):
        found = [path.relative_to(folder).as_posix() for path in find_audio(folder)]
        assert found == ["b.wav", "broken.wav", "corpus/deep/a.wav"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a user who may become another one")
def test_a_folder_that_can_not_be_read_is_named():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.wav").touch()
        (folder / "locked").mkdir(mode=0o700)
        os.seteuid(65534)
        try:
            message = said(find_audio, folder)
        finally:
            os.seteuid(0)
    assert message == f"{folder}/locked: got Permission denied, expected a folder that can be read"


def test_folders_without_audio_are_refused(tmp_path):
    (tmp_path / "notes.txt").touch()
    assert said(find_audio, tmp_path) == (
        f"{tmp_path}: got no audio files (1 others), expected at least one "
        ".wav, .flac, .ogg, .oga, .opus, .mp3, .aif, .aiff"
    )
    assert said(find_audio, tmp_path / "no") == (
        f"{tmp_path}/no: got no such folder, expected a folder with audio files"
    )
    assert said(find_audio, tmp_path / "notes.txt") == (
        f"{tmp_path}/notes.txt: got a file, expected a folder with audio files"
    )
