"""What `tga.load` makes of an acoustic model, and of the vocoder that lies beside it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from tiny_speakers import save_pair
from tiny_vocoders import make_melgan

import tfgan_audio as tga
from tfgan_audio.controls import Controls
from tfgan_audio.serving.speaker import Speaker
from tfgan_audio.serving.synthesize_function import describe_acoustic, run_in_keras
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


def test_sentences_of_all_lengths_share_one_graph(run) -> None:
    """A graph for each length would take more memory with each sentence of a book."""
    _, model = run

    class Counted:
        """The reader, which counts how often a graph of it is made."""

        inputs, num_graphs = model.reader.inputs, 0

        def __call__(self, *arguments, **options):
            self.num_graphs += 1
            return model.reader(*arguments, **options)

    reader = Counted()
    speaker = Speaker(run_in_keras(reader), describe_acoustic(model))
    text = " ".join(f"{'Very ' * length}Good." for length in range(8))
    lengths = {len(speaker.read(one.inputs)[1]) for one in speaker.sentences(text)}
    assert len(lengths) == 8 and reader.num_graphs == 1


def test_without_a_vocoder_the_places_are_named(run, tmp_path) -> None:
    folder, _ = run
    shutil.copy(folder / "model.keras", tmp_path / "alone.keras")
    speaker = tga.load(tmp_path / "alone.keras")
    expected = f"one to be named, or to lie in {tmp_path} as vocoder, vocoder.keras, vocoder.tflite"
    with pytest.raises(tga.InputError, match=f"^vocoder: got none beside .*, expected {expected}"):
        speaker.speak("Hi")
    with pytest.raises(tga.InputError, match="got a model that cannot vocode, expected a MelGAN"):
        speaker.speak("Hi", folder / "model.keras")


def test_a_run_speaks_with_the_vocoder_that_it_was_trained_with(run, tmp_path, monkeypatch) -> None:
    folder, _ = run
    expected = tga.load(folder).speak("Hi")
    reader, voices = tmp_path / "reader", tmp_path / "voices"
    for made in (reader, voices):
        made.mkdir()
    shutil.copy(folder / "model.keras", reader)
    shutil.copy(folder / "vocoder.keras", voices / "voice.keras")
    (reader / "config.yaml").write_text(
        "name: reader\nfamily: acoustic\ntrain: {vocoder: voices/voice.keras}\n"
        "data: {kind: manifest, manifest: m.csv, shards_dir: s}\n"
    )
    monkeypatch.chdir(tmp_path)  # where one works is where relative paths start
    for path in ("reader", "reader/model.keras", reader):
        np.testing.assert_array_equal(tga.load(path).speak("Hi"), expected)
    make_melgan("odd factors").save(reader / "vocoder.keras")
    with pytest.raises(tga.InputError, match=r"^vocoder: got mels of .*hop_samples 15"):
        tga.load("reader").speak("Hi")  # what lies in the folder goes first
    (reader / "vocoder.keras").unlink()
    monkeypatch.chdir(reader)
    message = (
        "^voices/voice.keras: got nothing there, expected the vocoder that train.vocoder in "
        f"{reader}/config.yaml names, or another one to be named$"
    )
    with pytest.raises(tga.InputError, match=message):
        tga.load(reader).speak("Hi")
    named = tga.load(reader).speak("Hi", voices / "voice.keras")
    np.testing.assert_array_equal(named, expected)


def test_a_vocoder_of_another_hop_is_refused_by_name(run, tmp_path) -> None:
    folder, _ = run
    make_melgan("odd factors").save(tmp_path / "other.keras")
    with pytest.raises(tga.InputError, match="other.keras: got mels of .*hop_samples 15.*16"):
        tga.load(folder).speak("Hi", tmp_path / "other.keras")


def test_a_vocoder_does_not_speak(run) -> None:
    folder, _ = run
    with pytest.raises(tga.InputError, match="a model that cannot speak, expected an AcousticMod"):
        tga.load(folder / "vocoder.keras", "speak")
