"""The verb `speak` with a tiny acoustic model and a tiny vocoder."""

import functools
import io
import json
import os

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

import tfgan_audio as tga
from tfgan_audio.cli import main
from tfgan_audio.cli.speak import mixture

RATE = 8000


@pytest.fixture(autouse=True, scope="module")
def loaded_once():
    """Load each model only once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tfgan_audio.loading.load", functools.cache(tga.load))
        yield


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    """Run the verb in this process."""
    return CliRunner().invoke(main, ["speak", *map(str, arguments)], input=stdin)


def refused(done: Result, beginning: str) -> None:
    """Check that a run ended with one line, code 2 and nothing on stdout."""
    assert done.exit_code == 2 and done.stdout_bytes == b"", done.stderr
    assert done.stderr.startswith(f"tfgan-audio: error: {beginning}"), done.stderr
    assert done.stderr.count("\n") == 1


def test_a_text_with_everything(speaking_run, tmp_path) -> None:
    out, figures_file = tmp_path / "new" / "a.wav", tmp_path / "a.json"
    done = run(
        speaking_run, "Good day! It's 5 pm.", out, "--speaker", "amy:1,bob:3", "--style", "angry",
        "--pace", 1.5, "--pitch", -2, "--energy", 3, "--json", figures_file,
    )  # fmt: skip
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    found, rate = soundfile.read(out)
    expected = tga.load(speaking_run).speak(
        "Good day! It's 5 pm.", speaker={"amy": 0.25, "bob": 0.75}, style="angry",
        pace=1.5, pitch_semitones=-2.0, energy_db=3.0,
    )  # fmt: skip
    assert rate == RATE
    np.testing.assert_allclose(found, expected, atol=0.51 / 32768)
    figures = json.loads(figures_file.read_text())
    seconds = figures["seconds"]
    assert 0 < figures["first_sound_seconds"] <= seconds
    assert figures["real_time_factor"] == pytest.approx(seconds / (len(found) / RATE))
    assert [one["spoken"] for one in figures["sentences"]] == ["Good day!", "It's five PM."]
    first, second = (one["end_seconds"] for one in figures["sentences"])
    assert 0 < first < second == len(found) / RATE
    silence = found[round(first * RATE) :][: round(0.25 / 1.5 * RATE)]
    assert not silence.any()


def test_stdout_is_a_stream(speaking_run, tmp_path) -> None:
    ssml = "<speak>One.<break time='1s'/>Two.</speak>"
    assert run(speaking_run, ssml, tmp_path / "a.wav").exit_code == 0
    expected, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    done = run(speaking_run, "-", "-", stdin=ssml.encode())
    assert done.exit_code == 0 and done.stderr == ""
    with soundfile.SoundFile(io.BytesIO(done.stdout_bytes)) as stream:
        assert (stream.samplerate, stream.channels) == (RATE, 1)
        np.testing.assert_array_equal(stream.read(dtype="int16"), expected)
    raw = run(speaking_run, ssml, "-", "--raw").stdout_bytes
    np.testing.assert_array_equal(np.frombuffer(raw, "<i2"), expected)
    assert done.stdout_bytes.endswith(raw)


def test_emoji_are_left_out_with_one_warning(speaking_run, tmp_path) -> None:
    done = run(speaking_run, "Hi 🚀! Bye 🚀!", tmp_path / "a.wav")
    assert done.exit_code == 0 and done.stderr == (
        "tfgan-audio: warning: not spoken: '🚀' (U+1F680 rocket)\n"
    )
    assert run(speaking_run, "Hi! Bye!", tmp_path / "b.wav").exit_code == 0
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["", "a.wav"], "text: got nothing, expected words"),
        (["🚀", "-", "--plain"], "text: got '🚀', expected words"),
        (["Hi. สวัสดี", "a.wav"], "text, character 1 of 'สวัสดี': got 'ส' (U+0E2A thai character"),
        (["你好", "-"], "text: got '你好' (zh) with the sounds "),
        (["<speak>Hi", "a.wav"], "SSML: got no element found"),
        (["<speak><shout>Hi</shout></speak>", "-"], "SSML: got <shout>, expected one of <speak>"),
        (["Hi", "a.wav", "--ssml"], "SSML: got syntax error"),
        (["Hi", "a.wav", "--speaker", "eve"], "eve: got an unknown speaker, expected one of amy"),
        (["Hi", "a.wav", "--speaker", "amy:x"], "--speaker: got amy:x, expected a name, or"),
        (["Hi", "a.wav", "--speaker", ""], "--speaker: got nothing, expected a name, or names"),
        (["Hi", "a.wav", "--speaker", ","], "--speaker: got ,, expected a name, or names"),
        (["Hi", "a.wav", "--speaker", ":1"], "--speaker: got :1, expected a name, or names"),
        (["Hi", "a.wav", "--speaker", "amy,amy"], "--speaker: got amy,amy, expected a name"),
        (["Hi <break time='1s'/> you", "-"], "text: got <break time='1s'/>, expected <speak>"),
        (["Hi", "a.wav", "--style", "calm:-1,angry"], "style: got {'calm': -1.0, 'angry': 1.0}"),
        (["Hi", "a.wav", "--language", "fr"], "fr: got an unknown language, expected one of en"),
        (["Hi", "a.wav", "--pace", "0"], "pace: got 0, expected 0.1 to 10"),
        (["Hi", "a.wav", "--pitch", "nan"], "pitch_semitones: got nan, expected -48 to 48"),
        (["nowhere.txt", "a.wav"], "nowhere.txt: got no such file, expected a text file in UTF-8"),
        (["Hi", "a.mp5"], "a.mp5: got ending '.mp5'"),
        (["Hi", "a.wav", "--raw"], "--raw: got a.wav, expected - as OUT"),
        (["Hi", "-", "--json", "-"], "--json: got -, expected a file"),
        (["Hi", "a.wav", "--vocoder", "nowhere"], "nowhere: got nothing there, expected a run"),
    ],
)
@pytest.mark.filterwarnings("ignore:not spoken")
def test_bad_input_is_one_line(speaking_run, tmp_path, monkeypatch, arguments, beginning) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(speaking_run, *arguments)
    lines = [line for line in done.stderr.splitlines() if "warning: not spoken" not in line]
    assert done.exit_code == 2 and done.stdout_bytes == b"" and len(lines) == 1
    assert lines[0].startswith(f"tfgan-audio: error: {beginning}"), lines[0]
    assert os.listdir(tmp_path) == []


def test_a_vocoder_is_refused_as_the_model(speaking_run, tmp_path) -> None:
    path = speaking_run / "vocoder.keras"
    refused(run(path, "Hi", tmp_path / "a.wav"), f"{path}: got a model that cannot speak, expected")


def test_mixtures() -> None:
    assert mixture("--speaker", "a: 0.3, b:0.7") == {"a": 0.3, "b": 0.7}
    assert mixture("--speaker", "a,b") == {"a": 1.0, "b": 1.0}
    assert mixture("--speaker", "just me") == "just me" and mixture("--speaker", None) is None
