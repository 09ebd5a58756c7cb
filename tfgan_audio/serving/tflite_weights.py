"""Round the kernels of a TFLite file, all but those that are heard directly."""

from __future__ import annotations

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

_FILE_IDENTIFIER = b"TFL3"
_KINDS = schema.BuiltinOperator
_WITH_KERNEL = (_KINDS.CONV_2D, _KINDS.TRANSPOSE_CONV, _KINDS.FULLY_CONNECTED)
_KERNEL = 1  # its place among the inputs of each of these; output channels come first in it
_PER_CHANNEL = 5  # the version of DEQUANTIZE that has a scale for each channel


def with_rounded_kernels(content: bytes, kind: str, num_exact: int) -> bytes:
    """Return a file whose kernels have fewer bits and which computes in float32 as before.

    Interpreters turn the kernels into float32 when they load the file. What flows between layers
    stays as it is, unlike after the converter's own rounding to 8 bits, which is heard.

    Args:
        content: File with float32 weights.
        kind: "float16"; or "int8", with a scale for each output channel.
        num_exact: How many layers at the end keep their kernels.
    """
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    (graph,) = model.subgraphs
    kinds = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    layers = [one for one in graph.operators if kinds[one.opcodeIndex] in _WITH_KERNEL]
    kernels = dict.fromkeys(layer.inputs[_KERNEL] for layer in layers[: len(layers) - num_exact])
    constants = {
        index: np.asarray(model.buffers[graph.tensors[index].buffer].data, np.uint8)
        for index in kernels
        if model.buffers[graph.tensors[index].buffer].data is not None
    }
    code = schema.OperatorCodeT()  # set by hand: no arguments in TensorFlow 2.17
    code.deprecatedBuiltinCode = code.builtinCode = _KINDS.DEQUANTIZE
    code.version = _PER_CHANNEL
    model.operatorCodes.append(code)
    rounding = [_rounded(model, index, data, kind) for index, data in constants.items()]
    graph.operators = rounding + graph.operators
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), _FILE_IDENTIFIER)
    return bytes(builder.Output())


def _rounded(model: schema.ModelT, index: int, data: np.ndarray, kind: str) -> schema.OperatorT:
    """Put a rounded constant in the place of a kernel and return what makes that of it."""
    (graph,) = model.subgraphs
    kernel = graph.tensors[index]
    values = data.view(np.float32).reshape(kernel.shape)
    constant = schema.TensorT()
    constant.shape, constant.type = kernel.shape, schema.TensorType.FLOAT16
    constant.buffer, constant.name = len(model.buffers), kernel.name + b"/rounded"
    if kind == "int8":
        peaks = np.abs(values).reshape(len(values), -1).max(axis=1)
        scales = np.where(peaks > 0.0, peaks, 1.0) / 127.0
        constant.type = schema.TensorType.INT8
        constant.quantization = schema.QuantizationParametersT()
        constant.quantization.scale = scales.astype(np.float32)
        constant.quantization.zeroPoint = np.zeros(len(scales), np.int64)
        values = np.rint(values / scales.reshape(-1, *[1] * (values.ndim - 1)))
    content = values.astype(kind).view(np.uint8).reshape(-1)
    model.buffers[kernel.buffer].data = None
    kernel.buffer = 0
    rounded = schema.BufferT()
    rounded.data = content
    model.buffers.append(rounded)
    graph.tensors.append(constant)
    operator = schema.OperatorT()
    operator.opcodeIndex = len(model.operatorCodes) - 1
    operator.inputs, operator.outputs = [len(graph.tensors) - 1], [index]
    operator.builtinOptionsType = schema.BuiltinOptions.DequantizeOptions
    operator.builtinOptions = schema.DequantizeOptionsT()
    return operator
