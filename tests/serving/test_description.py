"""What artefacts say of themselves survives writing, and nothing else is taken for it."""

import json
import zipfile
from pathlib import Path

import pytest
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.serving.description import (
    EnhancerDescription,
    VocoderDescription,
    append_to_tflite,
    from_json,
    read_description,
    write_into_saved_model,
)

DESCRIPTION = EnhancerDescription(16000, 256, 256, ((1, 256), (2, 16), (1, 512)))
FEATURES = MelFeatures(num_mels=2, mean=(-2.0, -3.0), scale=(0.5, 0.25))
VOCODER = VocoderDescription(FEATURES, 5, 7)


@pytest.fixture
def saved_model(tmp_path) -> Path:
    """A SavedModel without anything in its graph."""
    model = SavedModel()
    model.meta_graphs.add().signature_def["serve"].method_name = "method"
    (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString())
    return tmp_path


@pytest.mark.parametrize("description", [DESCRIPTION, VOCODER], ids=["enhancer", "vocoder"])
def test_both_kinds_of_artefact_tell_what_was_written(saved_model, description) -> None:
    path = saved_model / "a.tflite"
    path.write_bytes(b"model")
    append_to_tflite(description, path)
    write_into_saved_model(description, saved_model)
    assert read_description(path) == read_description(saved_model) == description


def test_signatures_tell_clients_the_same(saved_model) -> None:
    write_into_saved_model(VOCODER, saved_model)
    model = SavedModel.FromString((saved_model / "saved_model.pb").read_bytes())
    signatures = model.meta_graphs[0].signature_def
    assert from_json(signatures["__tfgan_audio"].method_name) == VOCODER
    assert signatures["serve"].method_name == "method"
    assert not signatures["__tfgan_audio"].inputs and not signatures["__tfgan_audio"].outputs


def test_a_vocoder_tells_what_a_mel_is(saved_model) -> None:
    write_into_saved_model(VOCODER, saved_model)
    content = json.loads((saved_model / "assets.extra" / "tfgan_audio.json").read_text())
    assert (content["family"], content["sample_rate_hz"]) == ("melgan", 22050)
    assert (content["frames_before"], content["frames_after"]) == (5, 7)
    assert content["hop_samples"] == content["features"]["hop_samples"] == 256
    assert content["features_fingerprint"] == FEATURES.fingerprint()
    assert content["features"]["mean"] == [-2.0, -3.0]


def test_features_that_were_changed_are_refused(saved_model) -> None:
    write_into_saved_model(VOCODER, saved_model)
    path = saved_model / "assets.extra" / "tfgan_audio.json"
    path.write_text(path.read_text().replace('"log_base": "10"', '"log_base": "e"'))
    with pytest.raises(InputError, match="no description of the model"):
        read_description(saved_model)


def test_the_model_stays_at_the_front_of_its_file(tmp_path) -> None:
    path = tmp_path / "a.tflite"
    path.write_bytes(b"\x1c\0\0\0TFL3model")
    append_to_tflite(DESCRIPTION, path)
    assert path.read_bytes().startswith(b"\x1c\0\0\0TFL3modelPK")


def test_other_tools_can_read_it(tmp_path) -> None:
    path = tmp_path / "a.tflite"
    path.write_bytes(b"model")
    append_to_tflite(DESCRIPTION, path)
    content = json.loads(zipfile.ZipFile(path).read("tfgan_audio.json"))
    assert content == {
        "family": "segan",
        "sample_rate_hz": 16000,
        "hop_samples": 256,
        "latency_samples": 256,
        "history_shapes": [[1, 256], [2, 16], [1, 512]],
    }


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{}", '{"family": "segan", "history_shapes": 3}', "{"]
)
def test_something_else_of_that_name_is_refused(tmp_path, text: str) -> None:
    (tmp_path / "assets.extra").mkdir()
    (tmp_path / "assets.extra" / "tfgan_audio.json").write_text(text)
    with pytest.raises(InputError, match=f"^{tmp_path}: got no description of the model, expected"):
        read_description(tmp_path)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + bytes(18)])
def test_files_of_others_are_refused(tmp_path, content: bytes) -> None:
    path = tmp_path / "a.tflite"
    path.write_bytes(content)
    with pytest.raises(InputError, match="got no description of the model, expected an export of"):
        read_description(path)


@pytest.mark.parametrize("num_missing", [1, 20, 200])
def test_a_file_that_is_cut_off_is_refused(tmp_path, num_missing: int) -> None:
    path = tmp_path / "a.tflite"
    path.write_bytes(b"model" * 100)
    append_to_tflite(DESCRIPTION, path)
    path.write_bytes(path.read_bytes()[:-num_missing])
    with pytest.raises(InputError, match="no description"):
        read_description(path)
