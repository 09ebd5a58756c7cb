"""What artefacts say of themselves survives writing, and nothing else is taken for it."""

import json
import zipfile

import pytest

from tfgan_audio.audio.features import MelFeatures
from tfgan_audio.errors import InputError
from tfgan_audio.serving.description import (
    EnhancerDescription,
    VocoderDescription,
    append_to_tflite,
    read_description,
    write_into_saved_model,
)

DESCRIPTION = EnhancerDescription(16000, 256, 256, ((1, 256), (2, 16), (1, 512)))
FEATURES = MelFeatures(num_mels=2, mean=(-2.0, -3.0), scale=(0.5, 0.25))
VOCODER = VocoderDescription(FEATURES, 5, 7)


@pytest.mark.parametrize("description", [DESCRIPTION, VOCODER], ids=["enhancer", "vocoder"])
def test_both_kinds_of_artefact_tell_what_was_written(tmp_path, description) -> None:
    path = tmp_path / "a.tflite"
    path.write_bytes(b"model")
    append_to_tflite(description, path)
    write_into_saved_model(description, tmp_path)
    assert read_description(path) == read_description(tmp_path) == description


def test_a_vocoder_tells_what_a_mel_is(tmp_path) -> None:
    write_into_saved_model(VOCODER, tmp_path)
    content = json.loads((tmp_path / "assets.extra" / "tfgan_audio.json").read_text())
    assert (content["family"], content["sample_rate_hz"]) == ("melgan", 22050)
    assert (content["frames_before"], content["frames_after"]) == (5, 7)
    assert content["hop_samples"] == content["features"]["hop_samples"] == 256
    assert content["features_fingerprint"] == FEATURES.fingerprint()
    assert content["features"]["mean"] == [-2.0, -3.0]


def test_features_that_were_changed_are_refused(tmp_path) -> None:
    write_into_saved_model(VOCODER, tmp_path)
    path = tmp_path / "assets.extra" / "tfgan_audio.json"
    path.write_text(path.read_text().replace('"log_base": "10"', '"log_base": "e"'))
    with pytest.raises(InputError, match="no description of the model"):
        read_description(tmp_path)


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
