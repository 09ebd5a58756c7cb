"""Where texts come from, and streams of speech."""

import io
import struct

import numpy as np
import pytest
import soundfile

from tfgan_audio.errors import InputError
from tfgan_audio.serving.speak_files import PcmPipe, read_text, wav_opening


def test_a_text_is_itself_unless_it_names_a_file(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.txt").write_bytes(b"\xef\xbb\xbf" + "Über\n".encode())
    nothing = io.BytesIO()
    assert read_text("a b.txt", nothing) == "Über\n"
    assert read_text("Please read notes.txt", nothing) == "Please read notes.txt"
    assert read_text("One.\nSee a b.txt", nothing) == "One.\nSee a b.txt"
    assert read_text("-", io.BytesIO("你好".encode())) == "你好"
    (tmp_path / "latin.txt").write_bytes(b"Gr\xfc\xdfe")
    for name, words in (
        ("none.txt", "^none.txt: got no such file"),
        ("latin.txt", "^latin.txt: got bytes that are no UTF-8, from byte 3 on, expected a text"),
    ):
        with pytest.raises(InputError, match=words):
            read_text(name, nothing)


def test_a_pipe_starts_with_a_header_that_others_read(rng) -> None:
    waveform = rng.uniform(-1, 1, 1000).astype(np.float32)
    stream = io.BytesIO()
    pipe = PcmPipe(stream, 22050)
    assert stream.getvalue() == b""  # bad input found late leaves nothing on stdout
    pipe.write(waveform[:300])
    assert len(stream.getvalue()) == 44 + 600
    pipe.write(waveform[300:])
    stream.seek(0)
    found, rate = soundfile.read(stream)
    assert rate == 22050
    np.testing.assert_allclose(found, waveform, atol=0.51 / 32768)
    assert struct.unpack_from("<I", wav_opening(22050), 4) == (0xFFFFFFFF,)
