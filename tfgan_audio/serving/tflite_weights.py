"""Round the kernels of a TFLite file, all but those that are heard directly."""

from __future__ import annotations

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

_FILE_IDENTIFIER = b"TFL3"
_KINDS = schema.BuiltinOperator
_WITH_KERNEL = (_KINDS.CONV_2D, _KINDS.TRANSPOSE_CONV, _KINDS.FULLY_CONNECTED)
MAIN = 0  # the graph that has the layers; others are bodies of loops
KERNEL = 1  # its place among the inputs of each of these; output channels come first in it
_PER_CHANNEL = 5  # the version of DEQUANTIZE that has a scale for each channel


def with_rounded_kernels(content: bytes, kind: str, num_exact: int) -> bytes:
    """Return a file whose kernels have fewer bits.

    Args:
        content: File with float32 weights.
        kind: "float16" or "int8-weights": interpreters turn the kernels into float32 when they
            load the file, and compute as before. "int8", with a scale for each output channel as
            those: layers round what comes in to 8 bits too, by its peak, and compute in integers;
            not so transposed convolutions, which take 25 times as long then.
        num_exact: How many layers at the end keep their kernels.
    """
    model = model_of(content)
    graph = model.subgraphs[MAIN]
    layers = layers_to_round(model, num_exact)
    if kind == "int8":
        for layer in layers:
            if kind_of(model, layer) != _KINDS.TRANSPOSE_CONV:
                round_in_place(model, layer)
        layers = [one for one in layers if kind_of(model, one) == _KINDS.TRANSPOSE_CONV]
    code = add_code(model, _KINDS.DEQUANTIZE, _PER_CHANNEL)
    kernels = dict.fromkeys(layer.inputs[KERNEL] for layer in layers)
    graph.operators = [_rounded(model, index, kind, code) for index in kernels] + graph.operators
    return content_of(model)


def model_of(content: bytes) -> schema.ModelT:
    """Return a file as objects.

    Args:
        content: TFLite file.
    """
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def content_of(model: schema.ModelT) -> bytes:
    """Return what `model_of` gave as a file, without constants that are no longer used.

    Args:
        model: The objects.
    """
    used = {tensor.buffer for graph in model.subgraphs for tensor in graph.tensors}
    used |= {entry.buffer for entry in model.metadata or ()}
    for index, buffer in enumerate(model.buffers):
        if index not in used:
            buffer.data = None
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), _FILE_IDENTIFIER)
    return bytes(builder.Output())


def layers_to_round(model: schema.ModelT, num_exact: int) -> list[schema.OperatorT]:
    """Return the layers with constant kernels in their order, but for the last ones.

    Args:
        model: File with float32 weights.
        num_exact: How many layers at the end to leave out.
    """
    graph = model.subgraphs[MAIN]
    layers = [one for one in graph.operators if kind_of(model, one) in _WITH_KERNEL]
    return [
        layer
        for layer in layers[: len(layers) - num_exact]
        if model.buffers[graph.tensors[layer.inputs[KERNEL]].buffer].data is not None
    ]


def kind_of(model: schema.ModelT, layer: schema.OperatorT) -> int:
    """Return which value of `BuiltinOperator` an operator is.

    Args:
        model: The file.
        layer: Operator of it.
    """
    code = model.operatorCodes[layer.opcodeIndex]
    return max(code.builtinCode, code.deprecatedBuiltinCode)


def add_code(model: schema.ModelT, kind: int, version: int = 1) -> int:
    """Add a kind of operator to a file and return its index.

    Args:
        model: The file.
        kind: A value of `BuiltinOperator`.
        version: What the operator must be able to do.
    """
    code = schema.OperatorCodeT()  # set by hand: no arguments in TensorFlow 2.17
    code.deprecatedBuiltinCode = code.builtinCode = kind
    code.version = version
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def add_buffer(model: schema.ModelT, values: np.ndarray) -> int:
    """Add a constant's content to a file and return its index.

    Args:
        model: The file.
        values: The constant.
    """
    buffer = schema.BufferT()
    buffer.data = np.ascontiguousarray(values).view(np.uint8).reshape(-1)
    model.buffers.append(buffer)
    return len(model.buffers) - 1


def constant_of(model: schema.ModelT, index: int) -> np.ndarray:
    """Return the values of a float32 constant.

    Args:
        model: The file.
        index: Its tensor.
    """
    tensor = model.subgraphs[MAIN].tensors[index]
    data = np.asarray(model.buffers[tensor.buffer].data, np.uint8)
    return data.view(np.float32).reshape(tensor.shape)


def quantization(scales: np.ndarray, zero_point: int = 0) -> schema.QuantizationParametersT:
    """Return how integers stand for numbers.

    Args:
        scales: One for all, or one for each channel of the first axis.
        zero_point: The integer that stands for zero.
    """
    parameters = schema.QuantizationParametersT()
    parameters.scale = np.asarray(scales, np.float32)
    parameters.zeroPoint = np.full(len(scales), zero_point, np.int64)
    return parameters


def round_in_place(model: schema.ModelT, layer: schema.OperatorT) -> np.ndarray:
    """Turn the kernel of a layer into 8 bits, unless it is shared and done, and return its scales.

    Args:
        model: The file.
        layer: One of `layers_to_round`.
    """
    kernel = model.subgraphs[MAIN].tensors[layer.inputs[KERNEL]]
    if kernel.type == schema.TensorType.FLOAT32:
        values, scales = _by_channel(constant_of(model, layer.inputs[KERNEL]))
        kernel.type, kernel.quantization = schema.TensorType.INT8, quantization(scales)
        kernel.buffer = add_buffer(model, values)
    return kernel.quantization.scale


def _by_channel(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Round to 8 bits with a scale for each channel of the first axis."""
    peaks = np.abs(values).reshape(len(values), -1).max(axis=1)
    scales = np.where(peaks > 0.0, peaks, 1.0) / 127.0
    rounded = np.rint(values / scales.reshape(-1, *[1] * (values.ndim - 1)))
    return rounded.astype(np.int8), scales


def _rounded(model: schema.ModelT, index: int, kind: str, code: int) -> schema.OperatorT:
    """Put a rounded constant in the place of a kernel and return what makes that of it."""
    graph = model.subgraphs[MAIN]
    kernel, values = graph.tensors[index], constant_of(model, index)
    constant = schema.TensorT()
    constant.shape, constant.type = kernel.shape, schema.TensorType.INT8
    constant.name = kernel.name + b"/rounded"
    if kind == "float16":
        constant.type, values = schema.TensorType.FLOAT16, values.astype(np.float16)
    else:
        values, scales = _by_channel(values)
        constant.quantization = quantization(scales)
    kernel.buffer, constant.buffer = 0, add_buffer(model, values)
    graph.tensors.append(constant)
    operator = schema.OperatorT()
    operator.opcodeIndex = code
    operator.inputs, operator.outputs = [len(graph.tensors) - 1], [index]
    operator.builtinOptionsType = schema.BuiltinOptions.DequantizeOptions
    operator.builtinOptions = schema.DequantizeOptionsT()
    return operator
