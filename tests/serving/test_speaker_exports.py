"""Exports of acoustic models: every runtime makes the mels of the Keras network."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tiny_speakers import make_acoustic
from tiny_vocoders import make_melgan

import tfgan_audio as tga
from tfgan_audio.controls import Controls
from tfgan_audio.errors import InputError
from tfgan_audio.serving.exportable import exportable
from tfgan_audio.serving.saved_model import export_saved_model, run_in_session
from tfgan_audio.serving.tflite import export_tflite
from tfgan_audio.text import analyze

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def model():
    """A tiny acoustic model."""
    return make_acoustic()


@pytest.fixture(scope="module")
def exports(model, tmp_path_factory) -> dict[str, Path]:
    """All exports of it, and a vocoder beside each."""
    folder = tmp_path_factory.mktemp("exports")
    paths = {"tflite": folder / "reader.tflite", "saved_model": folder / "reader" / "1"}
    figures = export_tflite(model, paths["tflite"]), export_saved_model(model, paths["saved_model"])
    assert all(figure["max_difference"] <= 1e-4 for figure in figures)
    export_tflite(make_melgan("full band"), folder / "vocoder.tflite")
    return paths


def test_rounded_weights_may_change_durations(model, exports, monkeypatch, tmp_path) -> None:
    """What is compared then is what each symbol sounds like; exact weights change none."""
    speaker = tga.load(exports["tflite"], "speak")
    exported = exportable(model)
    plain = exported.replayed(speaker)
    np.testing.assert_allclose(plain, exported.reference, atol=1e-4)
    read = speaker.read

    def held(inputs: dict) -> tuple[np.ndarray, np.ndarray]:
        """The third symbol is two frames longer, the fifth has lost one."""
        mel, durations = read(inputs)
        parts = np.split(mel, np.cumsum(durations)[:-1])
        parts[2] = np.concatenate([parts[2], parts[2][-1:] + 9.0, parts[2][-1:] + 9.0])
        parts[4] = parts[4][:-1]
        return np.concatenate(parts), np.array([len(part) for part in parts])

    monkeypatch.setattr(speaker, "read", held)
    found = exported.replayed(speaker)
    assert found.shape == plain.shape
    differs = np.flatnonzero(np.abs(found - plain).max(axis=1))
    last_of_fifth = int(np.sum(read(exported._probe)[1][:5])) - 1
    assert differs.tolist() == [last_of_fifth]
    np.testing.assert_array_equal(found[last_of_fifth], found[last_of_fifth - 1])
    for weights in ("int8-weights", "int8"):
        figures = export_tflite(model, tmp_path / f"{weights}.tflite", weights)
        assert 15.0 < figures["snr_db"] < 80.0


def as_read(model, text: str, **options) -> np.ndarray:
    """The mel that the Keras model makes of a sentence."""
    return model.predict_mel([model.symbols.index(s) for s in analyze(text).symbols], **options)[0]


@pytest.mark.parametrize("kind", ["tflite", "saved_model"])
def test_the_mels_are_those_of_keras(model, exports, kind: str) -> None:
    speaker = tga.load(exports[kind], "speak")
    assert (speaker.speakers, speaker.languages, speaker.styles) == (
        model.speakers, model.languages, model.styles,
    )  # fmt: skip
    assert speaker.features == model.features and speaker.description.symbols == model.symbols
    text = "Go. A much longer sentence, if it is one. Slow <prosody rate='40%'>down</prosody>!"
    mels = [
        speaker.read(sentence.inputs)[0] for sentence in speaker.sentences(f"<speak>{text}</speak>")
    ]
    rates = [1.0] * (1 + len(analyze("slow").symbols[:-1])) + [0.4] * len(analyze("down!").symbols)
    expected = [
        as_read(model, "Go."),
        as_read(model, "A much longer sentence, if it is one."),
        as_read(model, "Slow down!", controls=Controls(pace=rates)),
    ]
    for found, wanted in zip(mels, expected, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_both_speak(model, exports) -> None:
    vocoder = tga.load(exports["tflite"].with_name("vocoder.tflite"))
    mel = as_read(model, "Good day!", speaker="bob", style="angry")
    expected = vocoder.vocode(mel, quiet_ends=True)
    manner = {"speaker": "bob", "style": "angry"}
    found = tga.load(exports["tflite"]).speak("Good day!", **manner)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    found = tga.load(exports["saved_model"]).speak("Good day!", vocoder, **manner)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_batch_in_the_servers_loader(model, exports) -> None:
    """A padded sentence is read as if it were alone."""
    ids = np.array([[3, 9, 4, 11, 2], [5, 8, 0, 0, 0]], np.int32)
    inputs = {"symbols": ids, "languages": (ids > 0).astype(np.int32)}
    inputs |= {name: np.array([[1.0, 0.0]] * 2, np.float32) for name in ("speaker", "style")}
    inputs |= {"pace": np.ones(ids.shape, np.float32)}
    inputs |= {n: np.zeros(ids.shape, np.float32) for n in ("pitch_shift", "energy_shift")}
    for signature in ("synthesize", "serving_default"):
        outputs = run_in_session(exports["saved_model"], signature, inputs)
        for row, symbols in enumerate(([3, 9, 4, 11, 2], [5, 8])):
            mel, durations = model.predict_mel(symbols)
            assert outputs["num_frames"][row] == len(mel) == durations.sum()
            np.testing.assert_allclose(outputs["mel"][row, : len(mel)], mel, atol=1e-4)
            assert not outputs["mel"][row, len(mel) :].any()
            assert outputs["durations"][row, : len(symbols)].tolist() == durations.tolist()
    bad = {"symbols": 999, "languages": 3, "pace": 0.0, "speaker": np.nan}
    for name, value in bad.items():
        wrong = {**inputs, name: np.full_like(inputs[name], value)}
        with pytest.raises(tf.errors.InvalidArgumentError, match=name):
            run_in_session(exports["saved_model"], "synthesize", wrong)


def test_a_difference_leaves_nothing(tmp_path, monkeypatch) -> None:
    model = make_acoustic()
    reader = model.reader
    monkeypatch.setattr(
        "tfgan_audio.serving.exportable_speech.synthesize_function",
        lambda _: (
            lambda *inputs: {
                name: value + 0.001 if name == "mel" else value
                for name, value in reader(list(inputs), training=False).items()
            }
        ),
    )
    for export, path in ((export_tflite, "a.tflite"), (export_saved_model, "a/1")):
        with pytest.raises(InputError, match="0.001 away from Keras, expected at most 0.0001$"):
            export(model, tmp_path / path)
        assert os.listdir(tmp_path) == []


def test_a_served_model_speaks(model, exports) -> None:
    from tfgan_audio.serving.server.embedded import Server, ServerOptions
    from tfgan_audio.serving.server.model_configs import models_in

    models = models_in(exports["saved_model"].parent, "reader")
    with Server(models, ServerOptions(grpc_port=0, rest_port=0)) as server:
        vocoder = tga.load(exports["tflite"].with_name("vocoder.tflite"))
        expected = vocoder.vocode(as_read(model, "Good day!"), quiet_ends=True)
        for address in (
            f"grpc://{server.grpc_address}/reader",
            f"{server.rest_address}/v1/models/reader",
        ):
            speaker = tga.load(address, "speak")
            np.testing.assert_allclose(speaker.speak("Good day!", vocoder), expected, atol=1e-4)


def test_a_device_needs_numpy_and_litert_only(model, exports, tmp_path) -> None:
    """In an interpreter without TensorFlow; what is said in English needs no other package."""
    code = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {{"tensorflow", "keras", "soundfile", "scipy", "soxr", "click",
                                  "pydantic", "ruamel", "matplotlib", "jinja2", "tqdm", "h5py"}}:
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Blocker())
import numpy as np
import tfgan_audio as tga
np.save({str(tmp_path / "a.npy")!r}, tga.load({str(exports["tflite"])!r}).speak("Good day!"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    vocoder = tga.load(exports["tflite"].with_name("vocoder.tflite"))
    expected = vocoder.vocode(as_read(model, "Good day!"), quiet_ends=True)
    np.testing.assert_allclose(np.load(tmp_path / "a.npy"), expected, atol=1e-4)
