"""Small `.tflite` files of the structure that TensorFlowTTS' vocoders have, by TensorFlow alone."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

NUM_MELS = 6
USUAL = {
    "channels": 16,
    "factors": (3, 2),
    "stacks": 2,
    "taps": 3,
    "bands": 4,
    "slope": 0.2,
    "padding": "REFLECT",
    "growth": 3,  # of the dilation
    "cutoff": 0.142,
    "sign": -1.0,  # of the phase in the filters that join the bands
    "offset": 0.0,  # added where none should be
}


class Vocoder(tf.Module):
    """Mels [1, F, M] -> waveforms [1, F * hop, 1]."""

    def __init__(self, make: dict[str, Any]):
        super().__init__()
        self.make, self.draws = make, np.random.default_rng(0)
        self.kernels: dict[str, np.ndarray] = {}
        self.call = tf.function(
            self.generate, [tf.TensorSpec([1, None, NUM_MELS], tf.float32, "mels")]
        )
        self.call.get_concrete_function()

    def drawn(self, name: str, *shape: int) -> tf.Tensor:
        """A kernel [..., in or out, out or in], drawn once."""
        if name not in self.kernels:
            spread = np.prod(shape[:-1]) ** -0.5
            self.kernels[name] = self.draws.normal(0, spread, shape).astype(np.float32)
        return tf.constant(self.kernels[name])

    def generate(self, mels: tf.Tensor) -> tf.Tensor:
        make, width = self.make, self.make["channels"]
        hidden = self.convolve("first", mels, width, 7)
        for i, factor in enumerate(make["factors"]):
            width //= 2
            hidden = tf.nn.leaky_relu(hidden, make["slope"])
            hidden = self.upsample(f"upsample_{i}", hidden, width, factor)
            for j in range(make["stacks"]):
                name, dilation = f"residual_{i}_{j}", make["growth"] ** j
                inner = tf.nn.leaky_relu(hidden, make["slope"])
                inner = self.convolve(f"{name}_dilated", inner, width, make["taps"], dilation)
                inner = tf.nn.leaky_relu(inner, make["slope"])
                inner = self.convolve(f"{name}_mix", inner, width, 1)
                hidden = self.convolve(f"{name}_shortcut", hidden, width, 1) + inner
        hidden = tf.nn.leaky_relu(hidden, make["slope"]) + make["offset"]
        bands = tf.tanh(self.convolve("last", hidden, make["bands"], 7))
        return bands if make["bands"] == 1 else self.join(bands)

    def convolve(self, name, hidden, width, taps, dilation=1):
        half = taps // 2 * dilation
        if half:
            hidden = tf.pad(hidden, [[0, 0], [half, half], [0, 0]], self.make["padding"])
        kernel = self.drawn(name, taps, hidden.shape[-1], width)
        hidden = tf.nn.conv1d(hidden, kernel, 1, "VALID", dilations=dilation)
        return hidden + 0.1 * self.drawn(f"{name}_bias", width)

    def upsample(self, name, hidden, width, factor):
        kernel = self.drawn(name, 2 * factor, 1, width, hidden.shape[-1]) * 2.0
        shape = [1, tf.shape(hidden)[1] * factor, 1, width]
        hidden = tf.expand_dims(hidden, 2)
        hidden = tf.nn.conv2d_transpose(hidden, kernel, shape, [factor, 1], "SAME")
        self.kernels[f"{name}_kernel"] = 2.0 * self.kernels[name]
        return tf.squeeze(hidden, 2) + 0.1 * self.drawn(f"{name}_bias", width)

    def join(self, bands):
        """Put zeros between the samples of every band, filter and add up."""
        num_bands, taps = self.make["bands"], 62
        stuffing = np.zeros([num_bands, num_bands, num_bands], np.float32)
        stuffing[0] = num_bands * np.eye(num_bands)
        shape = [1, tf.shape(bands)[1] * num_bands, num_bands]
        stuffed = tf.nn.conv1d_transpose(bands, stuffing, shape, num_bands)
        stuffed = tf.pad(stuffed, [[0, 0], [taps // 2, taps // 2], [0, 0]])
        time = np.arange(taps + 1) - taps / 2
        prototype = self.make["cutoff"] * np.sinc(self.make["cutoff"] * time) * np.kaiser(63, 9.0)
        filters = [
            2
            * prototype
            * np.cos(
                (2 * k + 1) * np.pi / (2 * num_bands) * time
                + self.make["sign"] * (-1) ** k * np.pi / 4
            )
            for k in range(num_bands)
        ]
        kernel = np.stack(filters, axis=1)[:, :, None].astype(np.float32)
        return tf.nn.conv1d(stuffed, kernel, 1, "VALID")


def convert(vocoder: Vocoder, path: Path, *types: tf.DType, quantize: bool = False) -> None:
    """Write a vocoder as a file, with weights of fewer bits if asked for."""
    concrete = vocoder.call.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], vocoder)
    if quantize:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = list(types)
    path.write_bytes(converter.convert())


def write(path: Path, **changes: Any) -> Vocoder:
    """Write the file of a vocoder that differs so from the usual one."""
    vocoder = Vocoder({**USUAL, **changes})
    convert(vocoder, path)
    return vocoder


def run(path: Path | bytes, mel: np.ndarray) -> np.ndarray:
    """What a file computes."""
    from ai_edge_litert.interpreter import Interpreter

    source = {"model_content": path} if isinstance(path, bytes) else {"model_path": str(path)}
    interpreter = Interpreter(**source, num_threads=1)
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, mel.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(index, mel)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def without_rounding(data: bytes) -> bytes:
    """A copy of a file that rounds nothing between its operators."""
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    (graph,) = model.subgraphs
    codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    rounding = (schema.BuiltinOperator.QUANTIZE, schema.BuiltinOperator.DEQUANTIZE)
    renamed: dict[int, int] = {}
    kept = []
    for operator in graph.operators:
        operator.inputs = [renamed.get(int(i), int(i)) for i in operator.inputs]
        if codes[operator.opcodeIndex] in rounding:
            renamed[int(operator.outputs[0])] = operator.inputs[0]
        else:
            kept.append(operator)
    assert len(kept) == len(graph.operators) - len(rounding)
    graph.operators = kept
    for tensor in graph.tensors:
        if tensor.type == schema.TensorType.INT8:
            tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
