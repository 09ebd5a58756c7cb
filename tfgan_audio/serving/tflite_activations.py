"""Layers of a TFLite file that compute in 8 bits, by the ranges that real data take.

What lies between the layers, such as activations and sums, stays float32.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from tfgan_audio.serving.backends import open_observed
from tfgan_audio.serving.tflite_weights import (
    KERNEL,
    MAIN,
    add_buffer,
    add_code,
    constant_of,
    content_of,
    kind_of,
    layers_to_round,
    model_of,
    quantization,
    round_in_place,
)
from tfgan_audio.serving.verbs import Opened

Ranges = dict[int, tuple[float, float]]
_INPUT_OF_TRANSPOSED = 2  # of TRANSPOSE_CONV, whose first input is a shape
_FINEST = 1 / 128  # of a result's steps, in those of the sums; interpreters refuse below 1 / 256


def with_rounded_activations(path: Path, num_exact: int, use: Callable[[Opened], object]) -> bytes:
    """Return a file whose layers take and give 8 bits, with the ranges seen while it was used.

    Args:
        path: File with float32 weights.
        num_exact: How many layers at the end stay float32.
        use: Lets the model do its work on real data.
    """
    model = model_of(path.read_bytes())
    graph = model.subgraphs[MAIN]
    layers = layers_to_round(model, num_exact)
    ends = [(_input_of(model, layer), layer.outputs[0]) for layer in layers]
    ranges = _observed(path, {index for pair in ends for index in pair}, use)
    to_int8 = add_code(model, schema.BuiltinOperator.QUANTIZE)
    to_float = add_code(model, schema.BuiltinOperator.DEQUANTIZE)
    rounded: dict[int, int] = {}
    before, after = {}, {}
    for layer, (source, target) in zip(layers, ends):
        if source not in rounded:
            rounded[source] = _add_int8(model, source, ranges[source])
            before[id(layer)] = _conversion(to_int8, source, rounded[source])
        source_scale = graph.tensors[rounded[source]].quantization.scale[0]
        scales_of_sums = round_in_place(model, layer) * source_scale
        result = _add_int8(model, target, ranges[target], _FINEST * scales_of_sums.max())
        after[id(layer)] = _conversion(to_float, result, target)
        _round_bias(model, layer, scales_of_sums)
        layer.inputs = [rounded[source] if one == source else one for one in layer.inputs]
        layer.outputs = [result]
    graph.operators = [
        one
        for layer in graph.operators
        for one in (before.get(id(layer)), layer, after.get(id(layer)))
        if one is not None
    ]
    return content_of(model)


def _input_of(model: schema.ModelT, layer: schema.OperatorT) -> int:
    """Return the tensor that a layer filters."""
    is_transposed = kind_of(model, layer) == schema.BuiltinOperator.TRANSPOSE_CONV
    return layer.inputs[_INPUT_OF_TRANSPOSED if is_transposed else 0]


def _observed(path: Path, indices: Iterable[int], use: Callable[[Opened], object]) -> Ranges:
    """Return the least and largest values of tensors while a model is used; zero is among them."""
    ranges = dict.fromkeys(indices, (0.0, 0.0))

    def look(value_of: Callable[[int], np.ndarray]) -> None:
        for index, (low, high) in ranges.items():
            value = value_of(index)
            ranges[index] = min(low, float(value.min())), max(high, float(value.max()))

    use(open_observed(path, look))
    return ranges


def _add_int8(
    model: schema.ModelT, index: int, span: tuple[float, float], finest: float = 0.0
) -> int:
    """Add a tensor like another, of 8 bits that cover a range in steps not below the finest."""
    graph = model.subgraphs[MAIN]
    like, tensor = graph.tensors[index], schema.TensorT()
    scale = max((span[1] - span[0]) / 255.0, finest, 1e-8)
    tensor.quantization = quantization([scale], round(-128 - span[0] / scale))
    tensor.shape, tensor.shapeSignature = like.shape, like.shapeSignature
    tensor.type, tensor.name, tensor.buffer = schema.TensorType.INT8, like.name + b"/int8", 0
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _conversion(code: int, source: int, target: int) -> schema.OperatorT:
    """Return what turns one tensor into another of other numbers."""
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = code, [source], [target]
    return operator


def _round_bias(model: schema.ModelT, layer: schema.OperatorT, scales: np.ndarray) -> None:
    """Give a layer a bias in the units of its sums."""
    index = layer.inputs[-1]
    graph = model.subgraphs[MAIN]
    if len(layer.inputs) < KERNEL + 2 or index < 0 or index == _input_of(model, layer):
        return
    bias = schema.TensorT()
    bias.shape, bias.type = graph.tensors[index].shape, schema.TensorType.INT32
    bias.name = graph.tensors[index].name + b"/int32"
    bias.quantization = quantization(scales)
    limit = float(2**31 - 1)
    values = np.clip(np.rint(constant_of(model, index) / scales), -limit, limit)
    bias.buffer = add_buffer(model, values.astype(np.int32))
    graph.tensors.append(bias)
    layer.inputs = [*layer.inputs[:-1], len(graph.tensors) - 1]
