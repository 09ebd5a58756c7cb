"""What `tga.load` makes of an acoustic model, and of the vocoder that lies beside it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tiny_speakers import save_pair
from tiny_vocoders import make_melgan

import tfgan_audio as tga
from tfgan_audio.controls import Controls
from tfgan_audio.text import analyze


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> tuple[Path, tga.AcousticModel]:
    """A run folder, and its model."""
    folder = tmp_path_factory.mktemp("speaker")
    return folder, save_pair(folder)


def ids_of(model, text: str) -> list[int]:
    """The ids of a sentence, looked up one by one."""
    return [model.symbols.index(symbol) for symbol in analyze(text).symbols]


def test_a_run_speaks_with_the_vocoder_in_its_folder(run) -> None:
    folder, model = run
    vocoder = tga.load(folder / "vocoder.keras")
    mel, _ = model.predict_mel(
        ids_of(model, "Good day!"),
        speaker={"amy": 1, "bob": 3},
        style="angry",
        controls=Controls(pace=0.8, pitch_semitones=2.0, energy_db=-3.0),
    )
    expected = vocoder.vocode(mel, quiet_ends=True)
    manner = {"speaker": {"amy": 0.25, "bob": 0.75}, "style": "angry"}
    manner |= {"pace": 0.8, "pitch_semitones": 2.0, "energy_db": -3.0}
    for path in (folder, folder / "model.keras"):
        speaker = tga.load(path, "speak")
        np.testing.assert_allclose(speaker.speak("Good day!", **manner), expected, atol=1e-5)
        named = speaker.speak("Good day!", folder / "vocoder.keras", **manner)
        np.testing.assert_allclose(named, expected, atol=1e-5)
    assert speaker.speakers == ("amy", "bob") and speaker.sample_rate_hz == 8000
    assert np.abs(expected).max() > 0.01


def test_without_a_vocoder_the_places_are_named(run, tmp_path) -> None:
    folder, _ = run
    shutil.copy(folder / "model.keras", tmp_path / "alone.keras")
    speaker = tga.load(tmp_path / "alone.keras")
    expected = f"one to be named, or to lie in {tmp_path} as vocoder, vocoder.keras, vocoder.tflite"
    with pytest.raises(tga.InputError, match=f"^vocoder: got none beside .*, expected {expected}"):
        speaker.speak("Hi")
    with pytest.raises(tga.InputError, match="got a model that cannot vocode, expected a MelGAN"):
        speaker.speak("Hi", folder / "model.keras")


def test_a_vocoder_of_another_hop_is_refused_by_name(run, tmp_path) -> None:
    folder, _ = run
    make_melgan("odd factors").save(tmp_path / "other.keras")
    with pytest.raises(tga.InputError, match="other.keras: got mels of .*hop_samples 15.*16"):
        tga.load(folder).speak("Hi", tmp_path / "other.keras")


def test_a_vocoder_does_not_speak(run) -> None:
    folder, _ = run
    with pytest.raises(tga.InputError, match="a model that cannot speak, expected an AcousticMod"):
        tga.load(folder / "vocoder.keras", "speak")
