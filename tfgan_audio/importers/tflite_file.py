"""What is in a TFLite file: its operators in their order, and its constants as NumPy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tfgan_audio.errors import InputError

_EXPECTED = "a .tflite file that is whole"
_DTYPES = {"FLOAT32": "<f4", "FLOAT16": "<f2", "INT8": "i1", "INT32": "<i4", "INT64": "<i8"}


@dataclass(frozen=True, eq=False)
class Operator:
    """One operator.

    Args:
        kind: Its name in TFLite's schema, such as "CONV_2D".
        inputs: Indices of tensors; -1 for one that is left out.
        outputs: Indices of tensors.
        options: Its options by the names of the schema.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, Any]


@dataclass(frozen=True, eq=False)
class TFLiteGraph:
    """The main graph of a file.

    Args:
        operators: In the order they run.
        constants: Values by index of the tensor, float32 where they stand for numbers; what is
            quantised is scaled back.
        inputs: Indices of the tensors that a user gives.
    """

    operators: tuple[Operator, ...]
    constants: dict[int, np.ndarray]
    inputs: tuple[int, ...]

    @cached_property
    def producers(self) -> dict[int, Operator]:
        """The operator that gives each tensor."""
        return {index: operator for operator in self.operators for index in operator.outputs}

    @cached_property
    def consumers(self) -> dict[int, list[Operator]]:
        """The operators that take each tensor."""
        found: dict[int, list[Operator]] = {}
        for operator in self.operators:
            for index in operator.inputs:
                found.setdefault(index, []).append(operator)
        return found


def read_tflite(path: Path) -> TFLiteGraph:
    """Read a file without running it.

    Args:
        path: The file.

    Raises:
        InputError: No such file, another one or a damaged one.
    """
    from tensorflow.lite.python import schema_py_generated as schema

    try:
        data = path.read_bytes()
        if data[4:8] != b"TFL3":
            raise InputError(path, "another file", _EXPECTED)
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
        return _graph(model, schema)
    except InputError:
        raise
    except OSError as error:
        raise InputError(path, error.strerror, _EXPECTED) from None
    except Exception:  # broken bytes raise whatever they happen to mean
        raise InputError(path, "a damaged file", _EXPECTED) from None


def _graph(model: Any, schema: Any) -> TFLiteGraph:
    """Return the first graph of a model in the schema's classes."""
    kinds, types = _names(schema.BuiltinOperator), _names(schema.TensorType)
    graph = model.subgraphs[0]
    operators = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = kinds[max(code.builtinCode, code.deprecatedBuiltinCode)]
        indices = ([int(i) for i in side] for side in (operator.inputs, operator.outputs))
        options = vars(operator.builtinOptions) if operator.builtinOptions else {}
        operators.append(Operator(kind, *map(tuple, indices), options))
    _check_order(operators)
    constants = {}
    for index, tensor in enumerate(graph.tensors):
        data = model.buffers[tensor.buffer].data
        if data is not None and len(data) and types[tensor.type] in _DTYPES:
            constants[index] = _constant(
                tensor, bytes(bytearray(data)), _DTYPES[types[tensor.type]]
            )
    for operator in operators:
        if operator.kind == "DEQUANTIZE" and operator.inputs[0] in constants:
            constants[operator.outputs[0]] = constants[operator.inputs[0]]
    return TFLiteGraph(tuple(operators), constants, tuple(int(i) for i in graph.inputs))


def _check_order(operators: list[Operator]) -> None:
    """Refuse operators that take what only later ones give."""
    given: set[int] = set()
    all_given = {index for operator in operators for index in operator.outputs}
    for operator in operators:
        if not given.issuperset(all_given.intersection(operator.inputs)):
            raise ValueError("operators out of order")
        given.update(operator.outputs)


def _constant(tensor: Any, data: bytes, dtype: str) -> np.ndarray:
    """Return the values of a tensor."""
    shape = [] if tensor.shape is None else [int(size) for size in tensor.shape]
    values = np.frombuffer(data, dtype).reshape(shape)
    scheme = tensor.quantization
    if scheme is None or scheme.scale is None or not len(scheme.scale):
        return values.astype(np.float32) if values.dtype.kind == "f" else values
    along = [1] * len(shape)
    along[scheme.quantizedDimension] = -1
    scale, zero = (np.reshape(part, along) for part in (scheme.scale, scheme.zeroPoint))
    return ((values.astype(np.float32) - zero) * scale).astype(np.float32)


def _names(choice: Any) -> dict[int, str]:
    """Return the names of an enumeration's values."""
    return {value: name for name, value in vars(choice).items() if not name.startswith("_")}
