"""WaveGAN of every make as graphs of TensorFlow's own operators, with its variables' names."""

import math

import numpy as np
import tensorflow as tf
from tf1_variables import Variables

USUAL = {
    "width": 2,
    "latent": 7,
    "taps": 25,
    "channels": 1,
    "strides": (4, 4, 4, 4, 4),
    "norm": False,
    "nearest": False,
    "filter": 0,
    "judge": True,
}


def generator(variables: Variables, make: dict, latent: tf.Tensor, training: bool) -> tf.Tensor:
    """Sounds [B, T, C]."""
    layers = len(make["strides"])
    width = make["width"] * 2 ** (layers - 1)
    kernel = variables("G/z_project/dense/kernel", make["latent"], 16 * width, spread=0.5)
    hidden = latent @ kernel + variables("G/z_project/dense/bias", 16 * width)
    hidden = tf.reshape(hidden, [-1, 16, width])
    scope = "G/z_project"
    for i, stride in enumerate(make["strides"]):
        if make["norm"]:
            hidden = _normalised(variables, f"{scope}/batch_normalization", hidden, training)
        hidden = tf.maximum(hidden, 0.0)
        scope, width = f"G/upconv_{i}", width // 2 if i < layers - 1 else make["channels"]
        hidden = _up(variables, make, scope, hidden, width, stride)
    hidden = tf.tanh(hidden)
    if make["filter"]:
        taps = make["filter"]
        # TensorFlow pads an even number of taps by one more behind.
        before = (taps - 1) // 2
        padded = tf.pad(hidden, [[0, 0], [before, taps - 1 - before], [0, 0]])
        kernel = variables("G/pp_filt/conv1d/kernel", taps, 1, 1)
        hidden = tf.nn.conv1d(padded, kernel, 1, "VALID")
    return hidden


def judge(variables: Variables, make: dict, sound: tf.Tensor) -> tf.Tensor:
    """Scores [B, 1] of sounds [B, T, C], without phase shuffle."""
    hidden = sound
    for i, stride in enumerate(make["strides"]):
        name, width = f"D/downconv_{i}", make["width"] * 2**i
        shape = (make["taps"], hidden.shape[-1], width)
        kernel = variables(f"{name}/conv1d/kernel", *shape, spread=_spread(shape))
        hidden = tf.nn.conv1d(hidden, kernel, stride, "SAME")
        hidden += variables(f"{name}/conv1d/bias", width)
        if make["norm"] and i:
            hidden = _normalised(variables, f"{name}/batch_normalization", hidden, True)
        hidden = tf.maximum(hidden, 0.2 * hidden)
    flat = tf.reshape(hidden, [len(sound), -1])
    kernel = variables("D/output/dense/kernel", flat.shape[-1], 1, spread=0.2)
    return flat @ kernel + variables("D/output/dense/bias", 1)


def make_inputs(make: dict) -> tuple[np.ndarray, np.ndarray]:
    """Latents and real sounds of three examples."""
    draws = np.random.default_rng(5)
    latent = draws.uniform(-1.0, 1.0, [3, make["latent"]])
    sound = draws.normal(0.0, 0.3, [3, 16 * math.prod(make["strides"]), make["channels"]])
    return latent.astype(np.float32), sound.astype(np.float32)


def _up(variables: Variables, make: dict, scope: str, hidden, width: int, stride: int):
    """A transposed convolution of height one, or a plain one of repeated frames."""
    _, length, inner = hidden.shape
    spread = _spread((make["taps"] / (1 if make["nearest"] else stride), inner))
    if make["nearest"]:
        kernel = variables(f"{scope}/conv1d/kernel", make["taps"], inner, width, spread=spread)
        hidden = tf.nn.conv1d(tf.repeat(hidden, stride, axis=1), kernel, 1, "SAME")
        return hidden + variables(f"{scope}/conv1d/bias", width)
    name = f"{scope}/conv2d_transpose"
    kernel = variables(f"{name}/kernel", 1, make["taps"], width, inner, spread=spread)
    shape = [len(hidden), 1, length * stride, width]
    hidden = tf.nn.conv2d_transpose(hidden[:, None], kernel, shape, [1, 1, stride, 1], "SAME")
    return hidden[:, 0] + variables(f"{name}/bias", width)


def _normalised(variables: Variables, name: str, hidden, by_batch: bool):
    """Batch normalisation, by the moments of the batch or by those kept."""
    width = hidden.shape[-1]
    gamma = variables(f"{name}/gamma", width, mean=1.0)
    beta = variables(f"{name}/beta", width)
    mean = variables(f"{name}/moving_mean", width)
    variance = tf.abs(variables(f"{name}/moving_variance", width, mean=1.0))
    if by_batch:
        # `tf.nn.moments` would lose a part of the penalty's gradient.
        mean, variance = tf.reduce_mean(hidden, [0, 1]), tf.math.reduce_variance(hidden, [0, 1])
    return gamma * (hidden - mean) / tf.sqrt(variance + 1e-3) + beta


def _spread(shape: tuple) -> float:
    """Keep signals at about their level, so that every layer matters."""
    return 1.5 / math.sqrt(math.prod(shape[:2]))
