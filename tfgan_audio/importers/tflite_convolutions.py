"""The convolutions of a network in a TFLite file, with all that a converter has put around them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfgan_audio.errors import InputError
from tfgan_audio.importers.tflite_file import Operator, TFLiteGraph

KINDS = ("CONV_2D", "TRANSPOSE_CONV")
_WHAT = "convolutions along time"
# What leaves the samples as they are, or only lays them out or rounds them otherwise.
_CARRIERS = (
    *("EXPAND_DIMS", "SQUEEZE", "RESHAPE", "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND", "MIRROR_PAD"),
    *("QUANTIZE", "DEQUANTIZE", "CAST"),
)
_SAME_PADDING = 0


@dataclass(frozen=True, eq=False)
class Convolution:
    """A convolution along time.

    Args:
        operator: The operator that it is.
        kernel: In PyTorch's layout, [out, in, taps] or, transposed, [in, out, taps].
        bias: One for each output, wherever it is added.
        stride: Outputs for each input of a transposed one.
        dilation: Samples between two taps, wherever they are made.
        source: Operator that the input stems from, None for the graph's own.
        adder: Operator that adds a bias behind, None where none does.
    """

    operator: Operator
    kernel: np.ndarray
    bias: np.ndarray
    stride: int
    dilation: int
    source: Operator | None
    adder: Operator | None

    @property
    def taps(self) -> int:
        """Length of the kernel."""
        return self.kernel.shape[2]


def read_convolution(graph: TFLiteGraph, operator: Operator, path: Path) -> Convolution:
    """Return a convolution with its kernel, its bias and its dilation, wherever they stand.

    Args:
        graph: The graph.
        operator: One of `KINDS` in it.
        path: The file, for messages.

    Raises:
        InputError: A convolution over other axes than time, or an upsampling that keeps more than
            `stride` samples for each.
    """
    is_transposed = operator.kind == "TRANSPOSE_CONV"
    signal = operator.inputs[2 if is_transposed else 0]
    bias_index = (operator.inputs[3:4] if is_transposed else operator.inputs[2:3]) or (-1,)
    kernel = graph.constants.get(operator.inputs[1])
    if kernel is None or kernel.ndim != 4 or 1 not in kernel.shape[1:3]:
        raise InputError(path, "a convolution of other axes than time", _WHAT)
    kernel = kernel.reshape(kernel.shape[0], -1, kernel.shape[3])  # [out, taps, in]
    bias = np.zeros(kernel.shape[0], np.float32) + graph.constants.get(bias_index[0], 0.0)
    stride = max(operator.options["strideH"], operator.options["strideW"])
    dilation = 1
    if is_transposed:
        if operator.options["padding"] != _SAME_PADDING or kernel.shape[1] not in (
            stride,  # of the filter bank
            2 * stride,
        ):
            raise InputError(path, f"an upsampling by {stride} of other make", _WHAT)
    else:
        dilation = max(operator.options[f"dilation{side}Factor"] for side in "HW")
    source, dilation = _source(graph, signal, dilation)
    adder = _adder(graph, operator.outputs[0])
    if adder is not None:
        bias = bias + added_constant(graph, adder)
    return Convolution(
        operator,
        kernel.transpose(2, 0, 1) if is_transposed else kernel.transpose(0, 2, 1),
        bias,
        stride,
        dilation,
        source,
        adder,
    )


def added_constant(graph: TFLiteGraph, operator: Operator) -> np.ndarray | None:
    """Return the numbers that an operator adds to its input, None where it adds none.

    Args:
        graph: The graph.
        operator: Any operator in it.
    """
    if operator.kind != "ADD":
        return None
    constants = [graph.constants[i] for i in operator.inputs if i in graph.constants]
    return constants[0].reshape(-1) if constants and constants[0].dtype.kind == "f" else None


def _source(graph: TFLiteGraph, index: int, dilation: int) -> tuple[Operator | None, int]:
    """Return the operator that a tensor stems from, and the dilation that is made on the way."""
    while (operator := graph.producers.get(index)) is not None:
        is_biased = added_constant(graph, operator) is not None
        if operator.kind == "SPACE_TO_BATCH_ND":
            dilation *= int(np.max(graph.constants[operator.inputs[1]]))
        elif operator.kind not in (*_CARRIERS, "LEAKY_RELU") and not is_biased:
            return operator, dilation
        index = next(i for i in operator.inputs if i not in graph.constants)
    return None, dilation


def _adder(graph: TFLiteGraph, index: int) -> Operator | None:
    """Return the operator that adds a constant to a tensor before anything else is done to it."""
    while len(following := graph.consumers.get(index, [])) == 1:
        (operator,) = following
        if operator.kind not in _CARRIERS:
            return operator if added_constant(graph, operator) is not None else None
        index = operator.outputs[0]
    return None
