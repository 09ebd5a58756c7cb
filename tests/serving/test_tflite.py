"""TFLite exports: built-in operators, equal to Keras, written whole or not at all."""

import os
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from small_segan import change_step, make_model

from tfgan_audio.errors import InputError
from tfgan_audio.serving import tflite
from tfgan_audio.serving.backends import open_interpreter, open_tflite
from tfgan_audio.serving.tflite import export_tflite


def names_in(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(os.listdir(folder))


def test_figures_tell_difference_and_size(exported) -> None:
    figures = exported.tflite_figures
    assert 0 <= figures["max_difference"] <= 1e-5
    assert figures["size_bytes"] == exported.tflite.stat().st_size
    assert figures["size_bytes"] > 4 * exported.model.generator.count_params()


def test_names_in_the_file_are_those_of_the_step(exported) -> None:
    interpreter = open_interpreter(exported.tflite)
    names = [f"history_{index}" for index in range(len(exported.model.sizes.dilations) + 2)]
    (signature,) = interpreter.get_signature_list().values()
    assert sorted(signature["inputs"]) == sorted(["blocks", *names])
    assert sorted(signature["outputs"]) == sorted(["enhanced", *names])
    details = interpreter.get_input_details() + interpreter.get_output_details()
    assert {detail["dtype"] for detail in details} == {np.float32}


def test_exported_again_a_model_gives_the_same_file(exported, tmp_path) -> None:
    path = tmp_path / "a.tflite"
    path.write_text("old")
    export_tflite(exported.model, path)
    assert names_in(tmp_path) == ["a.tflite"]
    assert path.read_bytes() == exported.tflite.read_bytes()


def test_a_recurrent_model_streams_like_keras(speechlike, tmp_path) -> None:
    model = make_model(recurrent=True)
    export_tflite(model, tmp_path / "a.tflite")
    stream = open_tflite(tmp_path / "a.tflite").stream()
    parts = [stream.process(chunk) for chunk in np.split(speechlike, [100, 101, 5000])]
    offline = model.generator(speechlike[None, :, None]).numpy()[0, :, 0]
    np.testing.assert_allclose(np.concatenate([*parts, stream.flush()]), offline, atol=1e-5)


def test_a_model_trained_in_bfloat16_becomes_float32(exported, speechlike, tmp_path) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        export_tflite(make_model(), tmp_path / "a.tflite")
    finally:
        keras.config.set_dtype_policy("float32")
    enhanced = open_tflite(tmp_path / "a.tflite").enhance(speechlike, 16000)
    np.testing.assert_allclose(enhanced, exported.offline(speechlike), atol=1e-5)


@pytest.mark.parametrize("name", ["a", "a.tfl", "a.tflite.txt", "a.TFLITE"])
def test_another_ending_is_refused(exported, tmp_path, name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got ending .*, expected a file ending in .tfl"):
        export_tflite(exported.model, tmp_path / name)
    assert names_in(tmp_path) == []


def test_a_step_that_differs_from_keras_keeps_the_old_file(tmp_path, monkeypatch) -> None:
    model, path = make_model(), tmp_path / "a.tflite"
    path.write_text("old")
    change_step(monkeypatch, model, lambda enhanced, histories: (1.001 * enhanced, histories))
    with pytest.raises(
        InputError, match=f"^{path}: got .* away from Keras, expected at most 1e-05"
    ):
        export_tflite(model, path)
    assert names_in(tmp_path) == ["a.tflite"] and path.read_text() == "old"


def test_a_step_that_mixes_up_histories_is_found(tmp_path, monkeypatch) -> None:
    """The first call, which starts from silence, is right; only later ones are not."""
    model = make_model()

    def forget_one(enhanced, histories):
        return enhanced, [*histories[:2], 0 * histories[2], *histories[3:]]

    change_step(monkeypatch, model, forget_one)
    with pytest.raises(InputError, match="away from Keras"):
        export_tflite(model, tmp_path / "a.tflite")
    assert names_in(tmp_path) == []


def test_weights_that_are_not_finite_leave_nothing(tmp_path) -> None:
    model = make_model()
    model.generator.get_layer("enhancer").mask.bias.assign(np.full(514, np.nan))
    with pytest.raises(InputError, match="NaN"):
        export_tflite(model, tmp_path / "a.tflite")
    assert names_in(tmp_path) == []


def test_operators_that_devices_lack_leave_nothing(tmp_path, monkeypatch) -> None:
    model = make_model()

    def transform_back(enhanced, histories):
        return tf.signal.irfft(tf.signal.rfft(enhanced)), histories

    change_step(monkeypatch, model, transform_back)
    with pytest.raises(InputError, match="a.tflite: got .*, expected operators that TFLite has"):
        export_tflite(model, tmp_path / "a.tflite")
    assert names_in(tmp_path) == []


class Counter(tf.Module):
    """A step that keeps its state in a variable of the graph."""

    def __init__(self) -> None:
        super().__init__()
        self.total = tf.Variable(0.0)

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def step(self, x):
        return self.total.assign_add(x)


@pytest.mark.parametrize("kind", ["flex", "variable"])
def test_operators_of_a_finished_file_are_read(tmp_path, kind: str) -> None:
    module = Counter()
    function = module.step
    if kind == "flex":
        function = tf.function(tf.signal.irfft, [tf.TensorSpec([5], tf.complex64)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [function.get_concrete_function()], module
    )
    sets = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    converter.target_spec.supported_ops = sets
    converter.experimental_enable_resource_variables = True
    path = tmp_path / "a.tflite"
    path.write_bytes(converter.convert())
    with pytest.raises(InputError, match="^b: got .*(FLEXIRFFT|VAR_HANDLE).*, expected built-in"):
        tflite._check_operators(path, "b")
