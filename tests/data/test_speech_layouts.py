"""Recordings and speakers follow from where files lie, in each corpus."""

from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data.speech_layouts import baker, libritts, ljspeech, vctk
from tfgan_audio.errors import InputError

PCM = np.full((100, 1), 900, np.int16)


@pytest.fixture
def write(tmp_path: Path, write_file):
    """Write small files below the folder of the test and return it."""

    def write_all(*names: str) -> Path:
        for name in names:
            write_file(tmp_path / name, PCM)
        return tmp_path

    return write_all


def shown(clips: list) -> list[tuple[str, str, str]]:
    assert all(clip.path.is_file() for clip in clips)
    return [(clip.name, clip.label, clip.split) for clip in clips]


def test_lj_speech_has_what_its_list_names(write) -> None:
    root = write("wavs/LJ001-0002.wav", "wavs/LJ001-0001.wav", "wavs/unlisted.wav")
    (root / "metadata.csv").write_text("LJ001-0001|One.|One.\nLJ001-0002|Two|2|Two\n\n", "utf-8")
    assert shown(ljspeech(root)) == [
        ("wavs/LJ001-0001.wav", "", "train"),
        ("wavs/LJ001-0002.wav", "", "train"),
    ]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (None, "metadata.csv: got No such file or directory, expected the list of the LJ Speech"),
        (b"\xff\xfe|x", "metadata.csv: got no text"),
        (b"", "metadata.csv: got no recording in it, expected the list of the LJ Speech corpus"),
        (b"a|x\nb|y\nc|z", "wavs: got 2 of 3 recordings missing: b, c, expected all recordings"),
    ],
)
def test_a_list_that_does_not_fit_is_told(write, listed: bytes | None, message: str) -> None:
    root = write("wavs/a.wav")
    if listed is not None:
        (root / "metadata.csv").write_bytes(listed)
    with pytest.raises(InputError, match=message):
        ljspeech(root)


def test_baker_is_one_voice_in_a_folder(write) -> None:
    root = write("Wave/000002.wav", "Wave/000001.wav", "elsewhere/3.wav")
    assert shown(baker(root)) == [
        ("Wave/000001.wav", "", "train"),
        ("Wave/000002.wav", "", "train"),
    ]


def test_vctk_has_two_microphones_or_one(write, tmp_path) -> None:
    old = write("wav48/p225/p225_001.wav", "wav48/p226/p226_001.wav", "txt/p225/p225_001.wav")
    speakers = [("p225", "train"), ("p226", "train")]
    assert [entry[1:] for entry in shown(vctk(old, "mic1"))] == speakers
    new = write(
        "wav48_silence_trimmed/p280/p280_001_mic1.flac",
        "wav48_silence_trimmed/s5/s5_001_mic1.flac",
        "wav48_silence_trimmed/s5/s5_001_mic2.flac",
    )
    folder = "wav48_silence_trimmed"
    assert shown(vctk(new, "mic1")) == [
        (f"{folder}/p280/p280_001_mic1.flac", "p280", "train"),
        (f"{folder}/s5/s5_001_mic1.flac", "s5", "train"),
    ]
    assert [entry[1] for entry in shown(vctk(new, "mic2"))] == ["s5"]
    with pytest.raises(InputError, match=f"{folder}: got no recording by mic3"):
        vctk(new, "mic3")
    with pytest.raises(InputError, match="neither of the corpus' folders, expected a folder that"):
        vctk(tmp_path / "wav48", "mic1")


def test_libritts_is_split_by_its_parts(write) -> None:
    root = write(
        "train-clean-100/19/198/19_198_000000_000000.wav",
        "train-clean-360/100/121669/100_121669_000001_000000.wav",
        "dev-clean/1272/128104/1272_128104_000001_000000.wav",
        "test-clean/61/1/61_1_0_0.wav",
    )
    found = shown(libritts(root, ["train-clean-360", "train-clean-100"], ["dev-clean"]))
    assert [entry[1:] for entry in found] == [
        ("100", "train"),
        ("19", "train"),
        ("1272", "validation"),
    ]
    write("train-other-500/20/20_1_0_0.wav")
    with pytest.raises(InputError, match="got another layout, expected train-other-500/SPEAKER/CH"):
        libritts(root, ["train-other-500"], ["dev-clean"])
    with pytest.raises(InputError, match="dev-other"):
        libritts(root, ["train-clean-100"], ["dev-other"])
