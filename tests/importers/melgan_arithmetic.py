"""MelGAN by its definition: PyTorch's layers in float64 NumPy, [B, C, T], weights by its names.

A second implementation of what the official code and ParallelWaveGAN compute. Each network makes
the weights it asks for, so that it tells which ones a checkpoint has.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from torch_arithmetic import Weights

SLOPE = 0.2


class NormedWeights(Weights):
    """Kernels in one of the three ways they are written down, and biases."""

    def __init__(self, seed: int = 0, way: str = "norm", bias: bool = True):
        super().__init__(seed)
        self.way, self.bias = way, bias

    def kernel(self, name: str, *shape: int) -> np.ndarray:
        """A kernel whose rows along the first axis have norms of about 1."""
        if self.way == "plain":
            return self(f"{name}.weight", *shape, spread=np.prod(shape[1:]) ** -0.5)
        gain, direction = {
            "norm": ("weight_g", "weight_v"),
            "parametrizations": (
                "parametrizations.weight.original0",
                "parametrizations.weight.original1",
            ),
        }[self.way]
        values = self(f"{name}.{direction}", *shape, spread=1.0)
        gains = self(f"{name}.{gain}", shape[0], 1, 1, mean=1.0, spread=0.2)
        return gains * values / np.sqrt(np.sum(values**2, axis=(1, 2), keepdims=True))

    def shift(self, name: str, size: int) -> np.ndarray | float:
        """A bias for every channel, or none."""
        return self(f"{name}.bias", size, spread=0.1)[:, None] if self.bias else 0.0


def generator(weights: NormedWeights, make: dict[str, Any], mel: np.ndarray) -> np.ndarray:
    """Bands [B, N, F * hop / N] of a mel [B, M, F]."""
    base, prefix, causal = make["channels"], make["prefix"], make["causal"]
    conv, deconv = (".conv", ".deconv") if causal else ("", "")
    position = 0 if causal else 1
    taps = make["kernel_size"]
    hidden = _reflected(weights, f"{prefix}.{position}{conv}", mel, base, taps, 1, causal)
    for i, factor in enumerate(make["factors"]):
        position += 2
        width = base // 2 ** (i + 1)
        name = f"{prefix}.{position}{deconv}"
        hidden = _upsampled(weights, name, _leaky(hidden), width, factor, causal)
        for j in range(make["stacks"]):
            position += 1
            dilated, mix, shortcut = (f"{prefix}.{position}.{part}" for part in make["block"])
            dilation = make["stack_kernel_size"] ** j
            taps = make["stack_kernel_size"]
            inner = _reflected(weights, dilated, _leaky(hidden), width, taps, dilation, causal)
            inner = _plain(weights, mix, _leaky(inner), width)
            hidden = _plain(weights, shortcut, hidden, width) + inner
    position += 2 if causal else 3
    name, taps = f"{prefix}.{position}{conv}", make["kernel_size"]
    hidden = _reflected(weights, name, _leaky(hidden), make["bands"], taps, 1, causal)
    return np.tanh(hidden) if make["tanh"] else hidden


def discriminator(
    weights: NormedWeights, make: dict[str, Any], waveform: np.ndarray
) -> list[list[np.ndarray]]:
    """Feature maps [B, C, T] of each scale, the score last."""
    name_of: Callable[..., str] = make["judge"].format
    middle, end = make["judge_kernel_sizes"]
    strides, most = make["judge_strides"], make["judge_max_channels"]
    scales = []
    for scale in range(make["scales"]):
        if scale:
            waveform = _pooled(waveform)
        width, last = make["judge_channels"], len(strides) + 2
        name = name_of(scale=scale, layer=0) + ".1"
        maps = [_leaky(_reflected(weights, name, waveform, width, middle * end, 1, False))]
        for index, stride in enumerate(strides, 1):
            groups, width = width // 4, min(width * stride, most)
            name = name_of(scale=scale, layer=index) + ".0"
            strided = _grouped(weights, name, maps[-1], width, 10 * stride + 1, stride, groups)
            maps.append(_leaky(strided))
        name = name_of(scale=scale, layer=last - 1) + ".0"
        width = min(width * 2, most)
        maps.append(_leaky(_grouped(weights, name, maps[-1], width, middle, 1, 1)))
        name = name_of(scale=scale, layer=last)
        scales.append([*maps, _grouped(weights, name, maps[-1], 1, end, 1, 1)])
    return scales


def _leaky(hidden: np.ndarray) -> np.ndarray:
    return np.where(hidden > 0, hidden, SLOPE * hidden)


def _correlated(hidden: np.ndarray, kernel: np.ndarray, stride: int, dilation: int) -> np.ndarray:
    """out[b, o, t] = sum over i, k of kernel[o, i, k] * in[b, i, t * stride + k * dilation]."""
    reach = (kernel.shape[2] - 1) * dilation + 1
    windows = np.lib.stride_tricks.sliding_window_view(hidden, reach, axis=2)
    return np.einsum("bitk,oik->bot", windows[:, :, ::stride, ::dilation], kernel)


def _plain(weights, name, hidden, width):
    """A convolution of one tap."""
    kernel = weights.kernel(name, width, hidden.shape[1], 1)
    return _correlated(hidden, kernel, 1, 1) + weights.shift(name, width)


def _reflected(weights, name, hidden, width, taps, dilation, causal):
    """A convolution after reflection, on both sides or on the left alone."""
    span = (taps - 1) * dilation
    sides = (span, 0) if causal else (span // 2, span // 2)
    kernel = weights.kernel(name, width, hidden.shape[1], taps)
    padded = np.pad(hidden, [(0, 0), (0, 0), sides], mode="reflect")
    return _correlated(padded, kernel, 1, dilation) + weights.shift(name, width)


def _upsampled(weights, name, hidden, width, factor, causal):
    """A transposed convolution of 2 * factor taps, cut down to factor samples for each."""
    kernel = weights.kernel(name, hidden.shape[1], width, 2 * factor)
    if causal:
        hidden = np.concatenate([hidden[:, :, :1], hidden], axis=2)
    length = hidden.shape[2]
    whole = np.zeros([len(hidden), width, (length + 1) * factor])
    for k in range(2 * factor):
        part = np.einsum("bit,io->bot", hidden, kernel[:, :, k])
        whole[:, :, k : k + (length - 1) * factor + 1 : factor] += part
    cut = factor if causal else factor // 2 + factor % 2
    num_samples = (length - 1 if causal else length) * factor
    return whole[:, :, cut : cut + num_samples] + weights.shift(name, width)


def _grouped(weights, name, hidden, width, taps, stride, groups):
    """A convolution of groups of channels, with zeros on both sides."""
    kernel = weights.kernel(name, width, hidden.shape[1] // groups, taps)
    padded = np.pad(hidden, [(0, 0), (0, 0), (taps // 2, taps // 2)])
    parts = zip(np.split(padded, groups, axis=1), np.split(kernel, groups))
    outputs = [_correlated(part, rows, stride, 1) for part, rows in parts]
    return np.concatenate(outputs, axis=1) + weights.shift(name, width)


def _pooled(waveform):
    """Means of four samples, every second, of those that are there."""
    weights = np.ones_like(waveform)
    sums = [
        np.lib.stride_tricks.sliding_window_view(
            np.pad(values, [(0, 0), (0, 0), (1, 1)]), 4, axis=2
        )[:, :, ::2].sum(axis=3)
        for values in (waveform, weights)
    ]
    return sums[0] / sums[1]
