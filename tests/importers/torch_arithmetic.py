"""SEGAN+ by its definition: torch's layers in float64 NumPy, [B, C, T], weights by torch's names.

A second implementation, loop by loop from what the layers are documented to compute. Each network
makes the weights it asks for, so that it tells which ones a checkpoint has.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np


class Weights:
    """Weights that are drawn when they are first asked for."""

    def __init__(self, seed: int = 0):
        self.draws, self.state = np.random.default_rng(seed), {}

    def __call__(self, name: str, *shape: int, mean: float = 0.0, spread: float | None = None):
        if name not in self.state:
            spread = np.sqrt(2.0 / max(1, np.prod(shape[1:]))) if spread is None else spread
            drawn = mean + spread * self.draws.standard_normal(shape)
            self.state[name] = drawn.astype(np.float32)
        return self.state[name].astype(np.float64)


def generator(weights: Weights, options: Mapping[str, Any], noisy: np.ndarray, z=None):
    """Enhanced [B, 1, T] of noisy [B, 1, T] and z [B, Z, F]."""
    hidden, linears = noisy, []
    bias, taps = options["bias"], options["gkwidth"]
    last = len(options["genc_fmaps"]) - 1
    for i, (fmaps, stride) in enumerate(zip(options["genc_fmaps"], options["genc_poolings"])):
        hidden = _reflected(weights, f"enc_blocks.{i}.conv", hidden, fmaps, taps, stride, bias)
        linears.append(hidden)
        hidden = _prelu(weights, f"enc_blocks.{i}.act", hidden)
    if not options["no_z"]:
        hidden = np.concatenate([z, hidden], axis=1)
    all_fmaps = options["gdec_fmaps"] or [*options["genc_fmaps"][-2::-1], 1]
    strides = options["gdec_poolings"] or options["genc_poolings"]
    taps = options["gdec_kwidth"] or taps
    for i, (fmaps, stride) in enumerate(zip(all_fmaps, strides)):
        if i and last - i >= 0 and stride > 1 and not options["no_skip"]:
            hidden = _skip(weights, options, last - i, linears[last - i], hidden)
        if stride > 1:
            hidden = _transposed(weights, f"dec_blocks.{i}.deconv", hidden, fmaps, taps, stride)
        else:
            name = f"dec_blocks.{i}.conv"
            hidden = _reflected(weights, name, hidden, fmaps, taps, 1, bias)
        if i == len(all_fmaps) - 1 and stride > 1:
            hidden = np.tanh(hidden)
        else:
            hidden = _prelu(weights, f"dec_blocks.{i}.act", hidden)
    return hidden


def discriminator(weights: Weights, options: Mapping[str, Any], pair: np.ndarray):
    """Scores of pairs [B, 2, T], with running moments and without shifts."""
    norm, hidden = options["dnorm_type"], pair
    taps = options["dkwidth"] or options["gkwidth"]
    for i, (fmaps, stride) in enumerate(zip(options["denc_fmaps"], options["denc_poolings"])):
        name = f"enc_blocks.{i}"
        hidden = _reflected(weights, f"{name}.conv", hidden, fmaps, taps, stride, True, norm)
        if norm == "bnorm":
            mean = weights(f"{name}.norm.running_mean", fmaps, spread=0.3)
            variance = np.abs(weights(f"{name}.norm.running_var", fmaps, mean=1.0, spread=0.1))
            weights.state[f"{name}.norm.num_batches_tracked"] = np.array(3)
            gamma = weights(f"{name}.norm.weight", fmaps, mean=1.0, spread=0.1)
            beta = weights(f"{name}.norm.bias", fmaps, spread=0.1)
            scale = (gamma / np.sqrt(variance + 1e-5))[:, None]
            hidden = (hidden - mean[:, None]) * scale + beta[:, None]
        hidden = _prelu(weights, f"{name}.act", hidden)
    head = options["dpool_type"]
    if head == "none":
        rows = hidden.reshape(len(hidden), -1)
        rows = _prelu(weights, "fc.1", _dense(weights, "fc.0", rows, 256, norm))
        rows = _prelu(weights, "fc.3", _dense(weights, "fc.2", rows, 128, norm), norm)
        return _dense(weights, "fc.4", rows, 1)
    if head == "conv":
        rows = _plain(weights, "pool_conv", hidden, 1, norm)[:, 0]
        return _dense(weights, "fc", rows, 1, norm)
    if head == "mlp":
        hidden = _plain(weights, "mlp.0", hidden, hidden.shape[1], norm)
        return _plain(weights, "mlp.2", _prelu(weights, "mlp.1", hidden, norm), 1)
    pooled = hidden.max(axis=2) if head == "gmax" else hidden.mean(axis=2)
    return _dense(weights, "fc", pooled, 1, norm)


def _weight(weights: Weights, name: str, shape: tuple, norm: str | None = None):
    """A weight, divided by its singular value as `spectral_norm` estimates it."""
    if norm != "snorm":
        return weights(f"{name}.weight", *shape)
    weight = weights(f"{name}.weight_orig", *shape)
    matrix = weight.reshape(len(weight), -1)
    vectors = []
    for letter, size in zip("uv", matrix.shape):
        vector = weights(f"{name}.weight_{letter}", size, spread=1.0)
        weights.state[f"{name}.weight_{letter}"] /= np.float32(np.linalg.norm(vector))
        vectors.append(weights(f"{name}.weight_{letter}", size))
    return weight / (vectors[0] @ matrix @ vectors[1])


def _conv(hidden, kernel, stride: int):
    """out[b, o, t] = sum over i, k of kernel[o, i, k] * in[b, i, t * stride + k]."""
    windows = np.lib.stride_tricks.sliding_window_view(hidden, kernel.shape[2], axis=2)
    return np.einsum("bitk,oik->bot", windows[:, :, ::stride], kernel)


def _reflected(weights, name, hidden, fmaps, taps, stride, bias, norm=None):
    """A convolution after reflection."""
    kernel = _weight(weights, name, (fmaps, hidden.shape[1], taps), norm)
    sides = (taps // 2 - 1 if stride > 1 else taps // 2, taps // 2)
    padded = np.pad(hidden, [(0, 0), (0, 0), sides], mode="reflect")
    shift = weights(f"{name}.bias", fmaps, spread=0.1)[:, None] if bias else 0.0
    return _conv(padded, kernel, stride) + shift


def _transposed(weights, name, hidden, fmaps, taps, stride):
    """A transposed convolution with torch's padding, without its last sample if taps are odd."""
    kernel = weights(f"{name}.weight", hidden.shape[1], fmaps, taps)
    length = hidden.shape[2]
    whole = np.zeros([len(hidden), fmaps, (length - 1) * stride + taps])
    for k in range(taps):
        part = np.einsum("bit,io->bot", hidden, kernel[:, :, k])
        whole[:, :, k : k + (length - 1) * stride + 1 : stride] += part
    padding = max(0, (stride - taps) // -2)
    cropped = whole[:, :, padding : whole.shape[2] - padding]
    cropped = cropped + weights(f"{name}.bias", fmaps, spread=0.1)[:, None]
    return cropped[:, :, :-1] if taps % 2 else cropped


def _skip(weights, options, level, linear, hidden):
    """What comes from the encoder, joined with what comes from below."""
    channels, name = linear.shape[1], f"alpha_{level}.skip_k"
    if options["skip_type"] == "conv":
        taps = options["skip_kwidth"]
        kernel = weights(f"{name}.weight", channels, channels, taps)
        padded = np.pad(linear, [(0, 0), (0, 0), (taps // 2, taps // 2)])
        shift = weights(f"{name}.bias", channels, spread=0.1)[:, None] if options["bias"] else 0.0
        linear = _conv(padded, kernel, 1) + shift
    else:
        linear = weights(name, 1, channels, 1, mean=1.0, spread=0.5) * linear
    if options["skip_merge"] == "sum":
        return hidden + linear
    return np.concatenate([hidden, linear], axis=1)


def _prelu(weights, name, hidden, norm=None):
    """x above zero and a * x below, one a for each channel."""
    slope = _weight(weights, name, (hidden.shape[1],), norm)
    slope = slope if hidden.ndim == 2 else slope[:, None]
    return np.where(hidden > 0, hidden, slope * hidden)


def _plain(weights, name, hidden, fmaps, norm=None):
    """A convolution of one tap with a bias."""
    kernel = _weight(weights, name, (fmaps, hidden.shape[1], 1), norm)
    return _conv(hidden, kernel, 1) + weights(f"{name}.bias", fmaps, spread=0.1)[:, None]


def _dense(weights, name, rows, num_outputs, norm=None):
    """A matrix and a bias."""
    matrix = _weight(weights, name, (num_outputs, rows.shape[1]), norm)
    return rows @ matrix.T + weights(f"{name}.bias", num_outputs, spread=0.1)
