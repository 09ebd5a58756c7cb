"""What every layer has to do, whatever it computes; `check_layer` asks for all of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

# RMS error under a mixed policy relative to the RMS of the float32 output: ten roundings of 2^-11
# or 2^-9 each.
_MIXED_TOLERANCE = {"mixed_float16": 10 * 2**-11, "mixed_bfloat16": 10 * 2**-9}
_LITERT_TOLERANCE = 1e-5


def check_layer(
    layer_class: type[keras.layers.Layer],
    kwargs: dict[str, Any],
    input_shape: tuple[int, ...],
    output_shape: Any,
    folder: Path,
    seed: int = 0,
    on_device: bool = True,
) -> None:
    """Check what any layer owes to Keras, to training, to saving and to devices.

    Args:
        layer_class: Class of the layer.
        kwargs: Arguments of its constructor.
        input_shape: Whole shape of its input, time on axis 1.
        output_shape: Shape of its output, or a tuple of shapes.
        folder: An empty folder to save in.
        seed: Of weights and input.
        on_device: Whether LiteRT has to run it too.
    """
    keras.utils.set_random_seed(seed)
    inputs = np.random.default_rng(seed).standard_normal(input_shape).astype(np.float32)
    layer = layer_class(**kwargs)
    _check_config(layer, kwargs)
    _check_shapes(layer, inputs, output_shape)
    _check_gradients(layer, inputs)
    _check_mixed_precision(layer_class, kwargs, layer, inputs)
    model = _functional(layer, inputs)
    _check_saving(model, inputs, folder / "layer.keras")
    _check_xla(layer, inputs)
    if on_device:
        _check_litert(model, inputs, folder / "saved_model")


def outputs_of(run: Callable, inputs: np.ndarray) -> list[np.ndarray]:
    """Return whatever a layer or a model gives, as a list of float32 arrays."""
    return [tf.cast(output, tf.float32).numpy() for output in tf.nest.flatten(run(inputs))]


def _check_config(layer: keras.layers.Layer, kwargs: dict[str, Any]) -> None:
    """The constructor's arguments come back, and make an equal layer."""
    config = layer.get_config()
    for name, value in kwargs.items():
        value = list(value) if isinstance(value, tuple) else value
        assert config[name] == value, name
    assert type(layer).from_config(config).get_config() == config
    registered = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert registered.get_config() == config


def _check_shapes(layer: keras.layers.Layer, inputs: np.ndarray, output_shape: Any) -> None:
    """What the layer declares is what it returns, for a known and an unknown length."""
    expected = [tuple(shape) for shape in _as_list_of_shapes(output_shape)]
    real = [output.shape for output in outputs_of(layer, inputs)]
    assert real == expected
    declared = _as_list_of_shapes(layer.compute_output_shape(inputs.shape))
    assert [tuple(shape) for shape in declared] == expected
    symbolic = tf.nest.flatten(layer(keras.Input(batch_shape=inputs.shape)))
    assert [tuple(output.shape) for output in symbolic] == expected
    open_length = (None, None, *inputs.shape[2:])
    for shape, full in zip(
        _as_list_of_shapes(layer.compute_output_shape(open_length)), expected, strict=True
    ):
        assert len(shape) == len(full)
        assert all(size in (None, known) for size, known in zip(shape, full, strict=True))
    open_model = _functional(layer, inputs)
    for with_open_length, fixed in zip(
        outputs_of(open_model, inputs), outputs_of(layer, inputs), strict=True
    ):
        np.testing.assert_array_equal(with_open_length, fixed)


def _check_gradients(layer: keras.layers.Layer, inputs: np.ndarray) -> None:
    """Output and gradients are finite, and no weight is left out."""
    with tf.GradientTape() as tape:
        outputs = tf.nest.flatten(layer(inputs))
        loss = tf.add_n([tf.reduce_sum(tf.square(output)) for output in outputs])
    gradients = tape.gradient(loss, layer.trainable_variables)
    assert all(np.isfinite(output).all() for output in outputs)
    for variable, gradient in zip(layer.trainable_variables, gradients, strict=True):
        assert gradient is not None, f"no gradient on {variable.path}"
        assert np.isfinite(gradient).all(), f"gradient of {variable.path}"
        assert np.any(gradient), f"zero gradient on {variable.path}"


def _check_mixed_precision(
    layer_class: type[keras.layers.Layer],
    kwargs: dict[str, Any],
    layer: keras.layers.Layer,
    inputs: np.ndarray,
) -> None:
    """Mixed policies keep float32 weights and nearly the same output."""
    before = keras.config.dtype_policy()
    for policy, tolerance in _MIXED_TOLERANCE.items():
        keras.config.set_dtype_policy(policy)
        try:
            mixed = layer_class(**kwargs)
            mixed(inputs)
        finally:
            keras.config.set_dtype_policy(before)
        assert not any("16" in variable.dtype for variable in mixed.weights)
        mixed.set_weights(layer.get_weights())
        for output, exact in zip(outputs_of(mixed, inputs), outputs_of(layer, inputs), strict=True):
            assert np.isfinite(output).all()
            error = np.sqrt(np.mean((output - exact) ** 2) / np.mean(exact**2))
            assert error < tolerance, f"{policy}: relative error {error}"


def _check_saving(model: keras.Model, inputs: np.ndarray, path: Path) -> None:
    """A reloaded `.keras` file computes the same bits."""
    model.save(path)
    loaded = keras.saving.load_model(path)
    for output, expected in zip(outputs_of(loaded, inputs), outputs_of(model, inputs), strict=True):
        np.testing.assert_array_equal(output, expected)


def _check_xla(layer: keras.layers.Layer, inputs: np.ndarray) -> None:
    """XLA computes the same."""
    compiled = tf.function(layer, jit_compile=True)
    for output, expected in zip(
        outputs_of(compiled, tf.constant(inputs)), outputs_of(layer, inputs), strict=True
    ):
        np.testing.assert_allclose(
            output, expected, atol=_LITERT_TOLERANCE * np.abs(expected).max()
        )


def _check_litert(model: keras.Model, inputs: np.ndarray, folder: Path) -> None:
    """LiteRT computes the same from built-in operators, after a change of length."""
    litert = pytest.importorskip("ai_edge_litert.interpreter")
    # By way of a SavedModel: converted from a function, variables stay empty handles.
    archive = keras.export.ExportArchive()
    archive.track(model)
    spec = tf.TensorSpec([None, None, *inputs.shape[2:]], tf.float32, name="inputs")
    archive.add_endpoint("serve", lambda inputs: _named(model(inputs)), [spec])
    archive.write_out(str(folder), verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder), signature_keys=["serve"])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    runner = litert.Interpreter(model_content=converter.convert()).get_signature_runner("serve")
    found = runner(inputs=inputs)
    for name, expected in _named(model(inputs)).items():
        scale = np.abs(expected).max()
        np.testing.assert_allclose(found[name], expected, atol=_LITERT_TOLERANCE * scale)


def _named(outputs: Any) -> dict[str, tf.Tensor]:
    """Outputs by a name that tells their position."""
    return {f"output_{index}": output for index, output in enumerate(tf.nest.flatten(outputs))}


def _functional(layer: keras.layers.Layer, inputs: np.ndarray) -> keras.Model:
    """A model of the one layer that takes any length."""
    tensor = keras.Input([None, *inputs.shape[2:]])
    return keras.Model(tensor, layer(tensor))


def _as_list_of_shapes(shapes: Any) -> list[tuple]:
    """One shape or several, as a list."""
    return list(shapes) if isinstance(shapes[0], tuple | list) else [shapes]
