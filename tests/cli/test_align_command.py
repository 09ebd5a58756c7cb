"""The verb `align` with a tiny acoustic model that has learned nothing."""

import functools
import json
import os

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tfgan_audio.cli import main
from tfgan_audio.loading import load_trained


@pytest.fixture(autouse=True, scope="module")
def loaded_once():
    """Load each model only once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tfgan_audio.loading.load_trained", functools.cache(load_trained))
        yield


@pytest.fixture
def recording(rng, tmp_path):
    """Two seconds of noise on two channels, at another rate than the model's."""
    path = tmp_path / "one.flac"
    soundfile.write(path, rng.uniform(-0.1, 0.1, [32000, 2]), 16000)
    return path


def run(*arguments: object) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["align", *map(str, arguments)])


def test_one_recording_in_both_formats(speaking_run, recording, tmp_path) -> None:
    textgrid = pytest.importorskip("praatio.textgrid")
    (tmp_path / "one.txt").write_text("It's 5 pm.")
    done = run(speaking_run, recording, "It's 5 pm.", tmp_path / "new" / "a.TextGrid")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert run(speaking_run, recording, tmp_path / "one.txt", tmp_path / "a.json").exit_code == 0
    grid = textgrid.openTextgrid(str(tmp_path / "new" / "a.TextGrid"), includeEmptyIntervals=False)
    content = json.loads((tmp_path / "a.json").read_text())
    assert grid.maxTimestamp == content["end_seconds"] == 2.0
    assert [one["label"] for one in content["words"]] == ["It's", "five", "PM"]
    for tier in ("words", "phones"):
        expected = [(o["start_seconds"], o["end_seconds"], o["label"]) for o in content[tier]]
        assert [tuple(entry) for entry in grid.getTier(tier).entries] == expected
        assert np.all(np.diff([start for start, _, _ in expected]) > 0)


def test_a_folder_with_a_missing_text(speaking_run, recording, tmp_path) -> None:
    folder, target = tmp_path / "in", tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    for name in ("a", "deep/b"):
        (folder / f"{name}.flac").write_bytes(recording.read_bytes())
    (folder / "deep" / "b.txt").write_text("Good day!")
    done = run(speaking_run, folder, target)
    assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert f"{folder}: got 1 unusable recordings: {folder}/a.flac: {folder}/a.txt:" in done.stderr
    assert sorted(os.listdir(target)) == ["deep"]
    assert sorted(os.listdir(target / "deep")) == ["b.TextGrid", "b.json"]


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["nowhere.wav", "Hi", "a.json"], "nowhere.wav: got nothing there, expected an audio"),
        (["IN", "a.json"], "TEXT: got nothing, expected what is said in the recording"),
        (["IN", "Hi", "a.csv"], "a.csv: got ending '.csv', expected one of .TextGrid, .json"),
        (["IN", "", "a.json"], "text: got nothing, expected words"),
        (["IN", "你好", "a.json"], "text: got '你好' (zh) with the sounds"),
        (["IN", "so many words " * 130, "a.json"], "recording: got 2.00 s of sound, expected"),
        (["IN", "Hi", "a.json", "--speaker", "eve"], "eve: got an unknown speaker"),
    ],
)
def test_bad_input_is_one_line(
    speaking_run, recording, tmp_path, monkeypatch, arguments, beginning
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(speaking_run, *(str(recording) if one == "IN" else one for one in arguments))
    assert done.exit_code == 2 and done.stdout == "" and done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert os.listdir(tmp_path) == ["one.flac"]


def test_a_vocoder_aligns_nothing(speaking_run, recording, tmp_path) -> None:
    done = run(speaking_run / "vocoder.keras", recording, "Hi", tmp_path / "a.json")
    assert done.exit_code == 2 and "got a MelGAN, expected an AcousticModel" in done.stderr
