"""Made readings: what their manifest and their times say is what is to be heard."""

import json
from pathlib import Path

import numpy as np
import pytest

from tfgan_audio.audio.io import read_audio
from tfgan_audio.data.reading_layouts import manifest
from tfgan_audio.data.synthetic_reading import made_reading
from tfgan_audio.errors import InputError

TEXTS = ["Seven fish swam past us.", "She shut the shop at six.", "Fish?", "Stop that now."] * 2
CONDITIONS = {
    "speakers": ("synthetic-high", "synthetic-low"),
    "styles": ("neutral", "lively"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Eight sentences, two of each pair of speaker and style."""
    return made_reading(tmp_path_factory.mktemp("made") / "reading", TEXTS, 1, **CONDITIONS)


@pytest.fixture(scope="module")
def clips(folder) -> list[dict]:
    """What is told of each file, with its waveform."""
    told = json.loads((folder / "metadata.json").read_text())
    assert told["synthetic"] is True and told["generator"].startswith("hibari-tts")
    return [
        clip | {"waveform": read_audio(folder / clip["path"])[0][:, 0]} for clip in told["clips"]
    ]


def octave(clip: dict) -> float:
    """Pitch of a file, octaves."""
    pyworld = pytest.importorskip("pyworld")
    hertz, _ = pyworld.harvest(clip["waveform"].astype(np.float64), 16_000)
    return float(np.log2(np.median(hertz[hertz > 0])))


def test_the_manifest_deals_sentences_out_to_speakers_and_styles(folder) -> None:
    texts = {text.name: text for text in manifest(folder / "manifest.csv", "xx")}
    assert len(texts) == 8 and all("synthetic" in name for name in texts)
    dealt = [(text.speaker, text.emotion) for _, text in sorted(texts.items())]
    pairs = [
        (speaker, style) for style in ("neutral", "lively") for speaker in CONDITIONS["speakers"]
    ]
    assert sorted(dealt) == sorted(pairs * 2)
    assert {text.language for text in texts.values()} == {"en"}


KINDS = {**dict.fromkeys("ʃs", "hiss"), **dict.fromkeys("ɑɛæWəiɪʌ", "vowel")}


def contrast(clips: list[dict], late_s: float) -> float:
    """How much more of the energy of hisses than of vowels is above 2 kHz."""
    shares = {"hiss": [], "vowel": []}
    for clip in clips:
        starts = [0.0, *(end_s for _, end_s in clip["sounds"])]
        for (sound, end_s), start_s in zip(clip["sounds"], starts, strict=False):
            places = [max(0, round((second + late_s) * 16_000)) for second in (start_s, end_s)]
            part = clip["waveform"][slice(*places)]
            if sound in KINDS and len(part) >= 400:
                power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
                hertz = np.fft.rfftfreq(len(part), 1 / 16_000)
                shares[KINDS[sound]].append(power[hertz > 2000].sum() / (power.sum() + 1e-9))
    assert min(map(len, shares.values())) >= 10
    return float(np.mean(shares["hiss"]) - np.mean(shares["vowel"]))


def test_the_hiss_of_a_word_is_where_its_times_say(clips) -> None:
    on_time = contrast(clips, 0.0)
    assert on_time > 0.6
    assert on_time > max(contrast(clips, -0.05), contrast(clips, 0.05)) + 0.1


def test_times_cover_the_whole_file(clips) -> None:
    for clip in clips:
        ends = [end_s for _, end_s in clip["sounds"]]
        assert ends == sorted(ends)
        assert 0.02 < len(clip["waveform"]) / 16_000 - ends[-1] < 0.1
        assert clip["sounds"][0][0] == clip["sounds"][-1][0] == ""


def test_speakers_and_styles_differ_in_pitch_and_pace(clips) -> None:
    by_kind = {(clip["speaker"], clip["emotion"], clip["text"]): clip for clip in clips}
    pitches = {}
    for speaker in CONDITIONS["speakers"]:
        for style in CONDITIONS["styles"]:
            chosen = [clip for key, clip in by_kind.items() if key[:2] == (speaker, style)]
            pitches[speaker, style] = np.mean([octave(clip) for clip in chosen])
    for style in CONDITIONS["styles"]:
        lower = pitches["synthetic-high", style] - pitches["synthetic-low", style]
        assert 0.1 < lower < 0.6


def test_one_folder_is_made_once_and_seeds_are_kept(folder, tmp_path) -> None:
    assert made_reading(folder, TEXTS, 1, **CONDITIONS) == folder
    again = made_reading(tmp_path / "again", TEXTS, 1, **CONDITIONS)
    for path in folder.rglob("*.wav"):
        assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes()
    with pytest.raises(InputError, match="a folder made with"):
        made_reading(folder, TEXTS, 2, **CONDITIONS)


def test_what_cannot_be_read_is_told(tmp_path) -> None:
    with pytest.raises(InputError, match="speakers: got nobody, expected some of synthetic-high"):
        made_reading(tmp_path / "a", 1, speakers=["nobody"])
    with pytest.raises(InputError, match="text: got ' ', expected a sentence"):
        made_reading(tmp_path / "b", [" "])
    assert not (tmp_path / "b").exists()


def test_sentences_are_made_up_by_their_number(tmp_path) -> None:
    folder = made_reading(tmp_path / "made", 3)
    texts = {text.text for text in manifest(folder / "manifest.csv", "en")}
    assert len(texts) == 3 and all(text[0].isupper() for text in texts)
