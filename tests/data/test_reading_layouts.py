"""Lists of recordings and texts, in folders made as the corpora lay them out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.data import reading_layouts
from tfgan_audio.errors import InputError

PCM = np.arange(100)


@pytest.fixture
def corpus(tmp_path: Path, write_file) -> Callable[..., Path]:
    """`corpus({"list.txt": "..."}, "a.wav")`: a folder with these texts and recordings."""

    def make(texts: dict[str, str], *recordings: str) -> Path:
        for name in recordings:
            write_file(tmp_path / name, PCM)
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return make


def told(texts: list) -> list[tuple]:
    """What a list says of each recording, but for its path."""
    for text in texts:
        assert text.path.is_file()
    return [(text.name, text.text, text.speaker, text.language, text.emotion) for text in texts]


@pytest.mark.parametrize("heading", ["", "path|text|speaker|language|emotion\n", "path|text\n"])
def test_a_manifest_may_leave_out_what_stands_behind_the_text(corpus, heading: str) -> None:
    lines = "b/2.wav|Hallo.|anna|de|happy\n1.wav | Hello. \n3.wav|Hi.||en|\n"
    folder = corpus({"list.csv": heading + lines}, "1.wav", "b/2.wav", "3.wav")
    assert told(reading_layouts.manifest(folder / "list.csv", "fr")) == [
        ("1.wav", "Hello.", "default", "fr", "neutral"),
        ("3.wav", "Hi.", "default", "en", "neutral"),
        ("b/2.wav", "Hallo.", "anna", "de", "happy"),
    ]


def test_ljspeech_has_texts_that_are_written_out(corpus) -> None:
    lines = "LJ001-0002|in 1455|in fourteen fifty-five\nLJ001-0001|Printing, then|\n"
    folder = corpus({"metadata.csv": lines}, "wavs/LJ001-0001.wav", "wavs/LJ001-0002.wav")
    assert told(reading_layouts.ljspeech(folder, "en")) == [
        ("wavs/LJ001-0001.wav", "Printing, then", "default", "en", "neutral"),
        ("wavs/LJ001-0002.wav", "in fourteen fifty-five", "default", "en", "neutral"),
    ]


def test_baker_loses_its_marks_of_prosody(corpus) -> None:
    lines = "000001\t卡尔普#2陪外孙#1玩滑梯#4。\n\tka2 er2 pu3 pei2 wai4 sun1 wan2 hua2 ti1\n"
    folder = corpus({"ProsodyLabeling/000001-010000.txt": lines}, "Wave/000001.wav")
    assert told(reading_layouts.baker(folder)) == [
        ("Wave/000001.wav", "卡尔普陪外孙玩滑梯。", "default", "zh", "neutral")
    ]


def test_aishell3_has_characters_between_pinyin(corpus) -> None:
    content = {
        "train/content.txt": "SSB00050001.wav\t广 guang3 州 zhou1 女 nv3\n",
        "test/content.txt": "SSB00180002.wav\t大 da4 学 xue2\n",
    }
    names = "train/wav/SSB0005/SSB00050001.wav", "test/wav/SSB0018/SSB00180002.wav"
    assert told(reading_layouts.aishell3(corpus(content, *names))) == [
        (names[1], "大学", "SSB0018", "zh", "neutral"),
        (names[0], "广州女", "SSB0005", "zh", "neutral"),
    ]


def test_esd_has_two_languages_and_recordings_in_folders_of_emotions(corpus) -> None:
    texts = {
        "0001/0001.txt": "0001_000351\t打远一看。\tAngry\n",
        "0011/0011.txt": "0011_000001\tThe nine the eggs, I keep.\tNeutral\n",
    }
    names = "0001/Angry/0001_000351.wav", "0011/Neutral/train/0011_000001.wav"
    assert told(reading_layouts.esd(corpus(texts, *names))) == [
        (names[0], "打远一看。", "0001", "zh", "angry"),
        (names[1], "The nine the eggs, I keep.", "0011", "en", "neutral"),
    ]


def test_emodb_tells_everything_by_file_names(corpus) -> None:
    folder = corpus({}, "wav/03a01Fa.wav", "wav/16b10Td.wav")
    assert told(reading_layouts.emodb(folder)) == [
        ("wav/03a01Fa.wav", "Der Lappen liegt auf dem Eisschrank.", "03", "de", "happy"),
        ("wav/16b10Td.wav", "Die wird auf dem Platz sein, wo wir sie immer hinlegen.", "16", "de",
         "sad"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("1.wav\n", "list.csv:1: got '1.wav', expected a line path"),
        ("1.wav|a|b|c|d|e\n", "list.csv:1: got .*, expected a line path"),
        ("1.wav|Hello.\n4.wav|Hi.\n", "list.csv: got 1 of 2 recordings missing: 4.wav"),
        ("1.wav|Hello.\n1.wav|Hi.\n", "list.csv: got a recording twice"),
        ("\n", "list.csv: got no recording in it"),
    ],
)
def test_a_bad_manifest_is_told_in_one_line(corpus, lines: str, expected: str) -> None:
    folder = corpus({"list.csv": lines}, "1.wav")
    with pytest.raises(InputError, match=expected):
        reading_layouts.manifest(folder / "list.csv", "en")


def test_what_is_no_such_corpus_is_told(tmp_path, write_file) -> None:
    for layout in (reading_layouts.baker, reading_layouts.aishell3, reading_layouts.esd):
        with pytest.raises(InputError, match=f"^{tmp_path}"):
            layout(tmp_path)
    write_file(tmp_path / "wav" / "03z01Fa.wav", PCM)
    with pytest.raises(InputError, match="03z01Fa.wav: got another name"):
        reading_layouts.emodb(tmp_path)
